"""Decide what a pipeline is told of its deploy action, by what the ledger says of it."""

from collections.abc import Mapping
from datetime import datetime

from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.jobs import Answer, Fail, FailureType, GoOn, Progress, Succeed
from longshore.domain.outcomes import EventOutcome, Outcome
from longshore.domain.releases import Release, short_digest

_ENDED_BADLY: Mapping[Phase, FailureType] = {
    Phase.FAILED: FailureType.JOB_FAILED,
    Phase.ROLLED_BACK: FailureType.JOB_FAILED,
    Phase.ABORTED: FailureType.JOB_FAILED,
    Phase.SUPERSEDED: FailureType.OUT_OF_SYNC,
}
_LEDGER_LOST = (
    "the ledger knows nothing of this action any more, it was restored from a backup: retry the "
    "stage of the pipeline"
)


def waiting(progress: Progress, now: datetime) -> Answer:
    """Answer for a wish that the stage has not heard yet."""
    return _still(progress, now, "waits for its turn in the stage", 0)


def unheard(outcome: EventOutcome | None) -> Fail | None:
    """Answer for a wish that began nothing and is not done either, None for any other."""
    if outcome is None:
        return Fail(FailureType.SYSTEM, _LEDGER_LOST)
    if outcome.outcome in {Outcome.APPLIED, Outcome.DUPLICATE}:
        return None
    return Fail(FailureType.OUT_OF_SYNC, f"nothing was deployed: {outcome.reason}")


def of_deployment(
    deployment: DeploymentRecord, progress: Progress, now: datetime, percent: int
) -> Answer:
    """Answer by the phase of the deployment that a wish became, or found under way."""
    if deployment.phase is Phase.SUCCEEDED:
        return succeeded(deployment.release, deployment, now)
    if failure := _ENDED_BADLY.get(deployment.phase):
        return Fail(failure, f"{deployment.name}: {deployment.reason}", deployment.name)
    return _still(progress, now, f"{deployment.name}: {deployment.phase}", percent)


def succeeded(release: Release, deployment: DeploymentRecord | None, now: datetime) -> Succeed:
    """Answer that a release is live: with its deployment, or without one where it was before.

    Every variable has a value whatever came about: an action that uses one must not break.
    """
    name = deployment.name if deployment else None
    variables = {
        "release": release.id,
        "digest": _digests(release),
        "deployment": name or "none",
        "duration": str(_seconds(deployment, now)),
    }
    return Succeed(f"{release} is live" + (f" by {name}" if name else " already"), variables, name)


def _digests(release: Release) -> str:
    """Return the digest of a release, of several images each with its alias."""
    if len(release.images) == 1:
        return release.images[0].digest
    return ",".join(f"{image.alias}={image.digest}" for image in release.images)


def _seconds(deployment: DeploymentRecord | None, now: datetime) -> int:
    if deployment is None:
        return 0
    return max(0, round(((deployment.finished_at or now) - deployment.started_at).total_seconds()))


def of_live(live: Release | None, progress: Progress, now: datetime) -> Answer:
    """Answer for a release that was live when it was asked for, and ought to be still."""
    there = {image.alias: short_digest(image.digest) for image in live.images} if live else {}
    if live is not None and all(there.get(alias) == digest for alias, digest in progress.wanted):
        return succeeded(live, None, now)
    return Fail(
        FailureType.OUT_OF_SYNC,
        f"it was live when the pipeline asked, and {live or 'something else'} has taken its place",
    )


def _still(progress: Progress, now: datetime, summary: str, percent: int) -> Answer:
    if now < progress.until:
        return GoOn(progress, summary, percent)
    minutes = round((progress.until - progress.since).total_seconds() / 60)
    return Fail(
        FailureType.JOB_FAILED,
        f"it has not ended within {minutes} minutes ({summary}) and goes on without the pipeline: "
        "look at it with `longshore status`, or give the action a longer timeout",
    )
