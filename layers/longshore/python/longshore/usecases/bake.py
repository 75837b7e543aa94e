"""Watch a release for a while after ECS says that it is done, before it counts as verified."""

from dataclasses import replace
from datetime import datetime

from longshore.decide import alarms as judged
from longshore.decide.settlement import Fault
from longshore.domain.alarms import Guard, OnNoData
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.usecases.guard import LOOK_EVERY, blame, look
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round
from longshore.usecases.step import Answer, Fails, Passed, Waits


def bake(round_: Round, deployment: DeploymentRecord) -> Answer:
    """Pass once the stage's bake time is over and no alarm has anything to say against it."""
    guard = deployment.guard or Guard()
    if deployment.is_rollback or not (round_.snapshot.spec.bake or guard.armed):
        return Passed()
    baking = _began(round_, deployment)
    ends = (baking.baking_since or round_.now) + round_.snapshot.spec.bake
    alarms = look(round_, guard) if guard.armed else {}
    alarm = judged.firing(guard, alarms)
    if alarm is not None:
        return blame(alarm, baking)
    if round_.now < ends:
        return _wait(round_, guard, ends)
    silent = judged.without_data(guard, alarms)
    return _without_data(round_, baking, silent, ends) if silent else Passed()


def _began(round_: Round, deployment: DeploymentRecord) -> DeploymentRecord:
    if deployment.baking_since is not None:
        return deployment
    # A round may have waited long before the call that brought the last service up.
    spec = round_.snapshot.spec
    since = round_.ports.clock.now() if spec.bake else round_.now
    ends = since + spec.bake
    reason = f"every service came up; the release is watched until {ends:%H:%M:%S}Z"
    said = judged.told(deployment.guard or Guard())
    begun = replace(deployment, phase=Phase.BAKING, baking_since=since, reason=f"{reason}{said}")
    round_.commit(Changes(deployment=begun))
    return round_.snapshot.deployment or begun


def _wait(round_: Round, guard: Guard, until: datetime) -> Waits:
    return Waits(min(until, round_.now + LOOK_EVERY) if guard.armed else until)


def _without_data(
    round_: Round, deployment: DeploymentRecord, silent: tuple[str, ...], ended: datetime
) -> Answer:
    """Decide on alarms that have no data when the bake is over."""
    spec, guard = round_.snapshot.spec, deployment.guard or Guard()
    if spec.guard.on_no_data is OnNoData.FAIL:
        return Fails(judged.silence_of(silent), Fault.RELEASE)
    if spec.guard.on_no_data is OnNoData.PASS:
        return Passed()
    given_up = ended + spec.deadline
    if round_.now < given_up:
        return _wait(round_, guard, given_up)
    round_.commit(Changes(deployment=replace(deployment, guard=replace(guard, silent=silent))))
    return Passed()
