"""When what was looked at in vain, or could not be, is looked at again: executions and builds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from longshore.decide.backoff import step_after
from longshore.domain.builds import AnyLook
from longshore.usecases.watch_ports import LookAgain

LOOKS_AGAIN = (timedelta(seconds=10), timedelta(seconds=60))
"""When to look again for what an event told of and AWS does not show yet."""

_Some = TypeVar("_Some", bound=AnyLook)


def merged(looks: Sequence[_Some]) -> _Some:
    """Return the one look that stands for all of one message group."""
    events = dict.fromkeys(event for look in looks for event in look.events)
    return replace(
        looks[0],
        events=tuple(events),
        attempt=min(look.attempt for look in looks),
        busy=max(look.busy for look in looks),
    )


def is_last(look: AnyLook) -> bool:
    """Whether nobody looks again for what is not shown now."""
    return look.attempt >= len(LOOKS_AGAIN)


def look_once_more(look: AnyLook, looks: LookAgain) -> None:
    """Look again for what is not shown yet; the look must not be the last one."""
    again = replace(look, attempt=look.attempt + 1, busy=0)
    looks.send([again], delay=LOOKS_AGAIN[look.attempt])


def look_when_free(look: AnyLook, looks: LookAgain) -> None:
    """Look again because AWS was busy, or others moved the record: later and later."""
    again = replace(look, busy=look.busy + 1)
    looks.send([again], delay=step_after(look.busy))
