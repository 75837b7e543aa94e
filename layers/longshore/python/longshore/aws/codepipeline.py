"""AWS CodePipeline, as far as executions are read back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.aws.pipeline_views import run_of, seen_execution
from longshore.domain.errors import Refused
from longshore.domain.executions import SeenExecution
from longshore.domain.pipelines import EXECUTION_ID, ExecutionRef, PipelineRef

if TYPE_CHECKING:
    from mypy_boto3_codepipeline.type_defs import (
        ActionExecutionDetailTypeDef,
        ListActionExecutionsInputTypeDef,
    )

MOST_PAGES = 20
"""Pages of actions that are read of one execution; a page has a hundred."""

RECENT_PAGES = 2
"""Pages of a pipeline's newest actions in which a build is looked for."""

_UNKNOWN = frozenset({"PipelineNotFoundException", "PipelineExecutionNotFoundException"})


class AwsPipelines:
    """Reads executions of the installation's own account and region.

    The actions are read before the state: a retry that begins between the two shows as a state that
    its actions do not explain, which is read again, and never as the end of the retry.
    """

    def __init__(self, gate: Gate, clients: Clients) -> None:
        """Read through `gate`."""
        self._gate = gate
        self._clients = clients

    def execution(self, execution: ExecutionRef) -> SeenExecution | None:
        """Return what is shown of an execution, None where there is none (any more)."""
        try:
            details = list(self._actions(execution.pipeline, MOST_PAGES, execution.id))
            reply = self._gate.call(
                self._clients.codepipeline.get_pipeline_execution,
                pipelineName=execution.pipeline.name,
                pipelineExecutionId=execution.id,
            )
        except Refused as error:
            if error.code in _UNKNOWN:
                return None
            raise
        return seen_execution(execution, reply.get("pipelineExecution", {}), details)

    def execution_of_build(self, pipeline: PipelineRef, build: str) -> ExecutionRef | None:
        """Return the recent execution that started a build, None where none is shown."""
        try:
            for detail in self._actions(pipeline, RECENT_PAGES):
                name = str(detail.get("pipelineExecutionId", ""))
                if run_of(detail).external_id == build and EXECUTION_ID.fullmatch(name):
                    return ExecutionRef(pipeline, name)
        except Refused as error:
            if error.code not in _UNKNOWN:
                raise
        return None

    def _actions(
        self, pipeline: PipelineRef, pages: int, execution: str | None = None
    ) -> "Iterator[ActionExecutionDetailTypeDef]":
        """Yield the runs of actions of an execution, or of all of a pipeline, newest first."""
        asked: ListActionExecutionsInputTypeDef = {"pipelineName": pipeline.name, "maxResults": 100}
        if execution is not None:
            asked["filter"] = {"pipelineExecutionId": execution}
        for _ in range(pages):
            reply = self._gate.call(self._clients.codepipeline.list_action_executions, **asked)
            yield from reply.get("actionExecutionDetails", ())
            token = reply.get("nextToken")
            if not token:
                return
            asked["nextToken"] = token
