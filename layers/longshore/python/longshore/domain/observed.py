"""What every fact carries of the event that told it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What every fact carries of the event that told it."""

    event_id: str | None = None
    time: str | None = None
