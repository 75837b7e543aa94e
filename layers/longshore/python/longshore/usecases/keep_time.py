"""End what has had its time, and keep the one timer of a stage at the next moment that matters."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from longshore.decide.deadline import has_run_out, next_end
from longshore.domain.deployments import DeploymentRecord, Leg, LegState, Phase
from longshore.domain.errors import Conflict, Throttled
from longshore.domain.stages import TargetRecord
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round

PUT_OFF = timedelta(minutes=15)
"""By how much a timer is put off that is due while nothing can be seen: as far as the next sweep,
and long enough for all tries of the wake-up that it caused."""


def run_out(round_: Round, deployment: DeploymentRecord) -> None:
    """End what ECS has had its time for: by itself it may leave a rollout in progress for ever."""
    deadline, began = round_.snapshot.spec.deadline, began_at(round_, deployment)
    late = tuple(
        _failed(target, deployment, deadline)
        for target in round_.targets()
        if has_run_out(_leg(target, deployment), deadline, began, round_.now)
    )
    if late:
        round_.commit(Changes(targets=late))


def keep_timer(round_: Round, deployment: DeploymentRecord, until: datetime | None = None) -> None:
    """Set the timer anew where it has gone off, or would go off too late.

    It may go off too early: it is set when a deployment begins, and services are called later.
    `until` is when a step of the deployment wants to be asked again.
    """
    legs = [_leg(target, deployment) for target in round_.targets()]
    began = began_at(round_, deployment)
    wanted = next_end(legs, round_.snapshot.spec.deadline, began, round_.now)
    if until is not None and until > round_.now:
        wanted = min(wanted, until)
    due_at = round_.stage.due_at
    if due_at is None or due_at <= round_.now or due_at > wanted:
        round_.set_timer(wanted)


def put_timer_off(round_: Round) -> None:
    """Put a timer off that is due, best effort: the tick would wake the stage every minute."""
    due_at = round_.stage.due_at
    if due_at is not None and due_at <= round_.now:
        with suppress(Throttled, Conflict):  # then the tick tries again
            round_.set_timer(round_.now + PUT_OFF)


def began_at(round_: Round, deployment: DeploymentRecord) -> datetime:
    """Return when a deployment began, or its way back."""
    if deployment.phase is not Phase.ROLLING_BACK:
        return deployment.started_at
    # An older version kept the moment only as the deadline that followed from it.
    return deployment.returning_since or deployment.deadline_at - round_.snapshot.spec.deadline


def _leg(target: TargetRecord, deployment: DeploymentRecord) -> Leg:
    """Return the way that a target is on; a way back that is not planned yet has not begun."""
    if deployment.phase is Phase.ROLLING_BACK:
        return target.backward or Leg()
    return target.forward


def _failed(
    target: TargetRecord, deployment: DeploymentRecord, deadline: timedelta
) -> TargetRecord:
    reason = f"it was not done within the deadline of {deadline.total_seconds() / 60:g} minutes"
    failed = replace(_leg(target, deployment), state=LegState.FAILED, reason=reason)
    if deployment.phase is Phase.ROLLING_BACK:
        told = f"{reason} either; look at the service now"
        return replace(target, backward=replace(failed, reason=told))
    return replace(target, forward=failed)
