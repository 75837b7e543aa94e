"""While everything is frozen nothing begins, what is under way ends, and people can go back."""

from collections.abc import Callable

import pytest

from longshore.domain.deployments import Phase, TriggerKind
from longshore.domain.errors import NotPermitted
from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import Outcome
from longshore.domain.stages import StageSnapshot
from longshore.usecases.ports import Changes
from tests.support.builders import STAGE, make_digest
from tests.support.harbour import Harbour
from tests.support.voyages import CRASH, MAIN, make_harbour, of_digest


def frozen(reason: str = "prices are wrong") -> Harbour:
    harbour = make_harbour()
    harbour.state.turn(on=True, reason=reason)
    return harbour


def reasons(harbour: Harbour) -> dict[str, str]:
    return {event: end.reason for (event, _), end in harbour.state.outcomes.items()}


def test_a_push_waits_with_a_reason_and_ships_when_the_freeze_is_over() -> None:
    harbour = frozen()

    harbour.push(2)
    harbour.run(minutes=40)

    assert harbour.running() == MAIN
    assert harbour.ecs.writes() == []
    assert harbour.snapshot.stage.hold is None
    (reason,) = reasons(harbour).values()
    assert set(harbour.ends().values()) == {Outcome.HELD}
    assert reason == (
        "main (000000000000) waits: everything is frozen, by arn:of:somebody since "
        "2026-11-23 12:00Z: prices are wrong"
    )

    harbour.state.turn(on=False)
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(2)


def test_what_is_under_way_goes_on_and_is_not_overtaken() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=0.1)

    harbour.state.turn(on=True)
    harbour.push(3)
    harbour.run(minutes=30)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert harbour.snapshot.stage.latest == 1


def test_what_fails_is_taken_back() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=0.1)

    harbour.state.turn(on=True)
    harbour.run(minutes=60)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.running() == MAIN


def test_a_stage_is_adopted_while_everything_is_frozen_and_what_was_asked_for_waits() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.registry.push(harbour.spec.images[0].repository, make_digest(3), "main")
    harbour.state.turn(on=True)

    harbour.apply(deploy=True)
    harbour.run(minutes=40)

    assert harbour.snapshot.stage.config == harbour.snapshot.config
    assert harbour.snapshot.stage.allowance is not None
    assert harbour.running() == of_digest(2)

    harbour.state.turn(on=False)
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(3)
    assert harbour.deployment(2).trigger.kind is TriggerKind.APPLY


def test_a_person_goes_back_while_everything_is_frozen() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=10)
    harbour.state.turn(on=True)

    harbour.roll_back()
    harbour.run(minutes=10)

    assert harbour.deployment(2).phase is Phase.SUCCEEDED
    assert harbour.deployment(2).trigger.kind is TriggerKind.ROLLBACK
    assert harbour.running() == of_digest(1)


def deploy(harbour: Harbour) -> str:
    return harbour.deploy(3, "feature")


def retry(harbour: Harbour) -> str:
    return harbour.ask(IntentKind.RETRY)


@pytest.mark.parametrize("ask", [deploy, retry])
def test_what_would_begin_something_is_declined_and_leaves_nothing(
    ask: Callable[[Harbour], str],
) -> None:
    harbour = frozen()
    harbour.registry.push(harbour.spec.images[0].repository, make_digest(3), "feature")
    harbour.registry.failure = NotPermitted("ecr:DescribeImages is not permitted")  # nor looked up

    wish = ask(harbour)
    harbour.run(minutes=1)
    harbour.registry.failure = None
    harbour.run(minutes=20)
    before = harbour.snapshot

    assert harbour.ends()[wish] == Outcome.REJECTED
    assert reasons(harbour)[wish] == (
        "everything is frozen, by arn:of:somebody since 2026-11-23 12:00Z: prices are wrong; "
        "ask again after `longshore unfreeze --everything`"
    )
    assert (before.intents, before.stage.paused, before.stage.allowance) == ((), None, None)

    harbour.state.turn(on=False)
    harbour.run(minutes=20)

    assert harbour.running() == MAIN


def test_who_read_the_switch_before_a_freeze_begins_nothing_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The freeze is written between the look at the stage and the transaction that begins."""
    harbour = make_harbour()
    commit = harbour.ledger.commit
    conflicts: list[Changes] = []

    def frozen_before(snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
        if changes.unfrozen and not conflicts:
            harbour.state.turn(on=True)
            conflicts.append(changes)
        return commit(snapshot, changes)

    monkeypatch.setattr(harbour.ledger, "commit", frozen_before)
    harbour.push(2)
    harbour.run(minutes=40)

    assert len(conflicts) == 1
    assert harbour.snapshot.stage.latest == 0
    assert harbour.ecs.writes() == []
    assert set(harbour.ends().values()) == {Outcome.HELD}


def test_a_wish_that_was_heard_just_before_a_freeze_begins_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)
    harbour.conduct.clear()
    commit = harbour.ledger.commit

    def frozen_after(snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
        after = commit(snapshot, changes)
        if any(intent.kind is IntentKind.RETRY for intent in changes.consumed):
            harbour.state.turn(on=True)
        return after

    monkeypatch.setattr(harbour.ledger, "commit", frozen_after)
    harbour.retry()
    harbour.run(minutes=40)

    assert harbour.snapshot.stage.latest == 1
    assert harbour.running() == MAIN

    harbour.state.turn(on=False)
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(2)
    assert harbour.state.deployments[STAGE, 2].trigger.kind is TriggerKind.RETRY
