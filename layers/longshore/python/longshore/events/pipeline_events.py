"""The events Longshore publishes of pipelines: what the detail of each says.

As in `longshore.events.outbound`: keys are only ever added, and each is in every event.
"""

from datetime import datetime

from longshore.domain.executions import PipelineFailure, SourceRevision, Timeline
from longshore.domain.pipelines import ExecutionRef
from longshore.domain.pushes import PushLink
from longshore.events.outbound import SCHEMA, seconds_between


def execution_detail(
    timeline: Timeline,
    push: PushLink | None,
    application: str,
    reason: str,
    failure: PipelineFailure | None,
) -> dict[str, object]:
    """Return what an application is told of an execution, and of the push that started it."""
    return {
        "schema": SCHEMA,
        "application": application,
        "pipeline": timeline.execution.pipeline.name,
        "execution": timeline.execution.id,
        "attempt": timeline.attempt,
        "state": timeline.state.value,
        "reason": reason,
        "commit": _commit(timeline.commit),
        "repository": timeline.repository,
        "author": timeline.author,
        "trigger": _trigger(timeline),
        "push": push_detail(push) if push else None,
        "failure": _failure(failure),
        "started_at": iso(timeline.started_at),
        "seconds": seconds_between(timeline.started_at, timeline.ended_at),
        "url": console_url(timeline.execution),
    }


def console_url(execution: ExecutionRef) -> str:
    """Return the page of AWS's console that shows an execution."""
    home, name = execution.pipeline.home, execution.pipeline.name
    host = "amazonaws.cn" if home.partition == "aws-cn" else "aws.amazon.com"
    host = "amazonaws-us-gov.com" if home.partition == "aws-us-gov" else host
    path = f"codesuite/codepipeline/pipelines/{name}/executions/{execution.id}/timeline"
    return f"https://{home.region}.console.{host}/{path}?region={home.region}"


def _commit(revision: SourceRevision | None) -> dict[str, object] | None:
    if revision is None:
        return None
    return {"id": revision.id, "summary": revision.summary, "url": revision.url}


def _trigger(timeline: Timeline) -> dict[str, object] | None:
    trigger = timeline.trigger
    return None if trigger is None else {"kind": trigger.kind, "actor": trigger.detail}


def push_detail(link: PushLink) -> dict[str, object]:
    """Return what is told of the push that started an execution or a build."""
    return {
        "provider": link.repository.provider.value,
        "repository": link.repository.name,
        "ref": link.ref,
        "pusher": link.pusher,
    }


def _failure(failure: PipelineFailure | None) -> dict[str, object] | None:
    if failure is None:
        return None
    return {
        "summary": failure.summary,
        "stage": failure.stage,
        "action": failure.action,
        "phase": failure.phase,
        "log": failure.log,
        "url": failure.url,
    }


def iso(moment: datetime | None) -> str | None:
    """Return a moment as events carry it, None where it is not known."""
    return None if moment is None else moment.isoformat()
