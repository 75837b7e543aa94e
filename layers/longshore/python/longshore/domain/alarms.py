"""CloudWatch alarms that judge a deployment: what a stage wants of them, and how they stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_ALARMS = 50
"""Alarms that one stage may name: what became of them is kept with each deployment."""

DEFAULT_COOLDOWN = timedelta(minutes=5)


class AlarmState(StrEnum):
    """The states of an alarm, as CloudWatch calls them."""

    OK = "OK"
    ALARM = "ALARM"
    NO_DATA = "INSUFFICIENT_DATA"


class OnNoData(StrEnum):
    """What an alarm without data says of a release: that is neither OK nor a failure."""

    PASS = "pass"  # noqa: S105  a word of the configuration, no password
    FAIL = "fail"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class GuardSpec:
    """The alarms that a stage watches, by their names, and how they count.

    An alarm that ended less than `cooldown` before a deployment begins may still be about what ran
    before.
    """

    watch: tuple[str, ...] = ()
    on_no_data: OnNoData = OnNoData.WAIT
    cooldown: timedelta = DEFAULT_COOLDOWN


NO_GUARD = GuardSpec()


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm as CloudWatch shows it; `reason` is CloudWatch's own for its state.

    `since` is when it came to that state, None where CloudWatch does not say.
    """

    name: str
    state: AlarmState
    reason: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unarmed:
    """An alarm that says nothing of a deployment, and why."""

    name: str
    reason: str

    def __str__(self) -> str:
        """Return the alarm and the reason, in words."""
        return f"{self.name} ({self.reason})"


@dataclass(frozen=True, slots=True)
class Guard:
    """The alarms of one deployment as they stood before it moved anything.

    Only an `armed` one is blamed on the release. `silent` are those that had no data when the
    stage had waited for it long enough.
    """

    armed: tuple[str, ...] = ()
    unarmed: tuple[Unarmed, ...] = ()
    silent: tuple[str, ...] = ()
