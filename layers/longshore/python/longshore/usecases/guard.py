"""Let alarms judge a deployment: read them before anything moves, watch them while it rolls.

What is believed is what DescribeAlarms says, asked once a minute: no event of an alarm comes here.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from longshore.decide import alarms as judged
from longshore.decide.settlement import Fault
from longshore.domain.alarms import Alarm, Guard
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.errors import NotPermitted, Refused
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round
from longshore.usecases.step import Answer, Fails, Passed, Waits

LOOK_EVERY = timedelta(minutes=1)
"""How often alarms are read: the shortest period that most metrics have."""


def read_guard(round_: Round, deployment: DeploymentRecord) -> Answer:
    """Record how the alarms stand before anything moves: only what goes off later is blamed."""
    spec = round_.snapshot.spec.guard
    if not spec.watch or deployment.guard is not None or deployment.is_rollback:
        return Passed()
    try:
        found = _look(round_, spec.watch)
        if absent := judged.missing(spec.watch, found):
            return Fails(judged.unknown(absent, round_.home.region), Fault.REQUEST)
        recovered = _recovered(round_, found)
    except (NotPermitted, Refused) as error:
        return Fails(judged.unread(str(error)), Fault.REQUEST)
    guard = judged.arm(spec.watch, found, recovered)
    reason = f"{deployment.reason}{judged.told(guard)}"
    round_.commit(Changes(deployment=replace(deployment, guard=guard, reason=reason)))
    return Passed()


def watch_alarms(round_: Round, deployment: DeploymentRecord) -> Answer:
    """End the way forward when an armed alarm goes off while targets roll."""
    guard = deployment.guard
    if guard is None or not guard.armed:
        return Passed()
    alarm = judged.firing(guard, look(round_, guard))
    if alarm is not None:
        return blame(alarm, deployment)
    return Waits(round_.now + LOOK_EVERY)


def look(round_: Round, guard: Guard) -> Mapping[str, Alarm]:
    """Return the armed alarms, read once a round; what may not be read says nothing."""
    try:
        return _look(round_, guard.armed)
    except (NotPermitted, Refused):
        return {}


def blame(alarm: Alarm, deployment: DeploymentRecord) -> Fails:
    """Return the failure of a release whose alarm went off."""
    baking = deployment.phase is Phase.BAKING
    return Fails(judged.failure_of(alarm, baking=baking), Fault.RELEASE)


def _recovered(round_: Round, found: Mapping[str, Alarm]) -> frozenset[str]:
    """Return which alarms ended within the cool-down; history is asked only of what changed."""
    since = round_.now - round_.snapshot.spec.guard.cooldown
    names = judged.changed(found, since)
    if not names:
        return frozenset()
    return round_.ports.alarms.left_alarm(round_.home, names, since)


def _look(round_: Round, names: tuple[str, ...]) -> Mapping[str, Alarm]:
    if round_.alarms is None:
        round_.alarms = round_.ports.alarms.alarms(round_.home, names)
    return round_.alarms
