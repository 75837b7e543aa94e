"""A rollback goes only to a verified release whose images the registry still has."""

from dataclasses import replace

from longshore.domain.holds import HoldKind
from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import EventName, Outcome
from longshore.domain.stages import StageSnapshot
from longshore.usecases.ports import Changes
from tests.support.builders import REPOSITORY, make_digest
from tests.support.fakes import InMemoryStageLedger, LedgerState
from tests.support.harbour import Harbour
from tests.support.voyages import make_harbour, of_digest
from tests.support.wishes import end_of, why


class Listening(InMemoryStageLedger):
    """A ledger that remembers what was written."""

    def __init__(self, state: LedgerState) -> None:
        super().__init__(state)
        self.written: list[Changes] = []

    def commit(self, snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
        self.written.append(changes)
        return super().commit(snapshot, changes)


def after(*numbers: int) -> Harbour:
    harbour = make_harbour()
    for number in numbers:
        harbour.push(number)
        harbour.run(minutes=10)
    return harbour


def delete(harbour: Harbour, number: int) -> None:
    del harbour.registry.images[REPOSITORY][make_digest(number)]


def back_from_four(harbour: Harbour, *, named: bool) -> str:
    stage = harbour.snapshot.stage
    assert stage.live is not None
    to = next(r for r in stage.earlier if r.images[0].digest == make_digest(3))
    return harbour.ask(IntentKind.ROLLBACK, to=to.id, leaving=stage.live.id, named=named)


def test_where_an_image_is_gone_the_next_verified_release_does_as_well_and_that_is_said() -> None:
    harbour = after(2, 3, 4)
    delete(harbour, 3)

    wish = back_from_four(harbour, named=False)
    harbour.run(minutes=10)

    assert end_of(harbour, wish) is Outcome.APPLIED
    assert harbour.running() == of_digest(2)
    assert "is not in checkout any more, so to main" in why(harbour, wish)


def test_a_release_that_the_person_named_is_not_replaced_by_another() -> None:
    harbour = after(2, 3, 4)
    delete(harbour, 3)

    wish = back_from_four(harbour, named=True)
    harbour.run(minutes=10)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert harbour.running() == of_digest(4)
    assert "`longshore deploy checkout/production TAG` brings any image" in why(harbour, wish)


def test_with_nothing_whole_left_it_says_what_is_missing_and_what_to_do() -> None:
    harbour = after(2, 3, 4)
    for number in (1, 2, 3):
        delete(harbour, number)

    wish = back_from_four(harbour, named=False)
    harbour.run(minutes=10)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert why(harbour, wish).count("is not in checkout any more") == 3
    assert "`longshore deploy" in why(harbour, wish)
    assert harbour.snapshot.stage.paused is None


def test_word_veto_hold_and_the_end_of_a_pin_are_one_transition() -> None:
    harbour = after(2)
    harbour.pin()
    harbour.run(minutes=1)
    listening = Listening(harbour.state)
    harbour.ports = replace(harbour.ports, ledger=listening)

    wish = harbour.roll_back()
    harbour.run(minutes=10)

    (heard,) = [
        changes for changes in listening.written if any(i.id == wish for i in changes.consumed)
    ]
    assert heard.stage is not None
    assert heard.stage.pin is None
    assert heard.stage.paused is not None
    assert heard.stage.paused.kind is HoldKind.ROLLED_BACK
    assert [veto.release.images[0].digest for veto in heard.stage.vetoes] == [make_digest(2)]
    assert heard.deployment is not None
    told = [announcement.name for announcement in heard.announcements]
    assert told == [
        EventName.STAGE_UNPINNED,
        EventName.STAGE_HELD,
        EventName.DEPLOYMENT_STARTED,
    ]
    sequences = [a.sequence for a in heard.announcements if a.subject == "checkout/production"]
    assert sequences == sorted(set(sequences))


def test_a_rollback_to_the_pinned_release_leaves_it_pinned() -> None:
    """Another hand moved the stage from what was pinned; a person brings it back."""
    harbour = after(2, 3)
    stage = harbour.snapshot.stage
    earlier = stage.earlier[0]
    assert stage.live is not None
    harbour.ask(IntentKind.PIN, to=stage.live.id, leaving=stage.live.id)
    harbour.run(minutes=1)
    pin = harbour.snapshot.stage.pin
    assert pin is not None
    kept = harbour.state.stages[harbour.spec.id]
    harbour.state.stages[harbour.spec.id] = replace(kept, pin=replace(pin, release=earlier))

    harbour.roll_back(2)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.pin is not None
