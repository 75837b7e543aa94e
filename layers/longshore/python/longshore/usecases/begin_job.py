"""Ask a stage for what a pipeline's deploy action names, once, however often the job is told."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from longshore.decide.job_verdict import waiting
from longshore.domain.configuration import StageSpec
from longshore.domain.intents import IntentKind, WantedImage
from longshore.domain.jobs import Answer, Fail, FailureType, Job, Progress
from longshore.domain.origins import SHORT_COMMIT, Origin
from longshore.usecases.accept_intent import IntentRequest, accept_intent, existing_stage
from longshore.usecases.control_ports import RejectedError
from longshore.usecases.find_images import find_images, short_names
from longshore.usecases.follow_job import follow_job
from longshore.usecases.job_ports import JobPorts

PATIENCE = timedelta(minutes=15)
"""How long an action waits beyond the deadlines of the way there and the way back; and how long it
tries to begin while AWS is busy."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{3,59}")


def first_progress(job: Job, now: datetime) -> Progress:
    """Return the progress of a job that is told for the first time.

    The wish has the job's id, so that a job that is told twice wishes once.
    """
    id_ = job.id if _ID.fullmatch(job.id) else sha256(job.id.encode()).hexdigest()[:40]
    return Progress(now, now + PATIENCE, f"job-{id_}")


def begin_job(job: Job, progress: Progress, ports: JobPorts) -> Answer:
    """Find what a job names and ask the stage for it; a job that was told before is only followed.

    Raises JobError, RejectedError, and what the ports raise.
    """
    stage = job.parameters.stage
    spec = existing_stage(stage, ports.control)
    asked = replace(progress, asked=True, until=progress.since + _patience(job, spec))
    if _is_known(job, progress, ports):
        return follow_job(job, asked, ports)
    origin = ports.pipelines.origin_of(job.id)
    if origin is None:
        return Fail(FailureType.JOB_FAILED, f"CodePipeline knows no job {job.id}")
    images = find_images(job, spec, ports)
    _ask(job, progress, images, _completed(job, origin), ports)
    wanted = short_names(images)
    return waiting(replace(asked, wanted=wanted), ports.control.clock.now())


def _patience(job: Job, spec: StageSpec) -> timedelta:
    return job.parameters.timeout or 2 * spec.deadline + PATIENCE


def _is_known(job: Job, progress: Progress, ports: JobPorts) -> bool:
    """Whether the stage was asked already: what was found then is meant, whatever a tag names now.

    Waiting is asked first: a wish that is heard in between has its end then.
    """
    stage, wish = job.parameters.stage, progress.wish
    return ports.ledger.is_waiting(stage, wish) or ports.ledger.outcome(stage, wish) is not None


def _completed(job: Job, origin: Origin) -> Origin:
    """Return the origin with what the action's parameters say where CodePipeline says nothing."""
    return replace(
        origin,
        commit=origin.commit or job.parameters.commit,
        execution=origin.execution or job.parameters.execution,
    )


def _ask(
    job: Job, progress: Progress, images: tuple[WantedImage, ...], origin: Origin, ports: JobPorts
) -> None:
    request = IntentRequest(
        stage=str(job.parameters.stage),
        kind=IntentKind.DEPLOY,
        reason=_reason(origin),
        id=progress.wish,
        actor=f"codepipeline:{origin.pipeline or 'unnamed'}",
        images=images,
        origin=origin,
    )
    try:
        accept_intent(request, ports.control)
    except RejectedError:
        if not _is_known(job, progress, ports):
            raise  # else the same job, told at the same moment, was first


def _reason(origin: Origin) -> str:
    execution = f"execution {origin.execution}" if origin.execution else "a deploy action"
    commit = (origin.commit or "")[:SHORT_COMMIT]
    return f"{execution}, commit {commit}" if commit else execution
