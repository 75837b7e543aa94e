"""Weak ways of doing what people ask for by name."""

from types import SimpleNamespace

from longshore.decide.promotion import Deploy, Stay
from longshore.decide.word import standing
from longshore.domain.holds import Hold
from longshore.domain.intents import Intent
from longshore.domain.stages import StageRecord, StageSnapshot
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round
from tests.simulation.mutants.mutant import Mutant, replacing


def _not_held(round_: Round, heard: Changes, hold: Hold) -> Changes:
    del round_, hold
    return heard


def _not_vetoed(round_: Round, intent: Intent) -> StageRecord:
    del intent
    return round_.stage


def _back_from_wherever(
    snapshot: StageSnapshot, *, leaving: str | None, to: str | None
) -> Deploy | Stay:
    """Go back by one, whatever stood there when it was asked for."""
    del leaving, to
    there = standing(snapshot)
    for known in snapshot.stage.vetoes:
        if there is None or known.content != there.content:
            return Deploy(known.release, "a person goes back")
    return Stay("there is nothing to go back to")


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "a-rollback-is-rolled-back",
        "a rollback that fails is returned to what was left for it",
        replacing("longshore.usecases.return_stage.TriggerKind", SimpleNamespace(ROLLBACK=None)),
    ),
    Mutant(
        "a-word-leaves-no-hold",
        "what a person brought by name is undone by the next look at the registry",
        replacing("longshore.usecases.begin_wanted._held", _not_held),
    ),
    Mutant(
        "a-rollback-leaves-no-veto",
        "what a person went back from ships again as soon as they resume",
        replacing("longshore.usecases.bring_back._left", _not_vetoed),
    ),
    Mutant(
        "back-to-what-was-never-verified",
        "a rollback takes what it finds, without asking whether it was ever verified",
        replacing("longshore.usecases.bring_back.decide_rollback", _back_from_wherever),
    ),
)
