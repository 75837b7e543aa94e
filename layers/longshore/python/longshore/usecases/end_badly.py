"""End a deployment that failed, and say what is where."""

from collections.abc import Sequence
from dataclasses import replace

from longshore.decide.settlement import taken
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.holds import Hold, HoldKind
from longshore.domain.stages import StageRecord, TargetRecord
from longshore.usecases.conclude_deployment import end, name_services
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round


def end_unmoved(round_: Round, failed: DeploymentRecord, heard: Changes) -> None:
    """End a deployment that failed before it moved anything that has to go back.

    One that a person ended is aborted; their word, `heard`, is written down in the same step.
    """
    phase = Phase.ABORTED if heard.consumed else Phase.FAILED
    stage = heard.stage or round_.stage
    if taken(round_.targets()):
        # What another hand brought, ECS's breaker too, is not what was live before.
        phase, stage = Phase.ABORTED, left_to_others(round_, replace(stage, live=None), failed)
    ended = because(failed, phase, "No service was moved.")
    end(round_, ended, heard=replace(heard, stage=stage))


def left_to_others(round_: Round, stage: StageRecord, ended: DeploymentRecord) -> StageRecord:
    """Hold everything where another hand has a service: what it brought stays until a person asks.

    That stands beside a veto, and above the hold of one release.
    """
    theirs = taken(round_.targets())
    if not theirs or (stage.hold is not None and stage.hold.content is None):
        return stage
    reason = "; ".join(f"{service}: {why}" for service, why in theirs.items())
    return replace(stage, hold=Hold(HoldKind.REPLACED, reason, round_.now, None, ended.release))


def end_rollback(round_: Round, failed: DeploymentRecord, heard: Changes) -> None:
    """End a rollback that failed: it is not rolled back, for what it left was worse.

    ECS's own circuit breaker may take a service back all the same.
    """
    targets, stage = round_.targets(), heard.stage or round_.stage
    if any(target.forward.moved for target in targets) or taken(targets):
        there = [target for target in targets if target.forward.state.good]
        stage = replace(stage, live=None)
        then = f"A rollback is not rolled back: {_where(there)}."
    else:
        then = "No service was moved."
    left = left_to_others(round_, stage, failed)
    end(round_, because(failed, Phase.FAILED, then), heard=replace(heard, stage=left))


def _where(back: Sequence[TargetRecord]) -> str:
    if not back:
        return "the services are where they are"
    return f"{name_services(back)} went back, the rest is where it is"


def because(deployment: DeploymentRecord, phase: Phase, then: str) -> DeploymentRecord:
    """Return the deployment in a phase whose reason is the failure and what came then."""
    cause = deployment.failure.summary if deployment.failure else deployment.reason
    return replace(deployment, phase=phase, reason=f"{cause} {then}")
