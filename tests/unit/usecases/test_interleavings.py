"""What happens between the steps of a deployment: newer pushes, stale looks, other hands."""

from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from longshore.aws.calls import AwsCall
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import Phase
from longshore.domain.errors import NotPermitted, Throttled
from longshore.domain.places import ServiceRef
from longshore.usecases.round import SLICE, Ports
from tests.support.builders import HOME, REPOSITORY, SERVICE, make_digest, make_spec
from tests.support.ecs import ecs_over
from tests.support.fakes import InMemoryRegistry
from tests.support.harbour import WORKER, WORKER_REPOSITORY, Harbour, push_event
from tests.support.voyages import CRASH, make_harbour, of_digest

Perform = Callable[[], Any]

FLEET = tuple(replace(SERVICE, name=f"web-{number:02}") for number in range(25))


def make_fleet(services: tuple[ServiceRef, ...], image: str, *, breaker: bool) -> Harbour:
    """Return a harbour whose services all run one image, adopted as one stage."""
    spec = replace(make_spec(), targets=tuple(map(TargetSpec, services)))
    harbour = Harbour(spec=spec, breaker=breaker)
    harbour.push(1)
    for service in services:
        harbour.open_service(service, image)
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    return harbour


def scale(harbour: Harbour, count: int) -> None:
    """Change how many tasks the service shall have, as an autoscaler does."""
    named = {"cluster": SERVICE.cluster, "service": SERVICE.name}
    harbour.world.call("UpdateService", {**named, "desiredCount": count})


class Shore:
    """Stands before every call to ECS: refuses some, answers others from the past."""

    def __init__(self, harbour: Harbour) -> None:
        self.harbour = harbour
        self.failures: list[tuple[str, str, Exception]] = []
        self.rounds: list[int] = []
        self.past: dict[str, tuple[datetime, Mapping[str, object]]] = {}
        harbour.ecs = ecs_over(harbour.world, self._pass)
        old = harbour.ports
        harbour.ports = Ports(
            old.ledger, old.registry, harbour.ecs.port, old.wakeups, old.clock, old.alarms
        )

    def refuse(self, action: str, named: str, error: Exception) -> None:
        """Answer the next call of an action that names something with an error."""
        self.failures.append((action, named, error))

    def show_the_past(self, service: ServiceRef, until: timedelta) -> None:
        """Show a service as it is now for some time to come."""
        asked = {"cluster": service.cluster, "services": [service.name]}
        shown = deepcopy(self.harbour.world.call("DescribeServices", asked))
        self.past[service.name] = (self.harbour.clock.now() + until, shown)

    def _pass(self, call: AwsCall, perform: Perform) -> object:
        for failure in self.failures:
            action, named, error = failure
            if call.operation == action and named in call.parameters.values():
                self.failures.remove(failure)
                raise error
        if call.operation == "UpdateService":
            self.rounds.append(len(self.harbour.handled))
        reply = perform()
        return self._from_the_past(reply) if call.operation == "DescribeServices" else reply

    def _from_the_past(self, reply: dict[str, Any]) -> dict[str, Any]:
        for number, shown in enumerate(reply["services"]):
            until, past = self.past.get(shown["serviceName"], (None, {}))
            if until is not None and self.harbour.clock.now() < until:
                reply["services"][number] = past["services"][0]  # type: ignore[index]  # open
        return reply


def test_what_a_superseded_deployment_moved_is_returned_when_the_newer_cannot_begin() -> None:
    harbour = make_harbour(breaker=False)
    shore = Shore(harbour)
    harbour.push(2)
    harbour.run(minutes=0.2)
    shore.refuse("RegisterTaskDefinition", SERVICE.name, NotPermitted("no iam:PassRole"))

    harbour.push(3)
    harbour.run(minutes=10)

    assert harbour.deployment(1).phase is Phase.SUPERSEDED
    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)


