"""A pinned stage stays on its release: nothing else ships until a person or the time ends it."""

from datetime import timedelta

import pytest

from longshore.domain.deployments import Phase, TriggerKind
from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import EventName, Outcome
from tests.support.builders import REPOSITORY, make_digest
from tests.support.voyages import CRASH, MAIN, make_harbour, of_digest
from tests.support.wishes import end_of, on_two, why


def test_a_pinned_stage_says_so_and_ships_the_newest_once_it_is_unpinned() -> None:
    harbour = on_two()
    harbour.pin()
    harbour.run(minutes=1)

    harbour.push(3)
    harbour.run(minutes=10)
    harbour.push(4)
    harbour.run(minutes=40)
    pin = harbour.snapshot.stage.pin

    assert pin is not None
    assert pin.told == "pinned to main (000000000000) by arn:of:somebody: because"
    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.latest == 1
    assert harbour.told()[-1] is EventName.STAGE_PINNED

    harbour.unpin()
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(4)
    assert harbour.snapshot.stage.latest == 2
    assert harbour.snapshot.stage.pin is None
    assert EventName.STAGE_UNPINNED in harbour.told()


def test_another_release_that_is_pinned_is_brought_and_stays() -> None:
    harbour = on_two()
    harbour.push(3)
    harbour.run(minutes=10)

    harbour.pin(2)
    harbour.run(minutes=40)

    deployment = harbour.deployment(3)
    assert (deployment.phase, deployment.trigger.kind) == (Phase.SUCCEEDED, TriggerKind.PIN)
    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.paused is None
    assert harbour.snapshot.stage.vetoes == ()
    assert harbour.snapshot.stage.latest == 3


def test_a_verified_release_is_pinned_by_its_id_though_the_registry_is_away() -> None:
    harbour = on_two()
    there, earlier = harbour.snapshot.stage.live, harbour.snapshot.stage.earlier[0]
    assert there is not None

    harbour.ask(IntentKind.PIN, to=earlier.id, leaving=there.id)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(1)
    assert harbour.snapshot.stage.pin is not None


def test_a_release_whose_images_are_gone_is_not_pinned() -> None:
    harbour = on_two()
    there, earlier = harbour.snapshot.stage.live, harbour.snapshot.stage.earlier[0]
    assert there is not None
    del harbour.registry.images[REPOSITORY][make_digest(1)]

    wish = harbour.ask(IntentKind.PIN, to=earlier.id, leaving=there.id)
    harbour.run(minutes=10)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert "not in checkout any more" in why(harbour, wish)
    assert harbour.snapshot.stage.pin is None


def test_a_release_that_nobody_knows_is_not_pinned() -> None:
    harbour = on_two()
    there = harbour.snapshot.stage.live
    assert there is not None

    wish = harbour.ask(IntentKind.PIN, to="0123456789ab", leaving=there.id)
    absent = harbour.pin(9)
    harbour.run(minutes=10)

    assert end_of(harbour, wish) is end_of(harbour, absent) is Outcome.REJECTED
    assert "knows no release 0123456789ab" in why(harbour, wish)


def test_who_saw_another_pin_or_release_is_asked_to_look_again() -> None:
    harbour = on_two()
    late = harbour.ask(IntentKind.PIN, to=harbour.snapshot.stage.earlier[0].id, leaving=None)
    first = harbour.pin()
    second = harbour.pin()
    harbour.run(minutes=1)

    assert end_of(harbour, first) is Outcome.APPLIED
    assert end_of(harbour, late) is end_of(harbour, second) is Outcome.REJECTED
    assert "the stage is on main" in why(harbour, late)
    assert "the stage is pinned to main" in why(harbour, second)
    gone = harbour.pin()
    harbour.unpin()
    stale = harbour.unpin()
    harbour.run(minutes=1)
    assert "pinned to main (000000000000) by arn:of:somebody: because already" in why(harbour, gone)
    assert end_of(harbour, stale) is Outcome.DUPLICATE
    assert harbour.snapshot.stage.pin is None


def test_an_unpin_of_another_pin_than_was_seen_is_declined() -> None:
    harbour = on_two()
    harbour.pin()
    harbour.run(minutes=1)

    wish = harbour.ask(IntentKind.UNPIN, pinned="0123456789ab")
    harbour.run(minutes=1)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert harbour.snapshot.stage.pin is not None


