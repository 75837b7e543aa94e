"""When what a person asks for ends by itself: `--for` and `--until`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from longshore.events.sections import parse_duration
from longshore_cli.errors import UsageError

EXAMPLES = "write --for like 90m, 2h or 3d, or --until like 2026-12-24T18:00 (UTC) or …T18:00+01:00"


@dataclass(frozen=True, slots=True)
class End:
    """How long something shall last, as it was typed: for a time, or until a moment."""

    lasting: str | None = None
    until: str | None = None

    def moment(self) -> datetime | None:
        """Return when it ends, None where a person ends it.

        Raises:
            UsageError: what was typed is no time to come, or both were.
        """
        if self.lasting is not None and self.until is not None:
            raise UsageError("--for and --until say the same: use one", next_step=EXAMPLES)
        if self.lasting is not None:
            return _now() + _duration(self.lasting)
        return None if self.until is None else _moment(self.until)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _duration(text: str) -> timedelta:
    duration = parse_duration(text)
    if not duration:
        raise UsageError(f"{text!r} is no duration", next_step=EXAMPLES)
    return duration


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no moment", next_step=EXAMPLES) from None
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    if moment <= _now():
        raise UsageError(f"{moment:%Y-%m-%d %H:%M}Z is over already", next_step=EXAMPLES)
    return moment


NO_END = End()
"""What lasts until a person ends it."""
