"""Take a deployment forward by one round: see what became of its targets, judge, go on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from longshore.decide.rendering import UnknownContainerError
from longshore.decide.settlement import Broken, Done, UnderWay, settle
from longshore.decide.support import refusal_of
from longshore.decide.verdict import judge, may_call_again, still_there
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import DeploymentRecord, Leg, LegState
from longshore.domain.errors import NotPermitted, Paced, Refused
from longshore.domain.failures import Failure
from longshore.domain.observations import EcsService, RolloutState
from longshore.domain.places import ServiceRef
from longshore.domain.stages import TargetRecord
from longshore.usecases import steps
from longshore.usecases.adopt_stage import what_runs
from longshore.usecases.conclude_deployment import succeed
from longshore.usecases.failure_of import failure_of
from longshore.usecases.keep_time import keep_timer, run_out
from longshore.usecases.move_service import move_service
from longshore.usecases.ports import Changes
from longshore.usecases.prepare_revision import prepare_forward
from longshore.usecases.return_stage import begin_return
from longshore.usecases.round import SLICE, NotShownYetError, Round
from longshore.usecases.step import Answer, Fails, Passed, Waits, take
from longshore.usecases.wait_for_turn import expect_tokens, its_turn, stand_in_line

Services = Mapping[ServiceRef, EcsService | None]


def advance_deployment(round_: Round, deployment: DeploymentRecord, *, drive: bool = True) -> None:
    """Judge what is under way, drive up to ten targets that have not begun, and conclude."""
    if drive and not _is_prepared(round_, deployment):
        return
    slice_, paced = _slice_with_tokens(round_)
    services = round_.observe(spec.service for spec in [*slice_, *_rolling(round_)])
    _judge(round_, services)
    left = _conclude(round_, deployment)
    if left is not None and drive and slice_:
        paced = _drive_all(round_, slice_, services, deployment)
        left = _conclude(round_, deployment)
    if left is not None and drive:
        keep_timer(round_, deployment, left.until)
        _come_back(round_, paced)


def _is_prepared(round_: Round, deployment: DeploymentRecord) -> bool:
    """Take what comes before the roll; return whether the targets may be called for."""
    if _has_begun(round_):
        return True
    match take(steps.BEFORE_THE_ROLL, round_, deployment):
        case Passed():
            return True
        case Waits(until):
            keep_timer(round_, deployment, until)
        case Fails(failure, fault):
            begin_return(round_, round_.snapshot.deployment or deployment, failure, fault)
    return False


def _has_begun(round_: Round) -> bool:
    return any(target.forward.moved for target in round_.targets())


def waits_for_a_call(round_: Round) -> bool:
    """Whether any target is still to be called for."""
    return any(_waits(round_, spec) for spec in round_.snapshot.spec.targets)


def _next_slice(round_: Round) -> list[TargetSpec]:
    waiting = (spec for spec in round_.snapshot.spec.targets if _waits(round_, spec))
    return list(islice(waiting, SLICE))


def _slice_with_tokens(round_: Round) -> tuple[list[TargetSpec], Paced | None]:
    """Return the targets to begin with in this round: none where there are no tokens for them."""
    slice_ = _next_slice(round_)
    if not slice_ or not its_turn(round_):
        return [], None
    try:
        expect_tokens(round_, slice_)
    except Paced as paced:
        return [], paced
    return slice_, None


def _waits(round_: Round, spec: TargetSpec) -> bool:
    leg = round_.target(spec.service).forward
    return leg.state in {LegState.PLANNED, LegState.REGISTERING} or may_call_again(leg, round_.now)


def _rolling(round_: Round) -> list[TargetSpec]:
    under_way = {LegState.CALLING, LegState.ROLLING}
    specs = round_.snapshot.spec.targets
    return [spec for spec in specs if round_.target(spec.service).forward.state in under_way]


def _judge(round_: Round, services: Services) -> None:
    """Record what ECS shows of the targets under way, in one write; nothing if nothing moved."""
    seen = [target for target in round_.targets() if target.service in services]
    legs = [judge(target.forward, services[target.service], round_.now) for target in seen]
    _record(round_, seen, legs)


def _record(round_: Round, targets: Sequence[TargetRecord], legs: Sequence[Leg]) -> None:
    """Record the legs that are not as they were, in one write; nothing if all are."""
    moved = tuple(
        replace(target, forward=leg)
        for target, leg in zip(targets, legs, strict=True)
        if leg != target.forward
    )
    if moved:
        round_.commit(Changes(targets=moved))


def _drive_all(
    round_: Round, slice_: list[TargetSpec], services: Services, deployment: DeploymentRecord
) -> Paced | None:
    """Drive targets until the account's rate is used up; return what says so."""
    try:
        for spec in slice_:
            _drive(round_, spec, services[spec.service], deployment)
    except Paced as paced:
        return paced
    return None


