"""Bring a service to a revision by one UpdateService, forward or back, the intent first.

ECS has neither idempotency tokens nor compare-and-swap for this. So the revision and the ECS
deployments present are recorded, on the condition that the stage has not moved, before the call;
whatever happens to the reply, a deployment of that revision that was not present is ours
(`longshore.decide.verdict`).
"""

from dataclasses import dataclass, replace

from longshore.decide.verdict import judge
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import Leg, LegState
from longshore.domain.errors import NotPermitted, Paced, Refused, Throttled, UnknownReply
from longshore.domain.observations import EcsDeployment, EcsService, RolloutState
from longshore.domain.rates import ApiClass
from longshore.usecases.ports import KnownRevision
from longshore.usecases.round import Round


@dataclass(frozen=True, slots=True)
class Way:
    """Which leg of a target is to be gone, and what the ledger shall remember with it."""

    leg: Leg
    back: bool = False
    known: tuple[KnownRevision, ...] = ()


def move_service(round_: Round, spec: TargetSpec, service: EcsService, way: Way) -> None:
    """Record the intent, call UpdateService, and record the ECS deployment that began.

    A service whose primary deployment is of the revision already is not touched: that deployment
    is followed. What ECS refuses for good is raised after the leg is back where it was.
    """
    leg = way.leg
    if leg.revision is None:
        return
    if not way.back:  # on a way back that may be a look at what was: a call changes nothing then
        _refuse_what_failed(spec, service, leg.revision)
    present = _on_it_already(round_, spec, service, leg.revision)
    if present is not None:
        followed = replace(_following(leg, present), called_at=round_.now)
        there = judge(followed, service, round_.now)
        round_.write_leg(spec.service, there, back=way.back, known=way.known)
        return
    calling = replace(
        leg,
        state=LegState.CALLING,
        present=tuple(deployment.id for deployment in service.deployments),
        origins=service.origins,
        called_at=round_.ports.clock.now(),
        unseen_since=None,
    )
    round_.check_time()
    _intend(round_, spec, calling, way)
    round_.check_time()
    _call(round_, spec, calling, back=way.back)


def _intend(round_: Round, spec: TargetSpec, calling: Leg, way: Way) -> None:
    """Record the intent and take a token; without one only what was registered is remembered.

    A listing may not show a new revision for a while, and would have it registered twice.
    """
    update = ApiClass.UPDATE
    try:
        round_.write_leg(spec.service, calling, back=way.back, known=way.known, before=update)
    except Paced:
        if way.known:
            prepared = replace(way.leg, state=LegState.REGISTERING)
            round_.write_leg(spec.service, prepared, back=way.back, known=way.known)
        raise


def _refuse_what_failed(spec: TargetSpec, service: EcsService, revision: str) -> None:
    """Refuse a call that would begin nothing, and show an earlier failure as this one's.

    ECS keeps a deployment that it failed where no circuit breaker goes back. An UpdateService to
    the same revision begins no other.
    """
    primary = service.primary
    if primary is None or primary.task_definition != revision:
        return
    if primary.rollout is RolloutState.FAILED:
        raise Refused(
            f"ECS keeps {spec.service} on a deployment of {_name(revision)} that failed earlier, "
            "and begins no other of that revision: push a newer image, or retry once the service "
            "is back on its stable revision",
            "FailedEarlier",
        )


def _name(revision: str) -> str:
    return revision.rpartition("/")[2]


def _on_it_already(
    round_: Round, spec: TargetSpec, service: EcsService, revision: str
) -> EcsDeployment | None:
    """Return the primary deployment where it is of the revision already, and surely still is.

    Where that may be a look at what was before an earlier call of ours, the call is made all the
    same: it changes nothing if it is true.
    """
    primary, target = service.primary, round_.target(spec.service)
    if primary is None or primary.task_definition != revision:
        return None
    stale = target.astray or primary.id in target.forward.present
    return None if stale else primary


def _call(round_: Round, spec: TargetSpec, calling: Leg, *, back: bool) -> None:
    try:
        after = round_.ports.ecs.update_service(spec.service, calling.revision or "")
    except UnknownReply:
        return  # what is intended and not seen is looked for
    except (Throttled, NotPermitted, Refused):
        # Nothing took effect. The next round may call at once, without ruling out a stale read.
        uncalled = replace(calling, state=LegState.REGISTERING, called_at=None)
        round_.write_leg(spec.service, uncalled, back=back)
        raise
    round_.ecs_writes += 1
    round_.observed[spec.service] = after
    primary = after.primary
    if primary is not None and primary.task_definition == calling.revision:
        calling = _following(calling, primary)
    round_.write_leg(spec.service, judge(calling, after, round_.now), back=back)


def _following(leg: Leg, primary: EcsDeployment) -> Leg:
    return replace(leg, state=LegState.ROLLING, ecs_deployment_id=primary.id)
