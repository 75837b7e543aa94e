"""End a deployment: the terminal transition, and what the stage is afterwards."""

from collections.abc import Sequence
from dataclasses import replace

from longshore.decide import alarms as judged
from longshore.domain.deployments import DeploymentRecord, LegState, Phase
from longshore.domain.outcomes import EventName
from longshore.domain.releases import Release
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
    """Make the release live and, where tasks run it everywhere and no alarm is mute, stable."""
    release, silent = deployment.release, deployment.guard.silent if deployment.guard else ()
    is_proven = not (unproven or silent)
    proven = _now_stable(round_, deployment) if is_proven else ()
    proved = round_.stage.proving(release) if is_proven else round_.stage
    stage = replace(proved, live=release, found=None)
    reason = _outcome(round_, release, unproven, silent)
    reason += judged.told(deployment.guard) if deployment.guard else ""
    done = replace(deployment, phase=Phase.SUCCEEDED, reason=reason)
    end(round_, done, stage=stage, targets=proven)


def _outcome(
    round_: Round, release: Release, unproven: Sequence[str], silent: Sequence[str]
) -> str:
    if unproven:
        return (
            f"{release} is registered, unproven: no task has run it on {', '.join(unproven)}, "
            "whose desired count is 0"
        )
    live = f"{release} is live on {name_services(round_.targets())}"
    if not silent:
        return live
    return f"{live}, unproven: no data came for the alarm {', '.join(silent)}"


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
