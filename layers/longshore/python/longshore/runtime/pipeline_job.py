"""One job of CodePipeline: read, run, answered.

Lambda is called asynchronously and tries a failed invocation twice more; an action that nobody
answers stands till CodePipeline's own time is over. So whatever happens becomes an answer, and only
an answer that cannot be given is raised, for Lambda to try again.
"""

from collections.abc import Mapping
from typing import Any

from longshore.domain.jobs import Answer, Fail, FailureType, GoOn, JobError, Succeed
from longshore.events.documents import kind_of
from longshore.events.jobs import job_id, parse_job
from longshore.runtime.observability import JOBS_FAILED, MESSAGES_REJECTED, WORK_FAILED, Journal
from longshore.usecases.job_ports import JobPorts
from longshore.usecases.run_job import run_job


def answer_job(event: Mapping[str, Any], ports: JobPorts, journal: Journal) -> None:
    """Answer the job of an event; raise what kept the answer from being given."""
    id_ = job_id(event)
    if id_ is None:
        reason = f"no job of CodePipeline: {kind_of(event)} without an id of one"
        journal.warn("job rejected", reason=reason)
        journal.count(MESSAGES_REJECTED, reason=reason)
        return
    answer = _answer(event, id_, ports, journal)
    heard = ports.pipelines.answer(id_, answer)
    _tell(id_, answer, journal, heard=heard)


def _answer(event: Mapping[str, Any], id_: str, ports: JobPorts, journal: Journal) -> Answer:
    try:
        return run_job(parse_job(event, id_), ports)
    except JobError as error:
        return Fail(error.type, str(error))
    except Exception as error:  # noqa: BLE001  the pipeline must not wait for what is not coming
        journal.fail("job failed", error, job=id_)
        journal.count(WORK_FAILED, kind=type(error).__name__)
        return Fail(
            FailureType.SYSTEM,
            f"Longshore failed at this action ({type(error).__name__}): look at the log of its "
            "function pipeline_job, then retry the stage of the pipeline",
        )


def _tell(id_: str, answer: Answer, journal: Journal, *, heard: bool) -> None:
    match answer:
        case GoOn(summary=summary):
            journal.note("job goes on", job=id_, summary=summary, heard=heard)
        case Succeed(summary=summary):
            journal.note("job succeeded", job=id_, summary=summary, heard=heard)
        case Fail(type=type_, message=message):
            journal.warn("job failed", job=id_, type=type_.value, reason=message, heard=heard)
            journal.count(JOBS_FAILED, type=type_.value)
