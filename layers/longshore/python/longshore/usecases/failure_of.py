"""Find out why a target did not come up."""

from dataclasses import replace

from longshore.decide.explanation import explain
from longshore.domain.errors import NotPermitted, Refused, Throttled
from longshore.domain.failures import Failure, StoppedTask
from longshore.domain.stages import TargetRecord
from longshore.usecases.round import Round


def failure_of(round_: Round, target: TargetRecord) -> Failure:
    """Return what is known of a target's failure: what was recorded, else what ECS tells now."""
    return target.failure or _explain(round_, target)


def _explain(round_: Round, target: TargetRecord) -> Failure:
    service, leg = target.service, target.forward
    observed = round_.observed.get(service)
    headline = f"{service} did not come up: {leg.reason.rstrip('.')}."
    event = observed.last_event if observed else None
    failure = explain(str(service), headline, _stopped_tasks(round_, target), event)
    return replace(failure, revision=leg.revision)


def _stopped_tasks(round_: Round, target: TargetRecord) -> list[StoppedTask]:
    """Return what stopped, best effort: an explanation must not keep the way back waiting."""
    remembered = [target.stopped] if target.stopped else []
    if target.forward.ecs_deployment_id is None:
        return remembered
    try:
        found = round_.ports.ecs.stopped_tasks(target.service, target.forward.ecs_deployment_id)
    except (NotPermitted, Refused, Throttled):
        return remembered
    return [*found] or remembered
