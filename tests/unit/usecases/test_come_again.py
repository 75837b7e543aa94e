"""What is sent again after a round that AWS kept from its end, and when."""

from datetime import timedelta

import pytest

from longshore.decide.backoff import TRIES_FOR_NOTHING
from longshore.domain.errors import Conflict, LongshoreError, Throttled, UnknownReply
from longshore.domain.wakeups import Announced, Hint, Wakeup
from longshore.usecases.come_again import LONGEST_DELAY, come_again, go_on
from longshore.usecases.round import OutOfTimeError, Ports, Round
from tests.support.alarm_fakes import InMemoryAlarms
from tests.support.builders import (
    REPOSITORY,
    STAGE,
    make_configuration,
    make_digest,
)
from tests.support.fakes import (
    FakeClock,
    InMemoryRegistry,
    InMemoryStageLedger,
    InMemoryWakeups,
)
from tests.support.harbour import Harbour

ECS = frozenset({Hint.ECS})
SWEEP, PUSH = frozenset({Hint.SWEEP}), frozenset({Hint.REGISTRY})
BUSY = Throttled("Rate exceeded")
STEP = 1.25 * timedelta(seconds=20)
SOON = timedelta(seconds=3)
AT_ONCE = timedelta()


class Shop:
    """A stage, and what is sent to it again."""

    def __init__(self, ecs_writes: int = 0) -> None:
        self.wakeups = InMemoryWakeups()
        ledger = InMemoryStageLedger()
        ledger.state.install(make_configuration())
        ecs = Harbour().ports.ecs
        clock = FakeClock()
        self.ports = Ports(
            ledger, InMemoryRegistry(), ecs, self.wakeups, clock, InMemoryAlarms(clock)
        )
        snapshot = ledger.read_stage(STAGE)
        assert snapshot is not None
        self.round = Round(self.ports, snapshot, self.ports.clock.now(), ecs_writes=ecs_writes)

    def send(
        self, *wakeups: Wakeup, error: LongshoreError = BUSY
    ) -> list[tuple[Wakeup, timedelta]]:
        come_again(wakeups, error, self.ports, self.round)
        return self.wakeups.sent

    def go_on(self, again_in: timedelta, *wakeups: Wakeup) -> tuple[Wakeup, timedelta]:
        """End a round normally that has to be gone on with."""
        self.round.again_in = again_in
        go_on(self.round, wakeups)
        ((wakeup, delay),) = self.wakeups.sent
        self.wakeups.sent.clear()
        return wakeup, delay


def test_what_carries_something_goes_again_each_with_its_own_count() -> None:
    announced = Announced(REPOSITORY, "main", make_digest(1))
    push = Wakeup(STAGE, PUSH, ("event-1",), announced, busy=3)
    task = Wakeup(STAGE, frozenset({Hint.TASK}), ("event-2",))

    sent = Shop().send(push, task)

    assert [wakeup.busy for wakeup, _ in sent] == [4, 1]
    assert [wakeup.events for wakeup, _ in sent] == [("event-1",), ("event-2",)]
    assert sent[0][0].announced == announced
    assert all(wakeup.hints >= ECS for wakeup, _ in sent)


@pytest.mark.parametrize("busy", [TRIES_FOR_NOTHING, 100])
def test_what_carries_something_is_never_dropped(busy: int) -> None:
    (wakeup, delay), *_ = Shop().send(Wakeup(STAGE, ECS, ("event-1",), busy=busy))

    assert wakeup.busy == busy + 1
    assert delay <= timedelta(minutes=5)


def test_what_carries_nothing_becomes_one() -> None:
    sent = Shop().send(Wakeup(STAGE, SWEEP, busy=1), Wakeup(STAGE, PUSH), Wakeup(STAGE, ECS))

    assert [wakeup for wakeup, _ in sent] == [Wakeup(STAGE, ECS | SWEEP | PUSH, busy=2)]