def test_a_pin_is_given_another_end_by_who_saw_it() -> None:
    harbour = on_two()
    harbour.pin()
    harbour.run(minutes=1)
    until = harbour.clock.now() + timedelta(hours=2)

    harbour.pin(until=until)
    harbour.run(minutes=1)

    assert harbour.snapshot.stage.pin is not None
    assert harbour.snapshot.stage.pin.until == until


def test_a_deployment_by_hand_of_another_release_is_refused_and_says_what_to_do() -> None:
    harbour = on_two()
    harbour.pin()
    harbour.registry.push(REPOSITORY, make_digest(3), "feature")

    wish = harbour.deploy(3, "feature")
    harbour.run(minutes=10)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert "longshore unpin" in why(harbour, wish)
    assert harbour.running() == of_digest(2)


def test_a_retry_of_another_release_is_refused_and_leaves_nothing() -> None:
    harbour = on_two()
    harbour.pin()
    harbour.push(3)
    harbour.run(minutes=1)

    wish = harbour.ask(IntentKind.RETRY)
    harbour.run(minutes=10)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert harbour.snapshot.stage.allowance is None
    assert harbour.running() == of_digest(2)


def test_a_rollback_ends_a_pin_for_a_way_back_is_never_barred() -> None:
    harbour = on_two()
    harbour.pin()
    harbour.run(minutes=1)

    harbour.roll_back()
    harbour.run(minutes=10)

    stage = harbour.snapshot.stage
    assert harbour.running() == of_digest(1)
    assert stage.pin is None
    assert stage.paused is not None
    assert [make_digest(2)] == [veto.release.images[0].digest for veto in stage.vetoes]
    assert EventName.STAGE_UNPINNED in harbour.told()


def test_the_failure_of_the_pinned_release_ends_its_pin_and_is_told() -> None:
    harbour = on_two()
    harbour.lose_events = True
    harbour.push(3, "feature", conduct=CRASH)
    harbour.lose_events = False

    harbour.pin(3)
    harbour.run(minutes=60)

    stage = harbour.snapshot.stage
    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(2)
    assert stage.pin is None
    assert [make_digest(3)] == [veto.release.images[0].digest for veto in stage.vetoes]
    order = [
        name
        for name in harbour.told()
        if name in {EventName.STAGE_PINNED, EventName.STAGE_UNPINNED}
    ]
    assert order == [EventName.STAGE_PINNED, EventName.STAGE_UNPINNED]


def test_what_is_on_its_way_is_pinned_and_nothing_overtakes_it() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=0.1)
    assert harbour.snapshot.deployment is not None

    harbour.pin()
    harbour.push(3)
    harbour.run(minutes=40)

    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.latest == 1


def test_a_pin_brings_nothing_under_a_freeze_but_keeps_what_is_there() -> None:
    harbour = on_two()
    harbour.state.turn(on=True)

    other = harbour.pin(1)
    harbour.run(minutes=1)
    harbour.pin()
    harbour.run(minutes=20)

    assert end_of(harbour, other) is Outcome.REJECTED
    assert "everything is frozen" in why(harbour, other)
    assert harbour.snapshot.stage.pin is not None
    assert harbour.running() == of_digest(2)


def test_a_pin_ends_by_itself_and_the_newest_ships_once() -> None:
    harbour = on_two()
    harbour.pin(until=harbour.clock.now() + timedelta(minutes=20))
    harbour.run(minutes=1)
    harbour.push(3)
    harbour.run(minutes=5)
    harbour.push(4)
    harbour.run(minutes=13)
    assert harbour.running() == of_digest(2)

    harbour.run(minutes=3)

    assert harbour.snapshot.stage.latest == 2  # within a minute or two of its end: no sweep is due
    harbour.run(minutes=10)
    assert harbour.running() == of_digest(4)
    assert harbour.snapshot.stage.latest == 2
    assert harbour.snapshot.stage.due_at is None
    assert harbour.told().count(EventName.STAGE_UNPINNED) == 1


@pytest.mark.parametrize("busy", [True, False])
def test_a_stage_that_is_being_returned_takes_no_pin(*, busy: bool) -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    while busy and not (
        (flight := harbour.snapshot.deployment) and flight.phase is Phase.ROLLING_BACK
    ):
        harbour.run(minutes=0.2)

    wish = harbour.pin()
    harbour.run(minutes=60)

    assert (end_of(harbour, wish) is Outcome.REJECTED) is busy
    assert harbour.running() in {MAIN, of_digest(1)}
