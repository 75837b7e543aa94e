"""AWS is busy or away, for a moment or for most of a day: everything ends by itself afterwards."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from longshore.aws.calls import AwsCall
from longshore.decide.pacing import Bucket
from longshore.domain.configuration import DEFAULT_DEADLINE, Mode, StageSpec, TargetSpec
from longshore.domain.deployments import Phase
from longshore.domain.errors import Throttled, UnknownReply
from longshore.domain.outcomes import EventName
from longshore.domain.places import ServiceRef
from longshore.domain.rates import ApiClass, Rate, Rates
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.round import A_WRITE, SLICE, TIME_FOR_A_LOOK, Ports
from longshore_local.ecs.images import Conduct, NeverStarts, Runs
from tests.support.builders import HOME, SERVICE, STAGE, make_digest, make_spec
from tests.support.ecs import ecs_over
from tests.support.fakes import InMemoryRegistry
from tests.support.harbour import Harbour
from tests.support.voyages import CRASH, of_digest

FLEET = tuple(replace(SERVICE, name=f"web-{number:02}") for number in range(25))
HOUR = timedelta(hours=1)
SLOW = Rates(register=Rate(4, timedelta(seconds=5)), update=Rate(3, timedelta(seconds=2)))

Perform = Callable[[], Any]


class Coast:
    """A harbour whose way to ECS is closed at times; what passes is kept with its moment."""

    def __init__(self, spec: StageSpec, rates: Rates | None = None) -> None:
        self.harbour = Harbour(spec=spec, breaker=False, validated=False)
        self.closed: tuple[datetime, datetime] | None = None
        self.error: type[Exception] = Throttled
        self.only: frozenset[str] = frozenset()
        self.calls: list[tuple[datetime, str, str]] = []
        self.by_round: list[int] = []
        self.harbour.push(1)
        for target in spec.targets:
            self.harbour.open_service(target.service, of_digest(1))
        self.harbour.run(minutes=5)
        self.harbour.apply()
        self.harbour.run(minutes=1)
        old = self.harbour.ports
        self.harbour.ecs = ecs_over(self.harbour.world, self._pass)
        self.harbour.ports = Ports(
            old.ledger,
            old.registry,
            self.harbour.ecs.port,
            old.wakeups,
            old.clock,
            old.alarms,
            rates or old.rates,
        )

    def close(self, hours: float, *only: str) -> None:
        """Close the way to ECS from now on."""
        now = self.harbour.clock.now()
        self.closed, self.only = (now, now + hours * HOUR), frozenset(only)

    def moments(self, operation: str) -> list[datetime]:
        return [moment for moment, called, _ in self.calls if called == operation]

    def updates(self) -> Counter[str]:
        return Counter(service for _, called, service in self.calls if called == "UpdateService")

    def rounds(self) -> int:
        return len(self.harbour.handled)

    def _pass(self, call: AwsCall, perform: Perform) -> object:
        now = self.harbour.clock.now()
        hit = not self.only or call.operation in self.only
        if self.closed and self.closed[0] <= now < self.closed[1] and hit:
            raise self.error("the API is away")
        self.calls.append((now, call.operation, call.parameters.get("service", "")))
        if call.operation == "UpdateService":
            self.by_round.append(self.rounds())
        return perform()


def fleet(
    services: tuple[ServiceRef, ...] = FLEET, *, deadline: timedelta = DEFAULT_DEADLINE
) -> StageSpec:
    return replace(make_spec(), targets=tuple(map(TargetSpec, services)), deadline=deadline)


def kept_to(rate: Rate, moments: list[datetime]) -> bool:
    """Whether calls never came faster than a bucket lets them."""
    return all(
        last - first + 1 <= rate.burst + (moments[last] - begin) / rate.interval
        for first, begin in enumerate(moments)
        for last in range(first, len(moments))
    )


def test_an_outage_of_fifteen_hours_ends_by_itself_with_one_call_a_service() -> None:
    coast = Coast(fleet())
    harbour, before = coast.harbour, coast.rounds()
    coast.close(hours=15)
    for number in (2, 3, 4):
        harbour.push(number)
        harbour.run(minutes=120)
        harbour.lose_events = not harbour.lose_events
    harbour.run(minutes=(15 - 6) * 60 - 1)
    during = coast.rounds() - before
    assert coast.updates() == Counter()

    harbour.run(minutes=17)

    assert {harbour.running(service) for service in FLEET} == {of_digest(4)}
    assert coast.updates() == Counter(service.name for service in FLEET)
    assert len(coast.moments("RegisterTaskDefinition")) == len(FLEET)
    assert harbour.deployment(harbour.snapshot.stage.latest).phase is Phase.SUCCEEDED
    assert harbour.snapshot.stage.due_at is None
    assert harbour.inbox == []
    assert during < 15 * 80  # of one wake-up each: the queue makes fewer of them


def test_a_rollout_that_an_outage_cuts_short_goes_on_after_it() -> None:
    coast = Coast(fleet(), SLOW)
    harbour = coast.harbour
    harbour.push(2)
    harbour.run(minutes=0.5)
    begun = sum(coast.updates().values())
    assert 0 < begun < len(FLEET)
    coast.close(hours=15)
    harbour.lose_events = True

    harbour.run(minutes=15 * 60 + 20)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert coast.updates() == Counter(service.name for service in FLEET)


@pytest.mark.parametrize("error", [Throttled, UnknownReply])
def test_calls_that_never_came_through_do_not_run_out(error: type[Exception]) -> None:
    coast = Coast(fleet(FLEET[:2]))
    coast.error = error
    harbour = coast.harbour
    coast.close(5, "UpdateService")
    harbour.push(2)
    harbour.run(minutes=4 * 60)
    assert harbour.deployment(1).phase is Phase.PROGRESSING

    harbour.run(minutes=80)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert coast.updates() == Counter(service.name for service in FLEET[:2])


def test_the_way_back_goes_on_after_an_outage_too() -> None:
    coast = Coast(fleet(FLEET[:3]))
    harbour = coast.harbour
    harbour.push(2, conduct=CRASH)
    coast.error = UnknownReply
    harbour.run(minutes=1)
    coast.close(15)
    assert harbour.deployment(1).phase is Phase.PROGRESSING

    harbour.run(minutes=15 * 60 + 30)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert {harbour.running(service) for service in FLEET[:3]} == {of_digest(1)}


@pytest.mark.parametrize("conduct", [Runs(), NeverStarts()])
def test_a_rate_paces_every_call_of_a_stage_there_and_back(conduct: Conduct) -> None:
    coast = Coast(fleet(deadline=timedelta(minutes=10)), SLOW)
    harbour = coast.harbour
    harbour.push(2, conduct=conduct)
    harbour.run(minutes=60)

    assert kept_to(SLOW.register, coast.moments("RegisterTaskDefinition"))
    assert kept_to(SLOW.update, coast.moments("UpdateService"))
    good = isinstance(conduct, Runs)
    wanted = of_digest(2 if good else 1)
    assert {harbour.running(service) for service in FLEET} == {wanted}
    assert set(coast.updates().values()) == {1 if good else 2}
    assert len(coast.moments("RegisterTaskDefinition")) == len(FLEET)  # none twice
    assert set(harbour.ends().values()) <= {"applied", "duplicate"}


def test_what_is_left_of_a_rate_is_used_up() -> None:
    coast = Coast(fleet(), SLOW)
    coast.harbour.push(2)
    coast.harbour.run(minutes=10)

    moments = coast.moments("RegisterTaskDefinition")
    at_best = (len(FLEET) - SLOW.register.burst) * SLOW.register.interval
    assert at_best / (moments[-1] - moments[0]) > 0.92


def test_without_time_for_a_look_that_gets_no_answer_ecs_is_not_looked_at() -> None:
    coast = Coast(fleet(FLEET[:1]))
    coast.harbour.clock.left = TIME_FOR_A_LOOK - timedelta(seconds=1)
    coast.harbour.push(2)
    coast.harbour.run(minutes=1)
    assert coast.calls == []

    coast.harbour.clock.left = TIME_FOR_A_LOOK
    coast.harbour.run(minutes=2)

    assert coast.updates() == Counter([FLEET[0].name])


def to_be_read(coast: Coast) -> None:
    """Another tool deploys to a stage that only observes."""
    coast.harbour.apply(replace(coast.harbour.spec, mode=Mode.OBSERVE))
    coast.harbour.run(minutes=2)
    request = {"cluster": SERVICE.cluster, "service": FLEET[0].name, "forceNewDeployment": True}
    coast.harbour.lose_events = True
    coast.harbour.world.call("UpdateService", request)


def on_its_way_back(coast: Coast) -> None:
    coast.harbour.push(2, conduct=CRASH)
    while not any(told is EventName.DEPLOYMENT_FAILED for told in coast.harbour.told()):
        coast.harbour.run(minutes=0.25)


def to_be_adopted(coast: Coast) -> None:
    coast.harbour.apply(fleet(FLEET[:2]))
    coast.harbour.open_service(FLEET[1], of_digest(1))


@pytest.mark.parametrize("becomes", [to_be_read, on_its_way_back, to_be_adopted])
def test_no_other_look_is_begun_without_time_for_it(becomes: Callable[[Coast], None]) -> None:
    coast = Coast(fleet(FLEET[:1]))
    becomes(coast)
    coast.calls.clear()

    coast.harbour.clock.left = TIME_FOR_A_LOOK - timedelta(seconds=1)
    coast.harbour.run(minutes=20)
    assert coast.moments("DescribeServices") == []

    coast.harbour.clock.left = TIME_FOR_A_LOOK
    coast.harbour.run(minutes=20)
    assert coast.moments("DescribeServices") != []
    assert coast.harbour.snapshot.deployment is None
    assert coast.harbour.snapshot.stage.config == coast.harbour.snapshot.config


def test_each_service_has_the_deadline_from_its_own_call_on() -> None:
    slow = Rates(register=Rate(1, timedelta(minutes=4)))
    coast = Coast(fleet(FLEET[:4], deadline=timedelta(minutes=10)), slow)
    harbour = coast.harbour

    harbour.push(2)
    harbour.run(minutes=16)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED


def test_a_timer_that_went_off_is_set_to_the_next_that_can_run_out() -> None:
    slow = Rates(register=Rate(1, timedelta(minutes=4)))
    coast = Coast(fleet(FLEET[:1], deadline=timedelta(minutes=10)), slow)
    harbour, begun = coast.harbour, coast.harbour.clock.now()
    taken = Bucket(begun + timedelta(minutes=4))
    harbour.state.buckets[HOME, ApiClass.REGISTER] = taken
    harbour.push(2, conduct=NeverStarts())

    harbour.run(minutes=9)
    assert harbour.snapshot.stage.due_at == begun + timedelta(minutes=10)
    harbour.run(minutes=4)

    assert harbour.snapshot.stage.due_at == begun + timedelta(minutes=14)
    assert harbour.deployment(1).phase is Phase.PROGRESSING
    harbour.run(minutes=4)
    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.snapshot.stage.due_at is None


def test_a_quiet_sweep_of_a_deployment_under_way_writes_nothing() -> None:
    coast = Coast(fleet(FLEET[:1], deadline=timedelta(hours=6)))
    harbour = coast.harbour
    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=20)
    commits = len(harbour.ledger.commits)

    harbour.run(minutes=120)

    assert len(harbour.ledger.commits) == commits


def test_a_timer_that_is_due_in_an_outage_wakes_the_stage_four_times_an_hour() -> None:
    coast = Coast(fleet(FLEET[:1], deadline=timedelta(minutes=10)))
    harbour = coast.harbour
    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=1)
    coast.close(hours=10)
    harbour.run(minutes=60)
    before = coast.rounds()

    harbour.run(minutes=8 * 60)

    assert coast.rounds() - before < 8 * 60
    harbour.run(minutes=2 * 60)
    assert harbour.deployment(1).phase is Phase.ROLLED_BACK


def test_an_event_is_kept_until_it_has_an_end_and_nothing_else_is() -> None:
    coast = Coast(fleet(FLEET[:1]))
    harbour = coast.harbour
    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=1)
    coast.close(hours=6)
    harbour.send([Wakeup(STAGE, frozenset({Hint.ECS}), ("event-of-ecs",))])
    harbour.run(minutes=5 * 60)
    assert "event-of-ecs" not in harbour.ends()

    harbour.run(minutes=90)

    assert harbour.ends()["event-of-ecs"] in {"applied", "duplicate"}
    harbour.run(minutes=30)
    assert harbour.inbox == []


def test_a_rate_that_runs_out_between_the_calls_registers_nothing_twice() -> None:
    rates = Rates(update=Rate(1, timedelta(minutes=2)))
    coast = Coast(fleet(FLEET[:4]), rates)
    coast.harbour.push(2)
    coast.harbour.run(minutes=20)

    assert len(coast.moments("RegisterTaskDefinition")) == 4
    assert coast.moments("ListTaskDefinitions") == []
    assert {coast.harbour.running(each) for each in FLEET[:4]} == {of_digest(2)}
    assert make_digest(2) in coast.harbour.running(FLEET[0])


def test_a_rollout_goes_on_although_the_registry_cannot_be_seen() -> None:
    slow = Rates(register=Rate(1, timedelta(minutes=4)))
    coast = Coast(fleet(FLEET[:8]), slow)
    harbour = coast.harbour
    harbour.push(2)
    harbour.run(minutes=5)
    away = InMemoryRegistry(harbour.clock)
    away.failure = Throttled("the registry is busy")
    harbour.ports = replace(harbour.ports, registry=away)

    harbour.run(minutes=60)

    assert sum(coast.updates().values()) == 8
    assert harbour.deployment(1).phase is Phase.SUCCEEDED


def test_more_wishes_than_a_transaction_holds_are_all_heard() -> None:
    harbour = Coast(fleet(FLEET[:1])).harbour
    for number in range(2 * A_WRITE + 1):
        harbour.retry(f"reason {number}")
    harbour.run(minutes=1)

    assert harbour.snapshot.intents == ()
    heard = [len(changes.consumed) for changes in harbour.ledger.commits if changes.consumed]
    assert max(heard) == A_WRITE
    wishes = [end for event, end in harbour.ends().items() if event.startswith("wish-")]
    assert wishes == ["applied"] * (2 * A_WRITE + 1)


def test_a_sweep_brings_no_more_than_ten_services_back_either() -> None:
    coast = Coast(fleet())
    harbour = coast.harbour
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=0.1)
    harbour.lose_events = True
    harbour.run(minutes=60)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert set(coast.updates().values()) == {2}
    assert max(Counter(coast.by_round).values()) == SLICE


def test_a_very_low_rate_is_waited_for_in_several_steps() -> None:
    coast = Coast(fleet(FLEET[:4]), Rates(register=Rate(4, timedelta(minutes=20))))
    now = coast.harbour.clock.now()
    taken = Bucket(now + timedelta(minutes=80))
    coast.harbour.state.buckets[HOME, ApiClass.REGISTER] = taken
    coast.harbour.push(2)
    coast.harbour.run(minutes=102)  # two at 60 minutes, two more at 100

    assert coast.updates() == Counter(service.name for service in FLEET[:4])
