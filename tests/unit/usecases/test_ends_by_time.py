"""What people ask for until a moment ends then: the stage has one timer, and it rings once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.domain.holds import HoldKind
from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import EventName, Outcome
from longshore.domain.stages import StageSnapshot
from longshore.usecases.ports import Changes
from tests.support.fakes import InMemoryStageLedger
from tests.support.harbour import Harbour, WorkerDied
from tests.support.voyages import of_digest
from tests.support.wishes import end_of, on_two, why

HOUR = timedelta(hours=1)


class Dies(InMemoryStageLedger):
    """A ledger whose worker dies right after it wrote something."""

    def __init__(self, harbour: Harbour, name: EventName) -> None:
        super().__init__(harbour.state)
        self._name, self.deaths = name, 0

    def commit(self, snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
        after = super().commit(snapshot, changes)
        if not self.deaths and any(told.name is self._name for told in changes.announcements):
            self.deaths += 1
            raise WorkerDied
        return after


def test_a_pause_ends_by_itself_says_until_when_and_ships_the_newest() -> None:
    harbour = on_two()
    until = harbour.clock.now() + timedelta(minutes=20)
    harbour.ask(IntentKind.PAUSE, "the load test runs", until=until)
    harbour.push(3)
    harbour.run(minutes=5)
    hold = harbour.snapshot.stage.paused

    assert hold is not None
    assert hold.told == (
        f"held (paused until {until:%Y-%m-%d %H:%M}Z): arn:of:somebody paused it: "
        "the load test runs"
    )
    assert harbour.snapshot.stage.due_at == until

    harbour.push(4)
    harbour.run(minutes=25)

    assert harbour.running() == of_digest(4)
    assert harbour.snapshot.stage.latest == 2
    assert harbour.told().count(EventName.STAGE_RESUMED) == 1
    assert harbour.snapshot.stage.due_at is None


def test_what_lasts_is_left_when_something_else_ends() -> None:
    harbour = on_two()
    now = harbour.clock.now()
    harbour.ask(IntentKind.PAUSE, until=now + HOUR)
    harbour.pin(until=now + HOUR / 4)
    harbour.veto(9, until=now + HOUR * 2)
    harbour.run(minutes=1)
    assert harbour.snapshot.stage.due_at == now + HOUR / 4

    harbour.push(3)
    harbour.run(minutes=30)

    stage = harbour.snapshot.stage
    assert (stage.pin, stage.due_at) == (None, now + HOUR)
    assert stage.paused is not None
    assert harbour.running() == of_digest(2)

    harbour.run(minutes=45)
    assert harbour.running() == of_digest(3)
    assert harbour.snapshot.stage.due_at == now + HOUR * 2

    harbour.run(minutes=60)
    stage = harbour.snapshot.stage
    assert (stage.vetoes, stage.due_at) == ((), None)


def test_a_deployment_under_way_keeps_its_own_deadline_and_the_end_before_it() -> None:
    harbour = on_two()
    harbour.push(3)
    harbour.run(minutes=0.1)
    flight = harbour.snapshot.deployment
    assert flight is not None
    soon = harbour.clock.now() + timedelta(minutes=2)

    harbour.ask(IntentKind.PAUSE, until=soon)
    harbour.run(minutes=0.1)
    assert harbour.snapshot.stage.due_at == soon
    harbour.run(minutes=30)

    assert harbour.running() == of_digest(3)
    assert harbour.snapshot.stage.paused is None
    assert harbour.snapshot.stage.due_at is None


@pytest.mark.parametrize("kind", [IntentKind.PAUSE, IntentKind.PIN, IntentKind.VETO])
def test_a_worker_that_dies_at_the_end_is_followed_by_one_that_ships(kind: IntentKind) -> None:
    harbour = on_two()
    until = harbour.clock.now() + timedelta(minutes=20)
    ended = {
        IntentKind.PAUSE: EventName.STAGE_RESUMED,
        IntentKind.PIN: EventName.STAGE_UNPINNED,
        IntentKind.VETO: EventName.STAGE_UNVETOED,
    }
    if kind is IntentKind.PIN:
        harbour.pin(until=until)
    elif kind is IntentKind.VETO:
        harbour.veto(3, until=until)
    else:
        harbour.ask(kind, until=until)
    harbour.push(3)
    harbour.run(minutes=1)
    dies = Dies(harbour, ended[kind])
    harbour.ports = replace(harbour.ports, ledger=dies)

    harbour.run(minutes=29)

    assert dies.deaths == 1
    assert harbour.running() == of_digest(3)
    assert harbour.told().count(ended[kind]) == 1
    assert harbour.snapshot.stage.latest == 2


def test_the_end_of_a_hold_that_a_rollback_left_is_a_persons() -> None:
    harbour = on_two()
    harbour.roll_back()
    harbour.run(minutes=60)

    paused = harbour.snapshot.stage.paused
    assert paused is not None
    assert (paused.kind, paused.until) == (HoldKind.ROLLED_BACK, None)


def test_what_is_heard_after_its_end_is_declined_and_begins_nothing() -> None:
    harbour = on_two()
    until = harbour.clock.now() + timedelta(minutes=5)
    harbour.inbox.clear()
    wish = harbour.pin(1, until=until)
    harbour.inbox.clear()
    harbour.clock.advance(timedelta(minutes=6))

    harbour.run(minutes=30)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert "was over before it was heard" in why(harbour, wish)
    assert harbour.snapshot.stage.pin is None
    assert harbour.running() == of_digest(2)


def test_a_stage_without_any_end_is_written_no_more_than_before() -> None:
    harbour = on_two()
    version = harbour.snapshot.stage.version

    harbour.run(minutes=120)

    assert harbour.snapshot.stage.version == version


def test_who_comes_late_after_an_end_finds_it_over() -> None:
    """Nobody looks at the stage for hours, and the timer's own message is lost as well."""
    harbour = on_two()
    harbour.pin(until=harbour.clock.now() + HOUR)
    harbour.run(minutes=1)
    harbour.lose_events = True
    harbour.push(3)
    harbour.inbox.clear()

    harbour.run(minutes=90)

    assert harbour.running() == of_digest(3)
