"""What a person asks for by name passes what keeps a stage back, and stands on what they saw."""

from dataclasses import replace

import pytest

from longshore.decide.promotion import Deploy, Stay
from longshore.decide.word import decide_deploy, decide_rollback, way_back
from longshore.domain.deployments import Phase
from longshore.domain.holds import Hold, HoldKind, Veto
from longshore.domain.outcomes import Outcome
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord, StageSnapshot
from tests.support.builders import STAGE, make_deployment, make_release, make_spec
from tests.support.fakes import NOON

OLDEST, OLD, LIVE, NEW = (make_release(number) for number in (1, 2, 3, 4))
STANDING = StageRecord(STAGE, live=LIVE, stable=LIVE, earlier=(OLD, OLDEST))


def at(stage: StageRecord = STANDING, *, flight: Phase | None = None) -> StageSnapshot:
    """Return a stage, with the release NEW under way where a phase is given."""
    snapshot = StageSnapshot(
        stage, make_spec(), 1, deploy_wanted=False, applied_by="", applied_at=NOON
    )
    if flight is None:
        return snapshot
    return replace(snapshot, deployment=replace(make_deployment(), release=NEW, phase=flight))


def test_a_word_passes_vetoes_holds_and_age() -> None:
    veto = Veto(OLD.content, OLD, "it crashed", NOON)
    hold = Hold(HoldKind.REPLACED, "another hand has it", NOON)
    snapshot = at(replace(STANDING, vetoes=(veto,), hold=hold, paused=hold))

    assert decide_deploy(snapshot, OLD) == Deploy(OLD, f"a person asked for {OLD}")
    assert isinstance(decide_rollback(snapshot, leaving=LIVE.id, to=OLD.id), Deploy)


@pytest.mark.parametrize(
    ("snapshot", "wanted", "said"),
    [
        (at(), LIVE, "is live already"),
        (at(flight=Phase.PROGRESSING), NEW, "is already on its way as checkout/production#1"),
    ],
)
def test_what_is_so_already_is_not_begun(
    snapshot: StageSnapshot, wanted: Release, said: str
) -> None:
    move = decide_deploy(snapshot, wanted)

    assert isinstance(move, Stay)
    assert said in move.reason
    assert move.outcome is Outcome.DUPLICATE


def test_what_is_live_is_deployed_over_what_is_on_its_way() -> None:
    assert isinstance(decide_deploy(at(flight=Phase.PROGRESSING), LIVE), Deploy)
    assert isinstance(
        decide_rollback(at(flight=Phase.PROGRESSING), leaving=NEW.id, to=LIVE.id), Deploy
    )


def test_a_way_back_that_is_under_way_is_left_to_it() -> None:
    returning = at(flight=Phase.ROLLING_BACK)

    for move in (
        decide_deploy(returning, LIVE),
        decide_rollback(returning, leaving=NEW.id, to=LIVE.id),
    ):
        assert isinstance(move, Stay)
        assert move.outcome is Outcome.REJECTED


def test_a_rollback_stands_on_what_the_person_saw() -> None:
    moved_on = decide_rollback(at(), leaving=OLD.id, to=OLDEST.id)
    unknown = decide_rollback(at(), leaving=LIVE.id, to="0123456789ab")
    nothing_live = decide_rollback(at(replace(STANDING, live=None)), leaving=LIVE.id, to=OLD.id)

    assert all(isinstance(move, Stay) for move in (moved_on, unknown, nothing_live))
    assert f"the stage is on {LIVE} meanwhile" in moved_on.reason
    assert "knows no verified release 0123456789ab" in unknown.reason
    assert "no release that all services share" in nothing_live.reason


def test_a_rollback_to_what_the_stage_is_on_is_none() -> None:
    move = decide_rollback(at(), leaving=LIVE.id, to=LIVE.id)

    assert move == Stay(f"the stage is on {LIVE} already")


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (STANDING, OLD),
        (replace(STANDING, live=None), LIVE),
        (replace(STANDING, vetoes=(Veto(OLD.content, OLD, "left", NOON),)), OLDEST),
        (replace(STANDING, earlier=()), None),
    ],
)
def test_the_way_back_is_the_newest_that_was_verified_and_not_left(
    stage: StageRecord, expected: object
) -> None:
    assert way_back(at(stage)) == expected
