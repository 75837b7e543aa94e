"""Pause and resume a stage by a person's word.

A pause keeps every automatic move back and stops nothing that is under way. What a person asks for
by name passes it, and it stays until somebody resumes the stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from longshore.domain.actors import name_actor
from longshore.domain.holds import Hold, HoldKind, until_text
from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventName, EventOutcome, Outcome
from longshore.usecases.outbox import announce_stage
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round


@dataclass(frozen=True, slots=True)
class _Switched:
    """What a wish makes of a stage's pause; `told` is None where it is as it was."""

    paused: Hold | None
    reason: str
    told: EventName | None


def hear_pauses(round_: Round, intents: Sequence[Intent]) -> None:
    """Keep the stage from moving by itself, and tell what changes by that."""
    for intent in intents:
        _write(round_, intent, _pause(round_.stage.paused, intent))


def hear_resumes(round_: Round, intents: Sequence[Intent]) -> None:
    """Let the stage move by itself again, and tell what changes by that."""
    for intent in intents:
        _write(round_, intent, _resume(round_.stage.paused, intent))


def _pause(paused: Hold | None, intent: Intent) -> _Switched:
    if paused is not None:
        return _Switched(paused, f"it was {paused.kind} already: {paused.reason}", None)
    reason = f"{name_actor(intent.actor)} paused it: {intent.reason}"
    hold = Hold(HoldKind.PAUSED, reason, intent.at, until=intent.until)
    return _Switched(hold, f"{reason}{until_text(hold.until)}", EventName.STAGE_PAUSED)


def _resume(paused: Hold | None, intent: Intent) -> _Switched:
    if paused is None:
        return _Switched(None, "it was not paused; `retry` lifts what Longshore holds back", None)
    reason = f"{name_actor(intent.actor)} resumed it: {intent.reason}"
    return _Switched(None, reason, EventName.STAGE_RESUMED)


def _write(round_: Round, intent: Intent, switched: _Switched) -> None:
    end = Outcome.APPLIED if switched.told else Outcome.DUPLICATE
    outcome = EventOutcome(intent.id, intent.stage, end, switched.reason, round_.now)
    changes = Changes(consumed=(intent,), outcomes=(outcome,))
    if switched.told is not None:
        # Who pauses has the last word over what was let through before, and has not begun.
        allowance = round_.stage.allowance if switched.paused is None else None
        stage = replace(round_.stage, paused=switched.paused, allowance=allowance)
        stage, told = announce_stage(stage, switched.told, switched.reason, round_.now)
        changes = replace(changes, stage=stage, announcements=(told,))
    round_.commit(changes)
