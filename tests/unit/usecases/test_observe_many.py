"""An observing stage of more services than a round reads, of which nobody knows what they run."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from longshore.domain.configuration import Mode
from longshore.domain.places import ServiceRef
from longshore.domain.wakeups import Wakeup
from tests.support.builders import HOME, REPOSITORY, make_digest, make_spec
from tests.support.harbour import Harbour
from tests.support.voyages import MAIN

MANY = 12
SERVICES = tuple(ServiceRef(HOME, "prod", f"part-{number:02}") for number in range(MANY))


class Quiet(Harbour):
    """A harbour in which nothing goes round for ever."""

    def send(self, wakeups: Sequence[Wakeup], *, delay: timedelta = timedelta()) -> None:
        """Wake stages, so many times and no more."""
        assert len(self.handled) < MANY * 10, "a stage wakes itself for ever"
        super().send(wakeups, delay=delay)


def without_tasks() -> Harbour:
    """Return an observed harbour whose services name a tag and run no task, adopted."""
    spec = make_spec()
    targets = tuple(replace(spec.targets[0], service=service) for service in SERVICES)
    harbour = Quiet(spec=replace(spec, targets=targets, mode=Mode.OBSERVE), desired=0)
    harbour.push(1)
    for service in SERVICES:
        harbour.open_service(service, MAIN)
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    return harbour


def scale_up(harbour: Harbour) -> None:
    for service in SERVICES:
        request = {"cluster": service.cluster, "service": service.name, "desiredCount": 1}
        harbour.world.call("UpdateService", request)


def known(harbour: Harbour) -> int:
    return sum(bool(target.stable and target.stable.digests) for target in harbour.snapshot.targets)


def test_a_stage_of_services_without_tasks_comes_to_rest() -> None:
    harbour = without_tasks()
    before = len(harbour.handled)

    harbour.run(minutes=60)

    assert harbour.snapshot.stage.observed
    assert len(harbour.handled) - before <= 60 / 15 * 2
    assert harbour.inbox == []


def test_each_of_them_is_known_once_it_has_tasks() -> None:
    harbour = without_tasks()
    assert known(harbour) == 0

    harbour.lose_events = True
    scale_up(harbour)
    harbour.run(minutes=60)

    assert known(harbour) == MANY
    live = harbour.snapshot.stage.live
    assert live is not None
    assert live.images[0].digest == make_digest(1)
    assert live.images[0].repository == REPOSITORY


def test_what_has_moved_is_read_before_them() -> None:
    harbour = without_tasks()
    last = SERVICES[-1]

    image = f"{REPOSITORY.uri}@{make_digest(1)}"
    container = {"name": "web", "image": image, "essential": True, "memory": 64}
    harbour.world.call(
        "RegisterTaskDefinition", {"family": last.name, "containerDefinitions": [container]}
    )
    request = {"cluster": last.cluster, "service": last.name, "taskDefinition": last.name}
    harbour.world.call("UpdateService", request)
    harbour.run(minutes=2)

    stable = harbour.snapshot.target(last).stable
    assert stable is not None
    assert dict(stable.digests) == {"app": make_digest(1)}
