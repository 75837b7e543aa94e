"""A worker may die at any call, before it or after it took effect: the next one repairs it."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest

from longshore.aws.calls import AwsCall
from longshore.domain.deployments import Phase
from longshore.domain.errors import Throttled, UnknownReply
from longshore.domain.outcomes import EventOutcome
from longshore.domain.places import Home, StageId
from longshore.domain.stages import StageSnapshot
from longshore.usecases.ports import Changes
from longshore.usecases.round import Ports
from longshore_local.ecs.images import Conduct, Exits, Runs
from tests.support.builders import REPOSITORY, SERVICE, make_digest
from tests.support.ecs import ecs_over
from tests.support.fakes import InMemoryStageLedger
from tests.support.harbour import Harbour, WorkerDied

MAIN = f"{REPOSITORY.uri}:main"
NEVER = 10_000

T = TypeVar("T")


class Storm:
    """Strikes once, at one call counted over all of them, before it or after its effect."""

    def __init__(self, at: int, error: type[BaseException], *, after: bool) -> None:
        self.at, self.error, self.after = at, error, after
        self.seen = 0
        self.writes_only = error is not WorkerDied

    def through(self, perform: Callable[[], T], *, write: bool = True) -> T:
        if self.writes_only and not write:
            return perform()
        self.seen += 1
        if self.seen != self.at:
            return perform()
        if self.after:
            perform()
        raise self.error("the storm")


class StormyLedger:
    """The ledger, with the storm before each of its calls."""

    def __init__(self, ledger: InMemoryStageLedger, storm: Storm) -> None:
        self.ledger, self.storm = ledger, storm

    def read_stage(self, stage: StageId) -> StageSnapshot | None:
        return self._passed(lambda: self.ledger.read_stage(stage))

    def commit(self, snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
        return self._passed(lambda: self.ledger.commit(snapshot, changes))

    def record_outcomes(self, outcomes: Sequence[EventOutcome]) -> None:
        self._passed(lambda: self.ledger.record_outcomes(outcomes))

    def silence(self, stage: StageId) -> None:
        self._passed(lambda: self.ledger.silence(stage))

    def known_revision(self, home: Home, family: str, fingerprint: str) -> str | None:
        return self._passed(lambda: self.ledger.known_revision(home, family, fingerprint))

    def _passed(self, perform: Callable[[], T]) -> T:
        return self.storm.through(perform) if self.storm.error is WorkerDied else perform()


def make_harbour() -> Harbour:
    harbour = Harbour(breaker=False, validated=False)
    harbour.push(1)
    harbour.open_service(SERVICE, MAIN)
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    return harbour


def weather(harbour: Harbour, storm: Storm) -> None:
    """Let the storm stand before every call from here on."""

    def passage(call: AwsCall, perform: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the call answers
        write = call.operation in {"RegisterTaskDefinition", "UpdateService"}
        return storm.through(perform, write=write)

    harbour.ecs = ecs_over(harbour.world, passage)
    ledger = StormyLedger(harbour.ledger, storm)
    harbour.ports = Ports(ledger, harbour.registry, harbour.ecs.port, harbour, harbour.clock)


def sail(storm: Storm, conduct: Conduct) -> Harbour:
    """Push an image through the storm and wait until everything is over."""
    harbour = make_harbour()
    weather(harbour, storm)
    harbour.push(2, conduct=conduct)
    harbour.run(minutes=100)
    return harbour


def effective_updates(harbour: Harbour) -> int:
    """Return how many ECS deployments were begun after the first."""
    described = harbour.world.call(
        "ListServiceDeployments", {"cluster": SERVICE.cluster, "service": SERVICE.name}
    )
    deployments = described["serviceDeployments"]
    assert isinstance(deployments, list)
    return len(deployments) - 1


def revisions(harbour: Harbour) -> int:
    """Return how many revisions exist beside the one that was there first."""
    listed = harbour.world.call("ListTaskDefinitions", {"familyPrefix": SERVICE.name})
    arns = listed["taskDefinitionArns"]
    assert isinstance(arns, list)
    return len(arns) - 1


STORMS = [
    pytest.param(WorkerDied, False, id="dies-before"),
    pytest.param(WorkerDied, True, id="dies-after"),
    pytest.param(Throttled, False, id="throttled"),
    pytest.param(UnknownReply, False, id="no-reply-no-effect"),
    pytest.param(UnknownReply, True, id="no-reply-but-effect"),
]


@pytest.mark.parametrize(("error", "after"), STORMS)
def test_a_good_release_ships_once_wherever_it_strikes(
    error: type[BaseException], *, after: bool
) -> None:
    calm = Storm(NEVER, error, after=after)
    sail(calm, Runs())
    assert calm.seen > 1

    for at in range(1, calm.seen + 1):
        harbour = sail(Storm(at, error, after=after), Runs())

        assert harbour.running() == f"{REPOSITORY.uri}@{make_digest(2)}", at
        assert harbour.deployment(1).phase is Phase.SUCCEEDED, at
        assert (effective_updates(harbour), revisions(harbour)) == (1, 1), at
        assert set(harbour.ends().values()) <= {"applied", "duplicate"}, at


@pytest.mark.parametrize(("error", "after"), STORMS)
def test_a_bad_release_is_taken_back_once_wherever_it_strikes(
    error: type[BaseException], *, after: bool
) -> None:
    crash = Exits(1)
    calm = Storm(NEVER, error, after=after)
    sail(calm, crash)

    for at in range(1, calm.seen + 1):
        harbour = sail(Storm(at, error, after=after), crash)

        assert harbour.running() == f"{REPOSITORY.uri}@{make_digest(1)}", at
        assert harbour.deployment(1).phase is Phase.ROLLED_BACK, at
        assert (effective_updates(harbour), revisions(harbour)) == (2, 2), at
        assert len(harbour.snapshot.stage.vetoes) == 1, at
