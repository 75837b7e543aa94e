"""Answer one invocation of a pipeline's deploy action.

The action becomes a wish of the stage, on the way that people's wishes take: there is no second
path to ECS. Then CodePipeline asks again and again, each time by a new job that carries the
continuation token, until the deployment has its verdict.
"""

from collections.abc import Mapping

from longshore.domain.errors import (
    Conflict,
    LongshoreError,
    NotPermitted,
    Refused,
    Throttled,
    UnknownReply,
)
from longshore.domain.jobs import Answer, Fail, FailureType, GoOn, Job, JobError, Progress
from longshore.usecases.begin_job import begin_job, first_progress
from longshore.usecases.control_ports import ContradictedError, RejectedError
from longshore.usecases.follow_job import follow_job
from longshore.usecases.job_ports import JobPorts

_PASSES = (Throttled, UnknownReply, Conflict)
"""What time mends: CodePipeline asks again."""

_FAILURES: Mapping[type[LongshoreError], FailureType] = {
    NotPermitted: FailureType.PERMISSION,
    Refused: FailureType.CONFIGURATION,
}


def run_job(job: Job, ports: JobPorts) -> Answer:
    """Begin a job, or look how far it has come. Every error of ours becomes an answer."""
    now = ports.control.clock.now()
    progress = job.progress or first_progress(job, now)
    try:
        if progress.asked:
            return follow_job(job, progress, ports)
        return begin_job(job, progress, ports)
    except _PASSES as error:
        return _later(progress, error, ports)
    except JobError as error:
        return Fail(error.type, str(error))
    except RejectedError as error:
        refused = isinstance(error, ContradictedError)
        failure = FailureType.JOB_FAILED if refused else FailureType.CONFIGURATION
        return Fail(failure, f"{error}: {error.next_step}")
    except LongshoreError as error:
        return Fail(_FAILURES.get(type(error), FailureType.SYSTEM), str(error))


def _later(progress: Progress, error: LongshoreError, ports: JobPorts) -> Answer:
    """Have CodePipeline ask again when AWS is less busy; give up when the time is over."""
    if ports.control.clock.now() < progress.until:
        return GoOn(progress, f"waits for AWS: {error}")
    return Fail(FailureType.SYSTEM, f"{error}; retry the stage of the pipeline")