def test_a_failure_in_the_first_slice_returns_what_the_superseded_one_moved_in_the_second() -> None:
    fleet = FLEET[: SLICE + 2]
    harbour = make_fleet(fleet, of_digest(1), breaker=False)
    shore = Shore(harbour)
    harbour.push(2)
    harbour.run(minutes=0.2)
    shore.refuse("RegisterTaskDefinition", fleet[0].name, NotPermitted("no iam:PassRole"))

    harbour.push(3)
    harbour.run(minutes=10)

    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    assert {harbour.running(service) for service in fleet} == {of_digest(1)}


def test_a_breaker_that_returns_to_an_unverified_release_is_not_the_way_back() -> None:
    services = (SERVICE, WORKER)
    harbour = make_fleet(services, of_digest(1), breaker=True)
    shore = Shore(harbour)
    busy = Throttled("Rate exceeded")
    for _ in range(12):
        shore.refuse("RegisterTaskDefinition", WORKER.name, busy)
    harbour.push(2)
    harbour.run(minutes=3)  # the first service is done with 2, the stage is not

    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=30)

    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    assert {harbour.running(service) for service in services} == {of_digest(1)}


def test_quick_looks_into_the_past_are_no_verdict() -> None:
    harbour = make_harbour()
    shore = Shore(harbour)
    shore.show_the_past(SERVICE, timedelta(seconds=30))
    harbour.push(2)
    harbour.run(minutes=0)

    for second in range(5):
        harbour.deliver(push_event(make_digest(2), "main", harbour.clock.now()))
        harbour.run(minutes=second / 60)
    harbour.run(minutes=10)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert harbour.ecs.count("UpdateService") == 1


def test_a_look_into_the_past_is_not_taken_for_the_way_back() -> None:
    services = (SERVICE, WORKER)
    harbour = make_fleet(services, of_digest(1), breaker=False)
    shore = Shore(harbour)
    shore.show_the_past(SERVICE, timedelta(seconds=30))
    shore.refuse("RegisterTaskDefinition", WORKER.name, Throttled("Rate exceeded"))
    shore.refuse("RegisterTaskDefinition", WORKER.name, NotPermitted("no iam:PassRole"))

    harbour.push(2)
    harbour.run(minutes=20)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert {harbour.running(service) for service in services} == {of_digest(1)}


def test_a_look_into_the_past_does_not_make_a_retry_believe_it_has_arrived() -> None:
    harbour = make_fleet((SERVICE,), of_digest(1), breaker=False)
    shore = Shore(harbour)
    shore.show_the_past(SERVICE, timedelta(seconds=30))
    harbour.push(2)
    harbour.run(minutes=0)

    harbour.push(1)
    harbour.retry("2 was a mistake")
    harbour.run(minutes=10)

    assert harbour.deployment(2).phase is Phase.SUCCEEDED
    assert harbour.running() == of_digest(1)


def test_after_an_unproven_release_a_failure_leaves_the_stage_where_it_was_verified() -> None:
    harbour = make_fleet((SERVICE,), of_digest(1), breaker=True)
    before = harbour.snapshot.stage.stable
    scale(harbour, 0)
    harbour.push(2)
    harbour.run(minutes=5)
    scale(harbour, 2)
    harbour.run(minutes=5)
    assert harbour.snapshot.stage.live != before

    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=30)
    stage = harbour.snapshot.stage

    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)
    assert (stage.live, stage.stable) == (before, before)


def test_applying_again_does_not_verify_what_is_unproven() -> None:
    harbour = make_fleet((SERVICE,), of_digest(1), breaker=True)
    scale(harbour, 0)
    harbour.push(2)
    harbour.run(minutes=5)
    before = harbour.snapshot.stage

    harbour.apply(harbour.spec)
    harbour.run(minutes=5)
    stage = harbour.snapshot.stage

    assert stage.live != stage.stable
    assert (stage.live, stage.stable) == (before.live, before.stable)


@pytest.mark.parametrize("lost", [False, True])
def test_a_push_ships_although_the_same_configuration_is_applied_right_after(*, lost: bool) -> None:
    harbour = make_harbour()
    harbour.lose_events = lost
    harbour.push(2)

    harbour.clock.advance(timedelta(seconds=1))
    harbour.apply()
    harbour.run(minutes=5)

    assert harbour.running() == of_digest(2)