def test_what_carries_nothing_goes_along_with_what_does() -> None:
    sent = Shop().send(Wakeup(STAGE, SWEEP, busy=9), Wakeup(STAGE, ECS, ("event-1",)))

    assert [wakeup for wakeup, _ in sent] == [Wakeup(STAGE, ECS | SWEEP, ("event-1",), busy=1)]


def test_what_carries_nothing_is_left_to_the_sweep_after_a_few_tries() -> None:
    assert Shop().send(Wakeup(STAGE, SWEEP, busy=TRIES_FOR_NOTHING)) == []


@pytest.mark.parametrize("error", [BUSY, UnknownReply("no answer")])
def test_a_round_that_got_something_done_counts_as_the_first_try(error: LongshoreError) -> None:
    ((wakeup, delay),) = Shop(ecs_writes=1).send(Wakeup(STAGE, SWEEP, busy=99), error=error)

    assert wakeup.busy == 1
    assert delay <= STEP


def test_who_ran_out_of_time_with_something_done_goes_on_at_once() -> None:
    late = OutOfTimeError("too little time is left")

    ((wakeup, delay),) = Shop(ecs_writes=3).send(Wakeup(STAGE, SWEEP, busy=4), error=late)

    assert (wakeup.busy, delay) == (1, timedelta())


def test_who_had_no_time_for_anything_waits_longer_each_time() -> None:
    late = OutOfTimeError("too little time is left")

    ((_, delay),) = Shop().send(Wakeup(STAGE, ECS, ("event-1",), busy=9), error=late)

    assert delay >= timedelta(minutes=1)


def test_a_lost_race_is_over_soon() -> None:
    lost = Conflict("another writer was first")

    ((_, delay),) = Shop().send(Wakeup(STAGE, ECS, ("event-1",), busy=9), error=lost)

    assert delay <= STEP


def test_what_is_left_is_gone_on_with_when_there_are_tokens_for_it() -> None:
    wakeup, delay = Shop().go_on(SOON, Wakeup(STAGE, SWEEP, busy=4))

    assert (wakeup, delay) == (Wakeup(STAGE, ECS), SOON)


def test_what_needs_no_token_goes_on_at_once() -> None:
    _, delay = Shop().go_on(AT_ONCE, Wakeup(STAGE, ECS))

    assert delay == AT_ONCE


def test_a_wait_that_a_message_cannot_take_is_waited_for_in_several_steps() -> None:
    _, delay = Shop().go_on(timedelta(minutes=40), Wakeup(STAGE, ECS))

    assert delay == LONGEST_DELAY


def test_who_came_too_early_for_a_turn_comes_again_for_it() -> None:
    shop = Shop()
    shop.round.turn_in = SOON

    go_on(shop.round, [Wakeup(STAGE, ECS)])

    assert shop.wakeups.sent == [(Wakeup(STAGE, ECS), SOON)]


def test_an_event_that_comes_before_a_turn_sends_nobody_else() -> None:
    shop = Shop()
    shop.round.turn_in = SOON

    go_on(shop.round, [Wakeup(STAGE, ECS, ("event-1",))])

    assert shop.wakeups.sent == []


@pytest.mark.parametrize("hint", [Hint.SWEEP, Hint.TIMER, Hint.PERSON])
def test_a_clock_or_a_person_before_a_turn_sends_nobody_else(hint: Hint) -> None:
    shop = Shop()
    shop.round.turn_in = SOON

    go_on(shop.round, [Wakeup(STAGE, ECS | {hint})])

    assert shop.wakeups.sent == []


def test_an_event_whose_round_came_to_nothing_comes_again_for_the_turn() -> None:
    shop = Shop()
    shop.round.turn_in = SOON

    go_on(shop.round, [Wakeup(STAGE, ECS, ("event-1",), busy=1)])

    assert shop.wakeups.sent == [(Wakeup(STAGE, ECS), SOON)]
