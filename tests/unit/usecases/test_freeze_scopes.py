"""A freeze of an application or a stage: only that, only until its end, and never a way back."""

from datetime import timedelta

import pytest

from longshore.domain.deployments import Phase
from longshore.domain.outcomes import Outcome
from longshore.domain.stop_switch import EVERYTHING
from tests.support.builders import STAGE
from tests.support.voyages import CRASH, make_harbour, of_digest
from tests.support.wishes import end_of, on_two, why

OURS = [EVERYTHING, STAGE.application, str(STAGE)]
OTHERS = ["billing", f"{STAGE.application}/staging", "check", f"{STAGE.application}-two"]


@pytest.mark.parametrize("scope", OURS)
def test_what_is_frozen_begins_nothing_and_ships_the_newest_once(scope: str) -> None:
    harbour = on_two()
    harbour.state.turn(on=True, scope=scope)
    harbour.push(3)
    harbour.run(minutes=10)
    harbour.push(4)
    harbour.run(minutes=40)
    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.latest == 1

    harbour.state.turn(on=False, scope=scope)
    harbour.run(minutes=30)

    assert harbour.running() == of_digest(4)
    assert harbour.snapshot.stage.latest == 2


@pytest.mark.parametrize("scope", OTHERS)
def test_what_is_frozen_elsewhere_stops_nothing_here(scope: str) -> None:
    harbour = on_two()
    harbour.state.turn(on=True, scope=scope)

    harbour.push(3)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(3)


@pytest.mark.parametrize("scope", OURS)
def test_a_freeze_stops_no_way_back(scope: str) -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=0.1)
    assert harbour.snapshot.deployment is not None
    harbour.state.turn(on=True, scope=scope)

    harbour.run(minutes=60)
    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    harbour.roll_back()
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(1)


@pytest.mark.parametrize("scope", OURS)
def test_a_freeze_ends_by_itself_and_exactly_the_newest_ships_once(scope: str) -> None:
    harbour = on_two()
    until = harbour.clock.now() + timedelta(minutes=35)
    harbour.state.turn(on=True, scope=scope, until=until)
    harbour.push(3)
    harbour.run(minutes=5)
    assert harbour.snapshot.stage.due_at == until
    harbour.push(4)
    harbour.run(minutes=29)
    assert harbour.running() == of_digest(2)

    harbour.run(minutes=3)

    assert harbour.snapshot.stage.latest == 2  # by the timer: the sweep is not due yet
    harbour.run(minutes=10)
    assert harbour.running() == of_digest(4)
    assert harbour.snapshot.stage.latest == 2
    assert harbour.snapshot.stage.due_at is None


def test_the_wider_freeze_is_named_and_the_narrower_stays_when_it_ends() -> None:
    harbour = on_two()
    harbour.state.turn(on=True, scope=str(STAGE), reason="audit")
    harbour.state.turn(on=True, reason="incident")
    wish = harbour.deploy(2, "again")
    harbour.run(minutes=1)
    assert end_of(harbour, wish) is Outcome.REJECTED
    assert "everything is frozen" in why(harbour, wish)
    assert "longshore unfreeze --everything" in why(harbour, wish)

    harbour.state.turn(on=False)
    wish = harbour.deploy(2, "again")
    harbour.push(3)
    harbour.run(minutes=20)

    assert "checkout/production is frozen, by arn:of:somebody" in why(harbour, wish)
    assert "longshore unfreeze checkout/production" in why(harbour, wish)
    assert harbour.running() == of_digest(2)


def test_a_freeze_made_between_look_and_beginning_wins() -> None:
    harbour = on_two()
    commit = harbour.ledger.commit
    turned: list[str] = []

    def race(*arguments: object) -> object:
        if not turned:
            turned.append("once")
            harbour.state.turn(on=True, scope=STAGE.application)
        return commit(*arguments)  # type: ignore[arg-type]  # as given

    vars(harbour.ledger)["commit"] = race
    harbour.push(3)
    harbour.run(minutes=30)

    assert turned
    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.latest == 1
