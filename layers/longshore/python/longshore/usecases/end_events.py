"""Say what came of each event that woke a stage: each (event, stage) pair ends exactly once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from longshore.decide.promotion import Deploy, HoldBack, Move, Stay
from longshore.decide.selection import Choice, Chosen
from longshore.domain.outcomes import EventOutcome, Outcome
from longshore.domain.places import StageId
from longshore.domain.wakeups import Announced, Wakeup
from longshore.usecases.round import Round


def ends_alike(
    wakeups: Sequence[Wakeup], outcome: Outcome, reason: str, at: datetime
) -> list[EventOutcome]:
    """End every event of these wake-ups in the same way."""
    return [
        EventOutcome(event, wakeup.stage, outcome, reason, at)
        for wakeup in wakeups
        for event in wakeup.events
    ]


def ends_by_verdict(round_: Round, wakeups: Sequence[Wakeup]) -> list[EventOutcome]:
    """End events that told of ECS: they brought something to light, or nothing new."""
    if round_.changed:
        return ends_alike(wakeups, Outcome.APPLIED, "it brought the stage further", round_.now)
    reason = "ECS shows nothing that was not known"
    return ends_alike(wakeups, Outcome.DUPLICATE, reason, round_.now)


def ends_by_move(
    round_: Round, wakeups: Sequence[Wakeup], choice: Choice, move: Move
) -> list[EventOutcome]:
    """End events that told of pushes by what was decided on them, the others by the verdict."""
    told = [wakeup for wakeup in wakeups if wakeup.announced is not None]
    others = [wakeup for wakeup in wakeups if wakeup.announced is None]
    chosen = [wakeup for wakeup in told if _is_chosen(wakeup.announced, choice)]
    passed = [wakeup for wakeup in told if wakeup not in chosen]
    return [
        *ends_by_verdict(round_, others),
        *ends_alike(chosen, _outcome(move), move.reason, round_.now),
        *(end for wakeup in passed for end in _superseded(wakeup, choice, round_.now)),
    ]


def without_recorded(
    ends: Iterable[EventOutcome], recorded: Iterable[str]
) -> tuple[EventOutcome, ...]:
    """Leave out the events whose end was written with the transition they caused."""
    known = frozenset(recorded)
    return tuple(end for end in ends if end.event not in known)


def unknown_stage(
    stage: StageId, wakeups: Sequence[Wakeup], at: datetime
) -> tuple[str, list[EventOutcome]]:
    """End the events of a stage that no configuration in force has."""
    reason = f"no configuration in force has a stage {stage}"
    return reason, ends_alike(wakeups, Outcome.REJECTED, reason, at)


def _is_chosen(announced: Announced | None, choice: Choice) -> bool:
    if announced is None or not isinstance(choice, Chosen):
        return True
    return any(image.digest == announced.digest for image in choice.release.images)


def _superseded(wakeup: Wakeup, choice: Choice, at: datetime) -> list[EventOutcome]:
    tag = wakeup.announced.tag if wakeup.announced else ""
    chosen = choice.release if isinstance(choice, Chosen) else "nothing"
    reason = f"{tag} was pushed, but what the policy chooses now is {chosen}"
    return ends_alike([wakeup], Outcome.SUPERSEDED, reason, at)


def _outcome(move: Move) -> Outcome:
    match move:
        case Deploy():
            return Outcome.APPLIED
        case HoldBack():
            return Outcome.HELD
        case Stay():
            return move.outcome
