"""Return a stage to its stable release: each target that was moved, to its own recorded state.

A rollback is never itself rolled back. ECS's circuit breaker may do it for a service; then its
deployment is followed, and no second one is begun.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from longshore.decide.pacing import wait_for
from longshore.decide.rendering import UnknownContainerError
from longshore.decide.settlement import Fault, hold_for, taken, to_return
from longshore.decide.verdict import judge, may_call_again, of_another_hand, still_there
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import DeploymentRecord, Leg, LegState, Phase
from longshore.domain.errors import NotPermitted, Paced, Refused
from longshore.domain.failures import Failure
from longshore.domain.holds import Hold, Veto
from longshore.domain.observations import EcsDeployment, EcsService
from longshore.domain.outcomes import EventName
from longshore.domain.places import ServiceRef
from longshore.domain.stages import StageRecord, TargetRecord
from longshore.usecases.conclude_deployment import end
from longshore.usecases.end_badly import because, end_rollback, end_unmoved, left_to_others
from longshore.usecases.keep_time import began_at, keep_timer, run_out
from longshore.usecases.move_service import move_service
from longshore.usecases.outbox import announce_deployment
from longshore.usecases.ports import NOTHING_MORE, Changes
from longshore.usecases.prepare_revision import prepare_back
from longshore.usecases.round import SLICE, NotShownYetError, Round
from longshore.usecases.write_word import tell_besides

GRACE_FOR_THE_BREAKER = timedelta(minutes=2)
"""Time in which a circuit breaker that rolls back may begin to: without a completed deployment to
go back to it never does (aws/containers-roadmap#1488)."""


def begin_return(
    round_: Round,
    deployment: DeploymentRecord,
    failure: Failure,
    fault: Fault,
    heard: Changes = NOTHING_MORE,
) -> None:
    """Record the failure and its cause, veto or hold the release, and begin to return.

    A person's word that ends the deployment, `heard`, is written down in the same step.
    """
    failed = replace(deployment, failure=failure)
    heard = replace(heard, stage=_kept_back(round_, failed, fault, failure))
    heard = _unpinned(round_, failed, heard)
    if deployment.is_rollback:
        end_rollback(round_, failed, heard)
        return
    if not to_return(round_.targets()):
        end_unmoved(round_, failed, heard)
        return
    deadline = round_.now + round_.snapshot.spec.deadline
    back = because(failed, Phase.ROLLING_BACK, "The stage is being returned to its stable release.")
    back = replace(back, deadline_at=deadline, returning_since=round_.now)
    back, told = announce_deployment(back, EventName.DEPLOYMENT_FAILED, round_.now)
    stage = replace(heard.stage or round_.stage, due_at=deadline)
    announced = (*heard.announcements, told)
    round_.commit(replace(heard, stage=stage, deployment=back, announcements=announced))
    advance_return(round_, back)


def advance_return(round_: Round, deployment: DeploymentRecord) -> None:
    """Judge and drive the way back by one round, and end it when every target is over."""
    _drive_back(round_, deployment)
    current = round_.snapshot.deployment or deployment
    run_out(round_, current)
    legs = {target.service: target.backward or Leg() for target in to_return(round_.targets())}
    if all(leg.state.over for leg in legs.values()):
        _end_returned(round_, current, legs)
        return
    keep_timer(round_, current)
    if _uncertain(legs.values()):
        round_.searching = True


def _kept_back(
    round_: Round, failed: DeploymentRecord, fault: Fault, failure: Failure
) -> StageRecord:
    stage, release, kind = round_.stage, failed.release, hold_for(fault)
    if kind is None:
        veto = Veto(release.content, release, f"{failed.name}: {failure.summary}", round_.now)
        return stage.vetoing(veto)
    content = None if fault is Fault.REPLACED else release.content
    return replace(stage, hold=Hold(kind, failure.summary, round_.now, content, release))


def _unpinned(round_: Round, failed: DeploymentRecord, heard: Changes) -> Changes:
    """End the pin to a release that failed: the stage cannot stay on it, and may find another."""
    stage = heard.stage or round_.stage
    if stage.pin is None or not stage.pin.covers(failed.release):
        return heard
    reason = f"{failed.name} failed, which ends the pin: {stage.pin.told}"
    unpinned = replace(heard, stage=replace(stage, pin=None))
    return tell_besides(round_, unpinned, EventName.STAGE_UNPINNED, reason)


def _drive_back(round_: Round, deployment: DeploymentRecord) -> None:
    """See what became of each target, and call for up to ten that wait for it."""
    moved = {target.service: target for target in to_return(round_.targets())}
    services = round_.observe(moved)
    waiting: list[tuple[TargetSpec, EcsService]] = []
    for spec in round_.snapshot.spec.targets:
        target, service = moved.get(spec.service), services.get(spec.service)
        if target and _waits(round_, target, service, deployment) and service:
            waiting.append((spec, service))
    for position, (spec, service) in enumerate(waiting[:SLICE]):
        try:
            _call_back(round_, spec, service)
        except Paced as paced:
            left = min(len(waiting) - position, SLICE)
            round_.look_again(wait_for(paced.wait, left, paced.rate))
            return
    if waiting[SLICE:]:
        round_.look_again(timedelta())


def _waits(
    round_: Round, target: TargetRecord, service: EcsService | None, deployment: DeploymentRecord
) -> bool:
    """Judge one target's way back, planning it first; return whether it has to be called for."""
    waited = _waited(round_, deployment)
    leg = target.backward or _plan(target, service, round_.now, waited=waited)
    if leg is None:
        return False
    judged = judge(leg, service, round_.now)
    if judged != target.backward:
        round_.write_leg(target.service, judged, back=True)
    not_begun = judged.state in {LegState.PLANNED, LegState.REGISTERING}
    return not_begun or may_call_again(judged, round_.now)


def _plan(
    target: TargetRecord, service: EcsService | None, now: datetime, *, waited: bool
) -> Leg | None:
    """Return the way back of one target, None while somebody else may have it, or the breaker."""
    if service is None or not service.active:
        return Leg(LegState.GONE, reason="the service is gone")
    primary, forward = service.primary, target.forward
    if of_another_hand(forward, service) is not None:
        there = still_there(forward, service, now)
        return Leg(there.state, reason=there.reason) if there != forward else None
    ours = primary is not None and primary.id == forward.ecs_deployment_id
    if primary is not None and _took_back(primary, target):
        return Leg(
            LegState.ROLLING,
            revision=primary.task_definition,
            origins=(forward.revision,) if forward.revision else (),
            ecs_deployment_id=primary.id,
            called_at=now,
        )
    failed_by_ecs = forward.state is LegState.FAILED and ours and _ecs_failed_it(service)
    if service.breaker_rolls_back and failed_by_ecs and not waited:
        return None
    if target.stable is None:
        return Leg(LegState.FAILED, reason="no verified revision is known to return to")
    return Leg()


def _took_back(primary: EcsDeployment, target: TargetRecord) -> bool:
    """Whether ECS has begun to bring the service back to where it was, and that is stable.

    A deployment that was there before our call is a look at what was. What ECS completed before
    need not be what the whole stage was verified on.
    """
    began_since = primary.id not in {*target.forward.present, target.forward.ecs_deployment_id}
    is_stable = target.stable is not None and primary.task_definition == target.stable.revision
    return began_since and is_stable and primary.task_definition in target.forward.origins


def _ecs_failed_it(service: EcsService) -> bool:
    return service.primary is not None and service.primary.rollout == "FAILED"


def _waited(round_: Round, deployment: DeploymentRecord) -> bool:
    return round_.now - began_at(round_, deployment) >= GRACE_FOR_THE_BREAKER


def _call_back(round_: Round, spec: TargetSpec, service: EcsService) -> None:
    target = round_.target(spec.service)
    leg, stable = target.backward, target.stable
    if leg is None or stable is None:
        return
    try:
        move_service(round_, spec, service, prepare_back(round_, spec, leg, stable))
    except NotShownYetError:
        round_.searching = True
    except (NotPermitted, Refused, UnknownContainerError) as error:
        failed = replace(leg, state=LegState.FAILED, reason=str(error))
        round_.write_leg(spec.service, failed, back=True)


def _end_returned(
    round_: Round, deployment: DeploymentRecord, legs: Mapping[ServiceRef, Leg]
) -> None:
    theirs = taken(round_.targets())
    bad = [
        f"{service}: {leg.reason.rstrip('.')}"
        for service, leg in legs.items()
        if not leg.state.good and str(service) not in theirs
    ]
    if bad:
        phase, then = Phase.FAILED, f"The way back failed: {'; '.join(bad)}."
    elif theirs:
        left = f"What another hand has is left to it ({', '.join(theirs)})"
        phase, then = Phase.ABORTED, f"{left}; the rest is back on {_stable(round_)}."
    else:
        phase, then = Phase.ROLLED_BACK, f"The stage is back on {_stable(round_)}."
    # What was live but unproven is left with the rest: the stage is where it was verified last.
    # Else nothing is live on the whole stage: who asks for the stable release shall get it.
    live = round_.stage.stable if phase is Phase.ROLLED_BACK else None
    ended = because(deployment, phase, then)
    stage = left_to_others(round_, replace(round_.stage, live=live), ended)
    end(round_, ended, stage=stage)


def _uncertain(legs: Iterable[Leg]) -> bool:
    return any(
        leg.state in {LegState.PLANNED, LegState.CALLING} or leg.unseen_since for leg in legs
    )


def _stable(round_: Round) -> str:
    stable = round_.stage.stable
    if stable is None:
        return "what each service ran before"
    left = round_.stage.veto_of(stable)
    return f"{stable}, which is vetoed ({left.reason})" if left else str(stable)
