"""Which alarms may be blamed on a release, and what they say of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from longshore.domain.alarms import Alarm, AlarmState, Guard, Unarmed
from longshore.domain.failures import Failure

Alarms = Mapping[str, Alarm]
"""Alarms by their names; one that does not exist is absent."""


def missing(names: Sequence[str], alarms: Alarms) -> tuple[str, ...]:
    """Return the names under which there is no alarm."""
    return tuple(name for name in names if name not in alarms)


def changed(alarms: Alarms, since: datetime) -> tuple[str, ...]:
    """Return those that are quiet and may have left ALARM from `since` on, as far as is shown."""
    quiet = (alarm for alarm in alarms.values() if alarm.state is not AlarmState.ALARM)
    return tuple(a.name for a in quiet if a.since is None or a.since >= since)


def arm(names: Sequence[str], alarms: Alarms, recovered: Collection[str]) -> Guard:
    """Return which alarms watch a deployment that has moved nothing yet.

    What fires already, or did a moment ago (`recovered`), was not caused by it.
    """
    unarmed = {name: why for name in names if (why := _why_unarmed(name, alarms, recovered))}
    return Guard(
        tuple(name for name in names if name not in unarmed),
        tuple(Unarmed(name, why) for name, why in unarmed.items()),
    )


def _why_unarmed(name: str, alarms: Alarms, recovered: Collection[str]) -> str:
    alarm = alarms.get(name)
    if alarm is not None and alarm.state is AlarmState.ALARM:
        return "in alarm before the deployment moved anything"
    return "in alarm shortly before the deployment" if name in recovered else ""


def firing(guard: Guard, alarms: Alarms) -> Alarm | None:
    """Return the first armed alarm that fires."""
    armed = (alarms[name] for name in guard.armed if name in alarms)
    return next((alarm for alarm in armed if alarm.state is AlarmState.ALARM), None)


def without_data(guard: Guard, alarms: Alarms) -> tuple[str, ...]:
    """Return the armed alarms that say nothing: they have no data, or were deleted."""
    return tuple(
        name
        for name in guard.armed
        if name not in alarms or alarms[name].state is AlarmState.NO_DATA
    )


def failure_of(alarm: Alarm, *, baking: bool) -> Failure:
    """Return why a release failed whose alarm fires."""
    when = "while the release was baking" if baking else "while the services rolled"
    why = f": {alarm.reason.rstrip('.')}" if alarm.reason else ""
    return Failure(f"The alarm {alarm.name} went off {when}{why}.")


def silence_of(names: Sequence[str]) -> Failure:
    """Return why a release failed whose alarms have no data where they must have some."""
    return Failure(
        f"No data came for the alarm {', '.join(names)} until the end of the bake, and the stage "
        "has onNoData: fail."
    )


def unknown(names: Sequence[str], region: str) -> Failure:
    """Return why nothing is moved while an alarm that the stage names does not exist."""
    return Failure(
        f"There is no alarm {', '.join(names)} in {region}, which alarms.watch of the stage names: "
        "create it or take it out of the configuration, then retry."
    )


def unread(reason: str) -> Failure:
    """Return why nothing is moved while the alarms cannot be read."""
    return Failure(f"The alarms of the stage could not be read: {reason.rstrip('.')}.")


def told(guard: Guard) -> str:
    """Return what a deployment's reason says of alarms that do not count, else nothing."""
    unarmed = ", ".join(map(str, guard.unarmed))
    return f"; not blamed on this release: {unarmed}" if unarmed else ""
