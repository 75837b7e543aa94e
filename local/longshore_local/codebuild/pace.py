"""How fast builds move."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The time each step takes; `phase` is that of one whose commands nobody runs."""

    queued: timedelta = timedelta(seconds=1)
    provisioning: timedelta = timedelta(seconds=15)
    phase: timedelta = timedelta(seconds=5)
    finalizing: timedelta = timedelta(seconds=2)
    token_lasts: timedelta = timedelta(minutes=5)


QUICK = Pace(
    queued=timedelta(seconds=0.1),
    provisioning=timedelta(seconds=0.2),
    phase=timedelta(seconds=0.2),
    finalizing=timedelta(seconds=0.1),
)
"""The same in fast motion, for somebody who watches."""
