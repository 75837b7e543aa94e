"""Events of AWS CodePipeline: what executions, their stages and their actions came to.

`version` is that of the pipeline's structure, written as a number, 16.0 or "1"; nobody asks for it.
Neither the commit nor, after the start, the trigger is in any event: GetPipelineExecution has them.
https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
"""

import re
from collections.abc import Callable, Mapping
from typing import TypedDict

from longshore.domain.delivery_facts import (
    ActionKind,
    ExternalResult,
    PipelineActionMoved,
    PipelineMoved,
    PipelineStageMoved,
)
from longshore.domain.executions import ExecutionTrigger
from longshore.domain.facts import Fact
from longshore.domain.pipelines import EXECUTION_ID, PIPELINE_NAME, ExecutionRef, PipelineRef
from longshore.events.documents import Fields
from longshore.events.engines import (
    address,
    arns_of,
    engine_home,
    loose_fields,
    loose_whole,
    plain_summary,
)

STAGE_NAME = re.compile(r"[A-Za-z0-9.@_-]{1,100}")
"""Names of a pipeline's stages and actions."""


class _Moved(TypedDict):
    """The parts of a fact that are the same for every event of CodePipeline."""

    event_id: str | None
    time: str | None
    execution: ExecutionRef
    state: str
    attempt: int | None


def read_codepipeline_event(event: Fields, detail_type: str) -> Fact | None:
    """Read an event of CodePipeline, None for a type that is not read; raise ValueError."""
    reader = _READERS.get(detail_type)
    return reader(event, event.fields("detail")) if reader else None


def _moved(event: Fields, detail: Fields) -> _Moved:
    home = engine_home(event, arns_of(event, "codepipeline"))
    pipeline = PipelineRef(home, detail.text("pipeline", PIPELINE_NAME))
    return _Moved(
        event_id=event.loose_text("id"),
        time=event.loose_text("time"),
        execution=ExecutionRef(pipeline, detail.text("execution-id", EXECUTION_ID)),
        state=detail.text("state"),
        attempt=loose_whole(detail, "pipeline-execution-attempt"),
    )


def _pipeline(event: Fields, detail: Fields) -> Fact:
    trigger = loose_fields(detail, "execution-trigger")
    kind = trigger.loose_text("trigger-type")
    return PipelineMoved(
        **_moved(event, detail),
        trigger=ExecutionTrigger(kind, trigger.loose_text("trigger-detail")) if kind else None,
        comment=detail.loose_text("stop-execution-comments"),
    )


def _stage(event: Fields, detail: Fields) -> Fact:
    return PipelineStageMoved(**_moved(event, detail), stage=detail.text("stage", STAGE_NAME))


def _action(event: Fields, detail: Fields) -> Fact:
    kind = loose_fields(detail, "type")
    return PipelineActionMoved(
        **_moved(event, detail),
        stage=detail.text("stage", STAGE_NAME),
        action=detail.text("action", STAGE_NAME),
        action_execution_id=detail.loose_text("action-execution-id"),
        kind=ActionKind(
            *(kind.loose_text(key) for key in ("owner", "category", "provider", "version"))
        ),
        result=_result(loose_fields(detail, "execution-result")),
    )


def _result(result: Fields) -> ExternalResult | None:
    summary = result.loose_text("external-execution-summary")
    found = ExternalResult(
        id=result.loose_text("external-execution-id"),
        url=address(result.values.get("external-execution-url")),
        summary=plain_summary(summary) if summary else None,
        error_code=result.loose_text("error-code"),
    )
    return found if found != ExternalResult() else None


_READERS: Mapping[str, Callable[[Fields, Fields], Fact]] = {
    "CodePipeline Pipeline Execution State Change": _pipeline,
    "CodePipeline Stage Execution State Change": _stage,
    "CodePipeline Action Execution State Change": _action,
}
