"""A stage whose services wait for tokens: what it leaves alone meanwhile, and when it goes on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.decide.pacing import Bucket
from longshore.domain.deployments import Phase
from longshore.domain.errors import Throttled
from longshore.domain.rates import ApiClass, Rate, Rates
from longshore.domain.wakeups import Wakeup
from longshore.usecases.come_again import LONGEST_DELAY
from longshore.usecases.round import SLICE
from longshore_local.ecs.images import NeverStarts
from tests.support.builders import HOME
from tests.unit.usecases.test_outage import FLEET, Coast, fleet

ONE_A_MINUTE = Rates(register=Rate(20, timedelta(minutes=1)))
SLOW = Rate(4, timedelta(minutes=2))


def used_up(coast: Coast, calls: ApiClass, wait: timedelta) -> None:
    """Let somebody else have taken every token of a bucket; the next one comes after `wait`."""
    rate = coast.harbour.ports.rates.of(calls)
    full_at = coast.harbour.clock.now() + wait + (rate.burst - 2) * rate.interval
    coast.harbour.state.buckets[HOME, calls] = Bucket(full_at)


@pytest.mark.parametrize("calls", ApiClass)
def test_without_tokens_ecs_is_not_even_looked_at(calls: ApiClass) -> None:
    coast = Coast(fleet(FLEET[:1]), Rates(register=SLOW, update=SLOW))
    used_up(coast, calls, timedelta(minutes=3))

    coast.harbour.push(2)
    coast.harbour.run(minutes=2)

    assert coast.calls == []
    assert coast.harbour.deployment(1).phase is Phase.PROGRESSING
    coast.harbour.run(minutes=2)
    assert coast.updates() == Counter([FLEET[0].name])


def test_a_stage_waits_for_a_whole_slice_and_then_looks_at_it_once() -> None:
    coast = Coast(fleet(FLEET[:SLICE]), ONE_A_MINUTE)
    used_up(coast, ApiClass.REGISTER, timedelta(minutes=1))

    coast.harbour.push(2)
    coast.harbour.run(minutes=9)
    assert coast.updates() == Counter()
    coast.harbour.run(minutes=3)

    assert coast.updates() == Counter(service.name for service in FLEET[:SLICE])


def test_a_newer_release_takes_over_the_place_in_the_line() -> None:
    coast = Coast(fleet(FLEET[:1]), Rates(register=SLOW))
    used_up(coast, ApiClass.REGISTER, timedelta(minutes=4))
    for number in (2, 3, 4):
        coast.harbour.push(number)
        coast.harbour.run(minutes=1)

    begun = coast.harbour.clock.now() - timedelta(minutes=3)
    assert coast.harbour.state.lines == {(HOME, ApiClass.REGISTER): begun + timedelta(minutes=6)}
    coast.harbour.run(minutes=3)

    assert coast.updates() == Counter([FLEET[0].name])
    assert coast.harbour.deployment(3).phase is Phase.SUCCEEDED


def test_a_turn_that_a_message_cannot_wait_for_is_waited_for_twice() -> None:
    coast = Coast(fleet(FLEET[:1]), Rates(register=Rate(4, timedelta(minutes=8))))
    used_up(coast, ApiClass.REGISTER, LONGEST_DELAY + timedelta(minutes=1))

    coast.harbour.push(2)
    coast.harbour.run(minutes=15.5)
    assert coast.updates() == Counter()
    coast.harbour.run(minutes=2)

    assert coast.updates() == Counter([FLEET[0].name])


def test_one_message_is_under_way_however_long_a_stage_waits() -> None:
    coast = Coast(fleet(FLEET[:20]), Rates(register=Rate(4, timedelta(minutes=10))))
    coast.harbour.push(2)
    most = 0
    while coast.harbour.snapshot.deployment or not most:
        coast.harbour.run(minutes=1)
        most = max(most, len(coast.harbour.inbox))

    assert len(coast.updates()) == 20
    assert most <= 4  # beside it what ECS tells of, and what is looked for


def test_a_turn_is_not_missed_although_nobody_could_be_sent_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    coast = Coast(fleet(FLEET[:1]), Rates(register=SLOW))
    used_up(coast, ApiClass.REGISTER, timedelta(minutes=4))
    send, failed = coast.harbour.send, list[timedelta]()

    def once_in_vain(wakeups: Sequence[Wakeup], *, delay: timedelta = timedelta()) -> None:
        if delay == timedelta(minutes=4) and not failed:
            failed.append(delay)
            raise Throttled("SQS is busy")
        send(wakeups, delay=delay)

    monkeypatch.setattr(coast.harbour, "send", once_in_vain)
    coast.harbour.push(2)
    coast.harbour.run(minutes=4.5)

    assert failed
    assert coast.updates() == Counter([FLEET[0].name])


def test_a_way_back_waits_for_no_turn() -> None:
    coast = Coast(fleet(FLEET[:5], deadline=timedelta(minutes=10)), Rates(register=SLOW))
    coast.harbour.push(2, conduct=NeverStarts())
    coast.harbour.run(minutes=1)
    assert len(coast.updates()) == 3
    stage, turn_at = coast.harbour.snapshot.stage, coast.harbour.clock.now() + timedelta(minutes=50)
    coast.harbour.state.stages[stage.id] = replace(stage, turn_at=turn_at)

    coast.harbour.run(minutes=25)

    assert len(coast.updates()) == 3
    assert coast.harbour.deployment(1).phase is Phase.ROLLED_BACK
