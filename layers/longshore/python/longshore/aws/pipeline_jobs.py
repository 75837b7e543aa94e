"""Jobs of CodePipeline: where each belongs, and the answer to it."""

from typing import TYPE_CHECKING

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.aws.pipeline_views import revisions_of
from longshore.domain.errors import LongshoreError, NotPermitted, Refused
from longshore.domain.executions import commit_of
from longshore.domain.jobs import Answer, Fail, GoOn, Succeed
from longshore.domain.origins import Origin
from longshore.events.documents import printable
from longshore.events.jobs import encode_progress

if TYPE_CHECKING:
    from mypy_boto3_codepipeline import CodePipelineClient
    from mypy_boto3_codepipeline.type_defs import (
        PutJobSuccessResultInputTypeDef,
    )

_LONGEST_SUMMARY, _LONGEST_MESSAGE, _LONGEST_ID = 2000, 4900, 1500
_GONE = "JobNotFoundException"
_OVER = frozenset({_GONE, "InvalidJobStateException"})


class CodePipelineJobs:
    """CodePipeline as the function of a deploy action needs it."""

    def __init__(self, gate: Gate, clients: Clients) -> None:
        """Call CodePipeline through `gate`."""
        self._gate = gate
        self._clients = clients

    def origin_of(self, job: str) -> Origin | None:
        """Return the execution that a job belongs to, None where CodePipeline has no such job.

        The event of a job names no pipeline; GetJobDetails does, as its `pipelineContext`. What
        may not be read is left out: it is for people, nothing is decided by it.
        """
        try:
            reply = self._gate.call(self._client.get_job_details, jobId=job)
        except NotPermitted:
            return Origin()
        except Refused as error:
            return None if error.code == _GONE else Origin()
        context = reply.get("jobDetails", {}).get("data", {}).get("pipelineContext", {})
        pipeline, execution = context.get("pipelineName"), context.get("pipelineExecutionId")
        if not pipeline or not execution:
            return Origin(pipeline=pipeline, execution=execution)
        return self._of_execution(pipeline, execution)

    def answer(self, job: str, answer: Answer) -> bool:
        """Answer a job; return False where it was answered before, or is not there any more."""
        try:
            match answer:
                case Fail():
                    self._fail(job, answer)
                case GoOn() | Succeed():
                    request = _success(job, answer)
                    self._gate.call(self._client.put_job_success_result, **request)
        except Refused as error:
            if error.code in _OVER:
                return False
            raise
        return True

    def _fail(self, job: str, answer: Fail) -> None:
        self._gate.call(
            self._client.put_job_failure_result,
            jobId=job,
            failureDetails={
                "type": answer.type.value,
                "message": printable(answer.message, _LONGEST_MESSAGE),
                "externalExecutionId": (answer.deployment or job)[:_LONGEST_ID],
            },
        )

    def _of_execution(self, pipeline: str, execution: str) -> Origin:
        try:
            reply = self._gate.call(
                self._client.get_pipeline_execution,
                pipelineName=pipeline,
                pipelineExecutionId=execution,
            )
        except LongshoreError:
            return Origin(pipeline=pipeline, execution=execution)
        found = reply.get("pipelineExecution", {})
        commit = commit_of(revisions_of(found))
        return Origin(
            pipeline=pipeline,
            execution=execution,
            commit=commit.id if commit else None,
            url=commit.url if commit else None,
            trigger=found.get("trigger", {}).get("triggerType"),
        )

    @property
    def _client(self) -> "CodePipelineClient":
        return self._clients.codepipeline


def _success(job: str, answer: GoOn | Succeed) -> "PutJobSuccessResultInputTypeDef":
    """Return the request; CodePipeline takes variables only where nothing is to be continued."""
    if isinstance(answer, GoOn):
        return {
            "jobId": job,
            "continuationToken": encode_progress(answer.progress),
            "executionDetails": {
                "summary": printable(answer.summary, _LONGEST_SUMMARY),
                "percentComplete": answer.percent,
            },
        }
    return {
        "jobId": job,
        "outputVariables": answer.variables,
        "executionDetails": {
            "summary": printable(answer.summary, _LONGEST_SUMMARY),
            "externalExecutionId": (answer.deployment or job)[:_LONGEST_ID],
            "percentComplete": 100,
        },
    }
