"""End a deployment: the terminal transition, and what the stage is afterwards."""

from collections.abc import Sequence
from dataclasses import replace

from longshore.domain.deployments import DeploymentRecord, LegState, Phase
from longshore.domain.outcomes import EventName
from longshore.domain.stages import Stable, StageRecord, TargetRecord
from longshore.usecases.outbox import announce_deployment
from longshore.usecases.ports import NOTHING_MORE, Changes
from longshore.usecases.round import Round

EVENT_OF_PHASE = {
    Phase.SUCCEEDED: EventName.DEPLOYMENT_SUCCEEDED,
    Phase.FAILED: EventName.DEPLOYMENT_FAILED,
    Phase.ROLLED_BACK: EventName.DEPLOYMENT_ROLLED_BACK,
    Phase.ABORTED: EventName.DEPLOYMENT_ABORTED,
}


def succeed(round_: Round, deployment: DeploymentRecord, unproven: Sequence[str]) -> None:
    """Make the release live and, where tasks have run it everywhere, stable."""
    release = deployment.release
    proven = () if unproven else _now_stable(round_, deployment)
    proved = round_.stage if unproven else round_.stage.proving(release)
    stage = replace(proved, live=release, found=None)
    if unproven:
        reason = (
            f"{release} is registered, unproven: no task has run it on {', '.join(unproven)}, "
            "whose desired count is 0"
        )
    else:
        reason = f"{release} is live on {name_services(round_.targets())}"
    done = replace(deployment, phase=Phase.SUCCEEDED, reason=reason)
    end(round_, done, stage=stage, targets=proven)


def end(
    round_: Round,
    ended: DeploymentRecord,
    *,
    stage: StageRecord | None = None,
    targets: tuple[TargetRecord, ...] = (),
    heard: Changes = NOTHING_MORE,
) -> None:
    """Write a deployment in its terminal phase, free the stage and tell it, as one transition.

    What was `heard` in the same step is written with it.
    """
    ended = replace(ended, finished_at=round_.now)
    ended, told = announce_deployment(ended, EVENT_OF_PHASE[ended.phase], round_.now)
    freed = replace(stage or heard.stage or round_.stage, current=None, due_at=None)
    announced = (*heard.announcements, told)
    round_.commit(
        replace(heard, stage=freed, deployment=ended, targets=targets, announcements=announced)
    )


def _now_stable(round_: Round, deployment: DeploymentRecord) -> tuple[TargetRecord, ...]:
    digests = tuple((image.alias, image.digest) for image in deployment.release.images)
    return tuple(
        replace(target, stable=Stable(target.forward.revision, digests))
        for target in round_.targets()
        if target.forward.revision is not None and target.forward.state is LegState.COMPLETED
    )


def name_services(targets: Sequence[TargetRecord]) -> str:
    """Return the services of targets by name, or their number where they are many."""
    names = ", ".join(str(target.service) for target in targets)
    few = 3
    return names if len(targets) <= few else f"{len(targets)} services"