def _drive(
    round_: Round, spec: TargetSpec, service: EcsService | None, deployment: DeploymentRecord
) -> None:
    """Register and update one target; what ECS refuses for good ends its leg, with the reason."""
    if service is None or not service.active:
        state = "missing" if service is None else service.status
        _end(round_, spec, LegState.GONE, f"target gone: the service is {state}")
        return
    refusal = refusal_of(service)
    if refusal:
        _end(round_, spec, LegState.FAILED, refusal)
        return
    try:
        _adopt_late(round_, spec, service)
        move_service(round_, spec, service, prepare_forward(round_, spec, service, deployment))
    except NotShownYetError:
        return  # what is sought is looked for again
    except (NotPermitted, Refused, UnknownContainerError) as error:
        _end(round_, spec, LegState.FAILED, str(error))


def _adopt_late(round_: Round, spec: TargetSpec, service: EcsService) -> None:
    """Remember what runs on a service that was not there yet when its stage was adopted."""
    target, primary = round_.target(spec.service), service.primary
    if target.stable is not None or primary is None or len(service.deployments) > 1:
        return
    if primary.rollout is RolloutState.COMPLETED:
        stable = what_runs(round_, spec, service)
        round_.commit(Changes(targets=(replace(target, stable=stable),)))


def _end(round_: Round, spec: TargetSpec, state: LegState, reason: str) -> None:
    target = round_.target(spec.service)
    leg: Leg = replace(target.forward, state=state, reason=reason)
    failure = Failure(f"{spec.service} could not be deployed: {reason}", str(spec.service))
    round_.commit(Changes(targets=(replace(target, forward=leg, failure=failure),)))


def _conclude(round_: Round, deployment: DeploymentRecord) -> Waits | None:
    """Act on the stage's verdict; return what it waits for, None when the way forward is over."""
    current = round_.snapshot.deployment or deployment
    run_out(round_, current)
    # A rollback is not rolled back: where one service fails, the others go on.
    if isinstance(settle(round_.targets(), to_the_end=current.is_rollback), UnderWay):
        asked = steps.WHILE_IT_ROLLS if _has_begun(round_) else ()
        return _go_on(round_, current, take(asked, round_, current))
    _see_what_stayed(round_)
    match settle(round_.targets()):
        case Done(unproven):
            answer = take(steps.AFTER_THE_ROLL, round_, current)
            if not isinstance(answer, Passed):
                return _go_on(round_, current, answer)
            succeed(round_, round_.snapshot.deployment or current, unproven)
        case Broken(target, fault):
            begin_return(round_, current, failure_of(round_, target), fault)
        case UnderWay():
            return Waits()
    return None


def _go_on(round_: Round, deployment: DeploymentRecord, answer: Answer) -> Waits | None:
    """Go on waiting, or take the way back that a step asks for."""
    if isinstance(answer, Fails):
        current = round_.snapshot.deployment or deployment
        begin_return(round_, current, answer.failure, answer.fault)
        return None
    return answer if isinstance(answer, Waits) else Waits()


def _see_what_stayed(round_: Round) -> None:
    """Look once more at what had come up before the rest: somebody may have moved it since."""
    good = [target for target in round_.targets() if target.forward.state.good]
    services = round_.observe(target.service for target in good)
    legs = [still_there(target.forward, services[target.service], round_.now) for target in good]
    _record(round_, good, legs)


def _come_back(round_: Round, paced: Paced | None) -> None:
    """See to it that what no event will tell of is looked at again."""
    targets, left = round_.targets(), _next_slice(round_)
    if paced is not None:
        stand_in_line(round_, paced, left)
    elif round_.turn_in is None and any(not round_.target(s.service).sought for s in left):
        round_.look_again(timedelta())
    if any(target.sought or _is_unseen(target.forward) for target in targets):
        round_.searching = True


def _is_unseen(leg: Leg) -> bool:
    return leg.state is LegState.CALLING or leg.unseen_since is not None
