"""A person ends what is under way: veto and way back in one step, and nothing else is ended."""

from datetime import timedelta

from longshore.domain.deployments import Phase
from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import EventName, Outcome
from tests.support.builders import make_digest
from tests.support.harbour import Harbour
from tests.support.voyages import CRASH, of_digest
from tests.support.wishes import end_of, on_two, why


def bringing_three() -> Harbour:
    """Return a harbour whose stage is on 2, verified, and on its way to 3."""
    harbour = on_two()
    harbour.push(3)
    harbour.run(minutes=0.1)
    flight = harbour.snapshot.deployment
    assert flight is not None
    assert harbour.snapshot.targets[0].forward.moved
    return harbour


def test_what_is_under_way_goes_back_and_its_release_is_vetoed() -> None:
    harbour = bringing_three()

    wish = harbour.abort()
    harbour.run(minutes=30)

    deployment, stage = harbour.deployment(2), harbour.snapshot.stage
    assert end_of(harbour, wish) is Outcome.APPLIED
    assert deployment.phase is Phase.ROLLED_BACK
    assert deployment.reason.startswith("arn:of:somebody aborted it: because")
    assert harbour.running() == of_digest(2)
    assert [veto.release.images[0].digest for veto in stage.vetoes] == [make_digest(3)]
    assert stage.hold is stage.paused is None
    assert len(harbour.ecs.writes()) <= 8

    harbour.push(4)
    harbour.run(minutes=10)
    assert harbour.running() == of_digest(4)


def begun_only() -> Harbour:
    """Return a harbour whose stage began a deployment, and had no time to call ECS for it."""
    harbour = on_two()
    harbour.clock.left = timedelta(seconds=30)
    harbour.push(3)
    harbour.run(minutes=0.1)
    assert harbour.snapshot.deployment is not None
    harbour.clock.left = timedelta(minutes=1)
    return harbour


def test_what_has_moved_nothing_is_aborted() -> None:
    harbour = begun_only()
    before = harbour.ecs.writes()

    wish = harbour.abort()
    harbour.run(minutes=30)

    deployment, stage = harbour.deployment(2), harbour.snapshot.stage
    assert end_of(harbour, wish) is Outcome.APPLIED
    assert deployment.phase is Phase.ABORTED
    assert deployment.reason.endswith("No service was moved.")
    assert harbour.ecs.writes() == before
    assert (stage.live, len(stage.vetoes)) == (stage.stable, 1)
    assert harbour.told()[-1] is EventName.DEPLOYMENT_ABORTED


def test_an_abort_ends_the_pin_of_what_it_ends() -> None:
    harbour = bringing_three()
    harbour.pin()
    harbour.run(minutes=0.1)
    assert harbour.snapshot.stage.pin is not None

    harbour.abort()
    harbour.run(minutes=30)

    assert harbour.snapshot.stage.pin is None
    assert harbour.running() == of_digest(2)
    assert harbour.told().count(EventName.STAGE_UNPINNED) == 1


def test_where_nothing_is_under_way_nothing_is_ended() -> None:
    harbour = on_two()

    wish = harbour.abort()
    harbour.run(minutes=1)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert why(harbour, wish) == "nothing is under way in checkout/production"
    assert harbour.running() == of_digest(2)


def test_another_deployment_than_the_person_saw_goes_on() -> None:
    harbour = bringing_three()

    wish = harbour.ask(IntentKind.ABORT, number=1)
    harbour.run(minutes=10)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert harbour.running() == of_digest(3)


def test_what_is_being_rolled_back_already_is_left_to_that() -> None:
    harbour = on_two()
    harbour.push(3, conduct=CRASH)
    while not ((flight := harbour.snapshot.deployment) and flight.phase is Phase.ROLLING_BACK):
        harbour.run(minutes=0.2)

    wish = harbour.abort()
    harbour.run(minutes=60)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert harbour.deployment(2).phase is Phase.ROLLED_BACK


def test_a_rollback_is_not_aborted() -> None:
    harbour = on_two()
    harbour.roll_back()
    harbour.run(minutes=0.1)
    assert harbour.snapshot.deployment is not None

    wish = harbour.abort()
    harbour.run(minutes=30)

    assert end_of(harbour, wish) is Outcome.REJECTED
    assert "is a rollback" in why(harbour, wish)
    assert harbour.running() == of_digest(1)


def test_a_freeze_keeps_no_abort_back() -> None:
    harbour = bringing_three()
    harbour.state.turn(on=True)

    harbour.abort()
    harbour.run(minutes=30)

    assert harbour.running() == of_digest(2)
