"""Read from a service what became of the ECS deployment that we started.

The verdict is that deployment's, by its id. A stable service proves nothing: after a rollback by
the circuit breaker it is stable too, and SERVICE_DEPLOYMENT_COMPLETED is sent as well
(aws-actions/amazon-ecs-deploy-task-definition#191).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from longshore.domain.deployments import Leg, LegState
from longshore.domain.observations import EcsDeployment, EcsService, RolloutState

STALE_FOR = timedelta(seconds=45)
"""How long a look may show what was before: for seconds after UpdateService ECS does not show its
deployment everywhere (bugcrowd/ecs-deployment-monitor#2). Many looks within it are no better than
one, for they may all be answered from the same place."""


def judge(leg: Leg, service: EcsService | None, now: datetime) -> Leg:
    """Return the leg as ECS now shows it; a leg that is over, or never began, stays as it is."""
    if leg.state not in {LegState.CALLING, LegState.ROLLING}:
        return leg
    if service is None or not service.active:
        state = "missing" if service is None else service.status
        return _ended(leg, LegState.GONE, f"the service is {state}")
    ours = _ours(leg, service)
    if ours is None:
        return _unseen(leg, service, now)
    found = replace(leg, state=LegState.ROLLING, ecs_deployment_id=ours.id, unseen_since=None)
    return _by_rollout(found, ours, service)


def _ours(leg: Leg, service: EcsService) -> EcsDeployment | None:
    """Find our deployment: by id, or after an unknown reply by revision among the newcomers."""
    if leg.ecs_deployment_id is not None:
        return service.deployment(leg.ecs_deployment_id)
    newcomers = (d for d in service.deployments if d.id not in leg.present)
    return next((d for d in newcomers if d.task_definition == leg.revision), None)


def _by_rollout(leg: Leg, ours: EcsDeployment, service: EcsService) -> Leg:
    match ours.rollout:
        case RolloutState.COMPLETED if service.desired_count == 0:
            return _ended(leg, LegState.UNPROVEN, "desired count is 0: no task has run")
        case RolloutState.COMPLETED:
            return _ended(leg, LegState.COMPLETED, ours.reason or "ECS completed the deployment")
        case RolloutState.FAILED:
            return _ended(leg, LegState.FAILED, ours.reason or "ECS failed the deployment")
        case RolloutState.IN_PROGRESS | None:
            return _replaced(leg, service) if not ours.primary else leg


def _replaced(leg: Leg, service: EcsService) -> Leg:
    """Our deployment is not what ECS works on any more: say who took its place."""
    primary = service.primary
    if primary is None or primary.id == leg.ecs_deployment_id:
        return leg
    if primary.task_definition == leg.revision:
        # Somebody forced a new deployment of what we brought: the release goes on under that id.
        found = replace(leg, state=LegState.ROLLING, ecs_deployment_id=primary.id)
        return _by_rollout(replace(found, unseen_since=None), primary, service)
    if primary.task_definition in leg.origins:
        return _ended(leg, LegState.FAILED, f"the service was taken back to {_of(primary)}")
    return _taken(leg, primary)


def still_there(leg: Leg, service: EcsService | None, now: datetime) -> Leg:
    """Return a leg as it is now where another hand has moved the service since its call."""
    theirs = of_another_hand(leg, service)
    if theirs is None or leg.called_at is None or now - leg.called_at < STALE_FOR:
        return leg  # the look may be from before the call
    return _taken(leg, theirs)


def of_another_hand(leg: Leg, service: EcsService | None) -> EcsDeployment | None:
    """Return the primary deployment where neither we nor a circuit breaker began it.

    One that was there before our call is a look at what was. Where ours did not come up, a circuit
    breaker may have gone back.
    """
    primary = service.primary if service else None
    if primary is None or not leg.moved or leg.state in {LegState.GONE, LegState.REPLACED}:
        return None
    ours = {leg.revision} if leg.state.good else {leg.revision, *leg.origins}
    known = {*leg.present, leg.ecs_deployment_id}
    return None if primary.task_definition in ours or primary.id in known else primary


def _taken(leg: Leg, by: EcsDeployment) -> Leg:
    return _ended(leg, LegState.REPLACED, f"another deployment took the service to {_of(by)}")


def _unseen(leg: Leg, service: EcsService, now: datetime) -> Leg:
    """Our deployment is not shown: not yet, not any more, or it never began."""
    primary = service.primary
    missed = leg if leg.unseen_since else replace(leg, unseen_since=now)
    untouched = primary is None or primary.id in leg.present
    if not _is_certain(missed, now) or (leg.state is LegState.CALLING and untouched):
        return missed
    return _replaced(missed, service)


def may_call_again(leg: Leg, now: datetime) -> bool:
    """Whether a call whose reply never came can be taken as one that took no effect.

    Only while nothing new stands on the service, and after so long that a stale look is ruled
    out; a second call for a revision that is PRIMARY already changes nothing.
    """
    return leg.state is LegState.CALLING and _is_certain(leg, now)


def is_looked_for(leg: Leg, now: datetime) -> bool:
    """Whether ECS does not show what it began, so recently that a stale look may be the reason."""
    return leg.unseen_since is not None and not _is_certain(leg, now)


def _is_certain(leg: Leg, now: datetime) -> bool:
    return leg.unseen_since is not None and now - leg.unseen_since >= STALE_FOR


def _ended(leg: Leg, state: LegState, reason: str) -> Leg:
    return replace(leg, state=state, reason=reason, unseen_since=None)


def _of(deployment: EcsDeployment) -> str:
    return deployment.task_definition.rpartition("/")[2]
