"""When a stage is looked at again that could not be worked on: later and later, never all at once.

The moments lie on a grid that belongs to the stage. So whatever waits for one stage comes back
together, in one reconcile, and a thousand stages that met the same outage come back spread out.
"""

from datetime import datetime, timedelta
from zlib import crc32

from longshore.domain.places import StageId

FIRST_WAIT = timedelta(seconds=20)
LONGEST_WAIT = timedelta(minutes=4)
"""The longest step; with what is left to the next moment of the grid no wait exceeds 5 minutes."""

TRIES_FOR_NOTHING = 5
"""How often a wake-up that carries nothing is sent again. It takes less than the 15 minutes
between two sweeps, so that one has ended before the next begins."""

LOOK_SOON = timedelta(seconds=15)
SOON_LOOKS = 8
"""Looks that follow each other soon: for two minutes, in which ECS shows what it was asked for, a
call that took no effect is made again, and a circuit breaker begins to roll back."""

_SMALLEST_PART = 4


def wait_after(stage: StageId, busy: int, now: datetime) -> timedelta:
    """Return how long to wait after `busy` tries that came to nothing.

    Each step is twice the one before it. The wait is the time to the stage's next moment on a grid
    of that step: a quarter of the step at least, five quarters at most.
    """
    return _to_grid(stage, step_after(busy), now)


def step_after(busy: int) -> timedelta:
    """Return the step of waiting after `busy` tries that came to nothing."""
    doublings: int = 2 ** min(busy, TRIES_FOR_NOTHING)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def look_after(stage: StageId, looks: int, now: datetime) -> timedelta:
    """Return when to look again for what ECS does not show, after so many looks in vain."""
    if looks < SOON_LOOKS:
        return LOOK_SOON
    return max(LOOK_SOON, wait_after(stage, looks - SOON_LOOKS, now))


def _to_grid(stage: StageId, step: timedelta, now: datetime) -> timedelta:
    """Return the time to the stage's next moment on a grid, or to the one after that."""
    wide = step.total_seconds()
    phase = crc32(str(stage).encode()) % LONGEST_WAIT.total_seconds()
    left = wide - (now.timestamp() - phase) % wide
    if left < wide / _SMALLEST_PART:
        left += wide
    return timedelta(seconds=left)
