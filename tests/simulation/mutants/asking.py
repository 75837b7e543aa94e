"""Weak ways of doing what people ask for by name."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

from longshore.aws.transactions import writes_of as _writes_of
from longshore.decide.promotion import Deploy, Move, Stay, decide_move
from longshore.decide.word import standing
from longshore.domain.deployments import DeploymentRecord, Trigger, TriggerKind
from longshore.domain.holds import Hold
from longshore.domain.intents import Intent, IntentKind
from longshore.domain.outcomes import Outcome
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord, StageSnapshot
from longshore.domain.stop_switch import NEVER_TURNED
from longshore.usecases.begin_wanted import decline
from longshore.usecases.bring_back import hear_rollbacks
from longshore.usecases.hear_wishes import _AT_ONCE
from longshore.usecases.ports import Changes
from longshore.usecases.return_stage import advance_return
from longshore.usecases.round import Round
from longshore.usecases.start_deployment import start_deployment
from tests.simulation.mutants.mutant import Mutant, replacing, together


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


def _as_if_unfrozen(snapshot: StageSnapshot, candidate: Release) -> Move:
    return decide_move(replace(snapshot, switch=NEVER_TURNED), candidate)


def _never_asked(table: str, snapshot: StageSnapshot, changes: Changes) -> object:
    return _writes_of(table, snapshot, replace(changes, unfrozen=False))


def _decline_while_frozen(round_: Round, intents: Sequence[Intent]) -> None:
    if not round_.snapshot.switch.on:
        hear_rollbacks(round_, intents)
        return
    for intent in intents:
        decline(round_, intent, Stay(round_.snapshot.switch.told, Outcome.REJECTED))


def _stand_still_while_frozen(round_: Round, deployment: DeploymentRecord) -> None:
    if not round_.snapshot.switch.on:
        advance_return(round_, deployment)


def _deploy_all_the_same(round_: Round, move: Deploy) -> Stay:
    start_deployment(round_, move, Trigger(TriggerKind.SWEEP))
    return Stay(move.reason, Outcome.APPLIED)


def _believe_the_record(round_: Round) -> bool:
    del round_
    return True


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "observe-that-writes",
        "a stage that only observes deploys what its policies choose",
        replacing("longshore.usecases.choose_release.tell_would", _deploy_all_the_same),
    ),
    Mutant(
        "observe-that-heeds-people",
        "a person's deploy, rollback or retry begins in a stage that only observes",
        together(
            replacing("longshore.usecases.accept_intent.BEGINNING", frozenset()),
            replacing("longshore.usecases.hear_wishes.BEGINNING", frozenset()),
        ),
    ),
    Mutant(
        "observe-that-does-not-look",
        "a stage that only observes takes what it deployed last for what runs",
        replacing("longshore.usecases.reconcile.see_what_runs", _believe_the_record),
    ),
    Mutant(
        "freeze-ignored",
        "what the policies choose ships although everything is frozen",
        replacing("longshore.usecases.choose_release.decide_move", _as_if_unfrozen),
    ),
    Mutant(
        "freeze-not-asked-again",
        "what has read the switch before a freeze begins after it",
        replacing("longshore.aws.ledger.writes_of", _never_asked),
    ),
    Mutant(
        "freeze-keeps-a-rollback-back",
        "a person who goes back while everything is frozen is declined",
        replacing(
            "longshore.usecases.hear_wishes._AT_ONCE",
            {**_AT_ONCE, IntentKind.ROLLBACK: _decline_while_frozen},
        ),
    ),
    Mutant(
        "freeze-stops-the-way-back",
        "what failed is not taken back while everything is frozen",
        replacing("longshore.usecases.reconcile.advance_return", _stand_still_while_frozen),
    ),
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
