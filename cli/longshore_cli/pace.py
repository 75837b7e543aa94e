"""How often somebody who watches looks again."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import SystemRandom
from time import monotonic, sleep

from longshore_cli.errors import CommandError, ExitCode

INTERVAL = 2.0
"""Seconds between two looks."""
LONGEST = 30.0
"""Seconds between two looks while AWS asks to be called more slowly."""
_JITTER = 0.2
"""The part of a wait that is left to chance, so that many who watch do not look at once."""


class OutOfTimeError(CommandError):
    """What was waited for did not happen within `--timeout`."""

    def __init__(self, stage: str, timeout: timedelta) -> None:
        """Say that nothing is stopped by it."""
        super().__init__(
            f"{stage} did not come to an end within {timeout.total_seconds():.0f} s; it goes on",
            next_step=f"longshore watch {stage}",
            code=ExitCode.TIMED_OUT,
        )


@dataclass(slots=True)
class Pace:
    """Waits between looks: longer after each one that AWS slowed down, never past the time-out."""

    stage: str
    timeout: timedelta | None = None
    _chance: SystemRandom = field(default_factory=SystemRandom)
    _interval: float = INTERVAL
    _began: float = field(default_factory=monotonic)

    def wait(self, *, slowed: bool = False) -> None:
        """Wait for the next look; raise OutOfTimeError where there is no time for another."""
        self._interval = min(self._interval * 2, LONGEST) if slowed else INTERVAL
        wait = self._interval * self._chance.uniform(1 - _JITTER, 1 + _JITTER)
        if self.timeout is None:
            sleep(wait)
            return
        left = self.timeout.total_seconds() - (monotonic() - self._began)
        if left <= 0:
            raise OutOfTimeError(self.stage, self.timeout)
        sleep(min(wait, left))