def test_a_configuration_that_cannot_be_adopted_keeps_no_rollback_waiting() -> None:
    harbour = make_harbour(breaker=False, spec=replace(make_spec(), deadline=timedelta(minutes=10)))
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=1)
    closed = InMemoryRegistry(harbour.clock)
    closed.failure = NotPermitted("role R may not ecr:DescribeImages on checkout")
    harbour.ports = replace(harbour.ports, registry=closed)

    harbour.apply()
    harbour.run(minutes=30)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)
    assert "ecr:DescribeImages" in str(harbour.snapshot.stage.trouble)


def test_a_stable_revision_that_somebody_deregistered_is_registered_anew() -> None:
    harbour = make_fleet((SERVICE,), of_digest(1), breaker=False)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=1)
    first = {"taskDefinition": f"{SERVICE.name}:1"}
    harbour.world.call("DeregisterTaskDefinition", first)

    harbour.run(minutes=60)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)


def test_the_hold_of_a_moved_back_tag_ends_when_the_tag_names_what_is_live() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=5)
    harbour.push(1)
    harbour.run(minutes=5)
    assert harbour.snapshot.stage.hold is not None

    harbour.push(2)
    harbour.run(minutes=5)

    assert harbour.snapshot.stage.hold is None


def test_a_hold_of_another_kind_stays_when_the_tag_names_what_is_live() -> None:
    harbour = make_harbour()
    shore = Shore(harbour)
    shore.refuse("RegisterTaskDefinition", SERVICE.name, NotPermitted("no iam:PassRole"))
    harbour.push(2)
    harbour.run(minutes=5)

    harbour.push(1)
    harbour.run(minutes=20)

    assert harbour.snapshot.stage.hold is not None


def test_the_hold_of_a_moved_back_tag_ends_when_the_stage_returns_there() -> None:
    harbour = make_harbour(breaker=False)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=1)
    harbour.push(1)
    harbour.run(minutes=60)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.snapshot.stage.hold is None


def test_no_round_moves_more_than_ten_services() -> None:
    fleet = FLEET[: 2 * SLICE + 1]
    harbour = make_fleet(fleet, of_digest(1), breaker=False)
    shore = Shore(harbour)
    shore.refuse("RegisterTaskDefinition", fleet[-1].name, NotPermitted("no iam:PassRole"))
    harbour.push(2)
    harbour.run(minutes=10)

    assert list(Counter(shore.rounds).values()) == [SLICE] * 4  # there, there, back, back
    assert {harbour.running(service) for service in fleet} == {of_digest(1)}


def test_an_explanation_that_is_throttled_keeps_no_rollback_waiting() -> None:
    harbour = make_harbour(breaker=False, spec=replace(make_spec(), deadline=timedelta(minutes=10)))
    shore = Shore(harbour)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=5)
    for _ in range(100):
        shore.refuse("ListTasks", SERVICE.name, Throttled("Rate exceeded"))

    harbour.run(minutes=10)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert "exited with code 1" in harbour.deployment(1).reason  # an event had told


def test_a_rollback_returns_to_the_repository_that_the_stable_image_came_from() -> None:
    harbour = make_harbour(breaker=False)
    moved = replace(harbour.spec.images[0], repository=WORKER_REPOSITORY)
    target = TargetSpec(SERVICE, containers=(("web", moved.alias),))
    harbour.registry.push(WORKER_REPOSITORY, make_digest(4), "other")
    harbour.apply(replace(harbour.spec, images=(moved,), targets=(target,)))
    harbour.run(minutes=5)

    harbour.push(5, conduct=CRASH, repository=WORKER_REPOSITORY)
    harbour.run(minutes=60)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.running() == f"{REPOSITORY.uri}@{make_digest(1)}"
    assert str(HOME) in str(harbour.snapshot.stage.live.images[0].repository)  # type: ignore[union-attr]  # adopted
