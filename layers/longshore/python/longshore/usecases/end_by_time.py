"""End what a person asked for until a moment that has come, and keep the timer for the next one.

A stage has one timer: `Round.commit` keeps it no later than the next of these ends.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from longshore.domain.outcomes import EventName
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round
from longshore.usecases.write_word import tell_besides


def end_by_time(round_: Round) -> bool:
    """End pins, pauses and vetoes whose time is over, and tell it; return whether any was.

    The timer that rang stays as it is until the round ends: a worker that stops before the stage
    has looked for what it may run now is woken again.
    """
    stage, now = round_.stage, round_.now
    over = list(_over(round_))
    if not over:
        return False
    changes = Changes(
        stage=replace(
            stage,
            pin=None if stage.pin and _is_over(stage.pin.until, now) else stage.pin,
            paused=None if stage.paused and _is_over(stage.paused.until, now) else stage.paused,
            vetoes=tuple(veto for veto in stage.vetoes if not _is_over(veto.until, now)),
        )
    )
    for event, reason in over:
        changes = tell_besides(round_, changes, event, reason)
    round_.commit(changes)
    return True


def is_rung(round_: Round) -> bool:
    """Whether the timer of a stage has gone off that has nothing under way: something ended."""
    due_at = round_.stage.due_at
    return due_at is not None and due_at <= round_.now and round_.snapshot.deployment is None


def keep_ends(round_: Round) -> None:
    """Set the timer for the next end; off, where nothing is under way and nothing ends."""
    stage, wanted = round_.stage, round_.next_end
    if not stage.version or stage.due_at == wanted:
        return
    is_idle = round_.snapshot.deployment is None
    is_later = wanted is not None and (stage.due_at is None or wanted < stage.due_at)
    if is_idle or is_later:
        round_.set_timer(wanted)


def _over(round_: Round) -> Iterator[tuple[EventName, str]]:
    stage, now = round_.stage, round_.now
    if stage.pin is not None and _is_over(stage.pin.until, now):
        yield EventName.STAGE_UNPINNED, f"its time is over: {stage.pin.told}"
    if stage.paused is not None and _is_over(stage.paused.until, now):
        yield EventName.STAGE_RESUMED, f"its time is over: {stage.paused.told}"
    for veto in stage.vetoes:
        if _is_over(veto.until, now):
            yield EventName.STAGE_UNVETOED, f"its time is over: {veto.release}, {veto.told}"


def _is_over(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now
