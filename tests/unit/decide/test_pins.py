"""A pin goes before everything that keeps a stage, and stands on what the person saw."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.decide.pins import Keep, Seen, decide_pin, known_release
from longshore.decide.pipeline_word import decide_pipeline
from longshore.decide.promotion import Deploy, Stay, decide_move
from longshore.decide.word import decide_deploy
from longshore.domain.deployments import Trigger, TriggerKind
from longshore.domain.holds import Allowance, Hold, HoldKind, Pin, Veto
from longshore.domain.outcomes import Outcome
from longshore.domain.places import RepositoryRef
from longshore.domain.stages import StageRecord, StageSnapshot
from longshore.domain.stop_switch import Freeze, StopSwitch
from tests.support.builders import HOME, STAGE, make_release, make_spec
from tests.support.fakes import NOON

OLD, LIVE, NEW = make_release(1), make_release(2), make_release(3)
PIN = Pin(LIVE, "arn:of:ada", "audit", NOON)
SAW = Seen(LIVE.id, None)


def at(stage: StageRecord | None = None, **more: object) -> StageSnapshot:
    record = stage or StageRecord(STAGE, live=LIVE, stable=LIVE, earlier=(OLD,))
    snapshot = StageSnapshot(
        record, make_spec(), 1, deploy_wanted=False, applied_by="", applied_at=NOON
    )
    return replace(snapshot, **more)  # type: ignore[arg-type]  # fields by name


KEPT = StageRecord(
    STAGE,
    live=LIVE,
    pin=PIN,
    paused=Hold(HoldKind.PAUSED, "paused", NOON),
    vetoes=(Veto(NEW.content, NEW, "it crashed", NOON),),
    allowance=Allowance(NEW.content, Trigger(TriggerKind.RETRY)),
)
FROZEN = StopSwitch(scoped=(Freeze(on=True, reason="frozen", since=NOON, scope=str(STAGE)),))


def test_what_keeps_a_stage_is_asked_in_its_order() -> None:
    """Pin, freeze, then what a person let through, hold, veto."""
    moves = [
        decide_move(at(KEPT, switch=FROZEN), NEW),
        decide_move(at(replace(KEPT, pin=None), switch=FROZEN), NEW),
        decide_move(at(replace(KEPT, pin=None)), NEW),
        decide_move(at(replace(KEPT, pin=None, allowance=None)), NEW),
        decide_move(at(replace(KEPT, pin=None, allowance=None, paused=None)), NEW),
    ]

    said = ["pinned to", "is frozen", "let", "held (paused)", "is vetoed"]
    for move, words in zip(moves, said, strict=True):
        assert words in move.reason
    kinds = [type(move) for move in moves]
    assert kinds == [Stay, Stay, Deploy, Stay, Stay]


def test_the_pinned_release_itself_is_deployed_where_it_is_not() -> None:
    stage = StageRecord(STAGE, live=OLD, pin=PIN)

    assert isinstance(decide_move(at(stage), LIVE), Deploy)


def test_a_pipeline_and_a_person_bring_nothing_else_to_a_pinned_stage() -> None:
    stage = StageRecord(STAGE, live=LIVE, pin=PIN)

    for move in (decide_pipeline(at(stage), NEW), decide_deploy(at(stage), NEW)):
        assert isinstance(move, Stay)
        assert move.outcome is Outcome.REJECTED
        assert PIN.told in move.reason


def test_what_is_there_is_kept_and_what_is_not_is_brought() -> None:
    until = NOON + timedelta(hours=2)

    assert decide_pin(at(), LIVE, SAW, until) == Keep(
        LIVE, f"the stage stays on {LIVE} until 2026-11-23 14:00Z"
    )
    assert isinstance(decide_pin(at(), OLD, SAW, None), Deploy)


@pytest.mark.parametrize(
    ("pin", "seen"),
    [
        (None, Seen(OLD.id, None)),
        (None, Seen(None, None)),
        (None, Seen(LIVE.id, OLD.id)),
        (PIN, SAW),
    ],
)
def test_who_saw_something_else_looks_again(pin: Pin | None, seen: Seen) -> None:
    move = decide_pin(at(StageRecord(STAGE, live=LIVE, pin=pin)), LIVE, seen, None)

    assert isinstance(move, Stay)
    assert move.outcome is Outcome.REJECTED
    assert move.reason.endswith("look again, and ask again if need be")


def test_a_release_without_an_image_that_the_stage_runs_now_is_not_pinned() -> None:
    spec = make_spec()
    worker = replace(
        spec.images[0], alias="worker", repository=RepositoryRef(HOME, "checkout-worker")
    )
    snapshot = at(spec=replace(spec, images=(*spec.images, worker)))

    move = decide_pin(snapshot, OLD, SAW, None)

    assert move == Stay(
        f"{OLD} has no image for worker, which the stage runs now", Outcome.REJECTED
    )


def test_releases_are_known_by_their_ids() -> None:
    assert known_release(at(), OLD.id) == OLD
    assert known_release(at(), LIVE.id) == LIVE
    assert known_release(at(), NEW.id) is None
