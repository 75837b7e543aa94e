"""CodePipeline and CodeBuild, as this caller may use them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config

from longshore import __version__
from longshore.aws.clients import WRITES
from longshore.domain.errors import Refused
from longshore_cli.access import Access
from longshore_cli.doctor.reading import Answer, Reader
from longshore_cli.errors import CommandError, ExitCode
from longshore_cli.pipelines.executions import Action, Execution
from longshore_cli.pipelines.failures import Build

if TYPE_CHECKING:
    from collections.abc import Callable

_PAGE = 100
_GONE = "PipelineNotFoundException"


@dataclass(frozen=True)
class Engine:
    """Reads pipelines, and changes what a person wants changed."""

    access: Access

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.access)

    def pipelines(self) -> Sequence[str]:
        """Return the names of all pipelines of the account and region, in order."""
        found = self._reader.pages(("codepipeline", "list_pipelines"), "pipelines", "nextToken")
        return sorted(each["name"] for each in found)

    def executions(self, pipeline: str, most: int) -> Sequence[Execution]:
        """Return the newest executions, newest first; raise CommandError without the pipeline."""
        found = self._pages(
            pipeline,
            "list_pipeline_executions",
            "pipelineExecutionSummaries",
            {"maxResults": min(most, _PAGE)},
        )
        return [Execution.parse(each) for each in islice(found, most)]

    def execution(self, pipeline: str, wanted: str) -> Execution:
        """Return an execution by the beginning of its id; raise CommandError where none has it."""
        found = self._pages(
            pipeline,
            "list_pipeline_executions",
            "pipelineExecutionSummaries",
            {"maxResults": _PAGE},
        )
        for each in found:
            if each["pipelineExecutionId"].startswith(wanted):
                return Execution.parse(each)
        raise CommandError(
            f"{pipeline} has no execution {wanted}: CodePipeline keeps those of the last year",
            next_step=f"longshore pipelines show {pipeline}",
        )

    def actions(self, pipeline: str, execution: str) -> Sequence[Action]:
        """Return what the actions of an execution did, every attempt."""
        found = self._pages(
            pipeline,
            "list_action_executions",
            "actionExecutionDetails",
            {"filter": {"pipelineExecutionId": execution}, "maxResults": _PAGE},
        )
        return [Action.parse(each) for each in found]

    def builds(self, ids: Sequence[str]) -> Sequence[Build]:
        """Return builds by their ids; what CodeBuild does not have any more is left out."""
        if not ids:
            return []
        answer = self._reader.ask("codebuild", "batch_get_builds", ids=list(ids))
        return [Build.parse(each) for each in answer.get("builds", ())]

    def retry(self, pipeline: str, stage: str, execution: str, reason: str) -> None:
        """Start the failed actions of a stage again; raise CommandError where CodePipeline refuses.

        The API takes no reason, so it goes into the user agent, which CloudTrail keeps.
        """
        self._change(
            "retry_stage_execution",
            reason,
            pipelineName=pipeline,
            stageName=stage,
            pipelineExecutionId=execution,
            retryMode="FAILED_ACTIONS",
        )

    def stop(self, pipeline: str, execution: str, reason: str, *, abandon: bool) -> None:
        """Stop an execution, after what is under way or at once; raise CommandError as above."""
        self._change(
            "stop_pipeline_execution",
            reason,
            pipelineName=pipeline,
            pipelineExecutionId=execution,
            abandon=abandon,
            reason=reason,
        )

    def _change(self, operation: str, why: str, /, **parameters: object) -> None:
        said = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in why)
        agent = Config(user_agent_extra=f"longshore/{__version__} reason/{said}")
        client = self.access.session.create_client(
            "codepipeline", region_name=self.access.region, config=WRITES.merge(agent)
        )
        method = cast("Callable[..., Answer]", getattr(client, operation))
        try:
            self.access.gate.call(method, **parameters)
        except Refused as error:
            raise _declined(error, str(parameters["pipelineName"])) from None

    def _pages(
        self, pipeline: str, operation: str, items: str, more: Mapping[str, Any]
    ) -> Iterator[Answer]:
        try:
            yield from self._reader.pages(
                ("codepipeline", operation),
                items,
                "nextToken",
                pipelineName=pipeline,
                **more,
            )
        except Refused as error:
            if error.code != _GONE:
                raise
            raise self._unknown(pipeline) from None

    def _unknown(self, pipeline: str) -> CommandError:
        close = get_close_matches(pipeline, self.pipelines(), n=3)
        meant = f"; did you mean {', '.join(close)}?" if close else ""
        return CommandError(
            f"there is no pipeline {pipeline} in {self.access.region}{meant}",
            next_step="longshore pipelines list",
        )


_DECLINED = {
    "StageNotRetryableException": "it cannot be retried: the pipeline was changed, or an "
    "execution has gone through that stage since",
    "NotLatestPipelineExecutionException": "a newer execution has come to that stage",
    "StageNotFoundException": "the pipeline has no such stage",
    "PipelineExecutionNotStoppableException": "it is not under way any more",
    "DuplicatedStopRequestException": "it is being stopped already; --abandon does not wait for "
    "what is under way",
    "ConflictException": "something else changes the pipeline right now",
    "ConcurrentPipelineExecutionsLimitExceededException": "as many executions as AWS allows are "
    "under way",
}
_SO_ALREADY = {"PipelineExecutionNotStoppableException", "DuplicatedStopRequestException"}


def _declined(error: Refused, pipeline: str) -> CommandError:
    why = _DECLINED.get(error.code, str(error))
    code = ExitCode.NOTHING_TO_DO if error.code in _SO_ALREADY else ExitCode.FAILED
    return CommandError(
        f"CodePipeline declined: {why}",
        next_step=f"longshore pipelines show {pipeline}",
        code=code,
    )
