"""What CodePipeline and CodeBuild answer, as executions and builds.

Of an action only what is named here is read: its configuration and its variables hold what the
authors of a pipeline put into them, secrets among it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from longshore.domain.builds import BuildState, SeenBuild
from longshore.domain.executions import (
    ActionRun,
    ActionState,
    BuildOutcome,
    ExecutionState,
    ExecutionTrigger,
    SeenExecution,
    SourceRevision,
)
from longshore.domain.pipelines import ExecutionRef
from longshore.events.documents import printable
from longshore.events.engines import address, plain_summary
from longshore.events.redaction import redact

LONGEST = 300
"""Characters kept of what an engine says in its own words."""
MOST_REVISIONS = 10
_NO_REVISION = frozenset({None, "", "null"})
"""S3 calls the version of an object in an unversioned bucket `null`."""
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

_AUTHORS = ("AuthorDisplayName", "AuthorId")
"""Variables of source actions that name who pushed; never an address."""
_REPOSITORIES = ("FullRepositoryName", "RepositoryName")
_EXPORTED_DIGEST = "IMAGE_DIGEST"


def seen_execution(
    execution: ExecutionRef, shown: Mapping[str, Any], details: Iterable[Mapping[str, Any]]
) -> SeenExecution:
    """Return an execution as CodePipeline shows it."""
    actions = list(details)
    sources = [_variables(each) for each in actions if _category(each) == "Source"]
    trigger = shown.get("trigger") or {}
    return SeenExecution(
        execution=execution,
        state=_state(shown.get("status")),
        runs=tuple(run_of(each) for each in actions),
        summary=_text(shown.get("statusSummary")),
        trigger=_trigger(trigger) if trigger.get("triggerType") else None,
        revisions=revisions_of(shown),
        author=_first(sources, _AUTHORS),
        repository=_first(sources, _REPOSITORIES),
    )


def run_of(detail: Mapping[str, Any]) -> ActionRun:
    """Return one run of an action."""
    kind = (detail.get("input") or {}).get("actionTypeId") or {}
    result = (detail.get("output") or {}).get("executionResult") or {}
    error = result.get("errorDetails") or {}
    state = _action_state(detail.get("status"))
    summary = result.get("externalExecutionSummary")
    return ActionRun(
        id=str(detail["actionExecutionId"]),
        stage=str(detail["stageName"]),
        name=str(detail["actionName"]),
        state=state,
        started_at=_moment(detail["startTime"]),
        ended_at=None if state is ActionState.IN_PROGRESS else _moment(detail["lastUpdateTime"]),
        category=kind.get("category"),
        provider=kind.get("provider"),
        external_id=_text(result.get("externalExecutionId")),
        url=address(result.get("externalExecutionUrl")),
        summary=_text(plain_summary(summary)) if summary else None,
        error=_error(error),
    )


def build_outcome(build: Mapping[str, Any]) -> BuildOutcome:
    """Return what CodeBuild says of a build: its first failed phase, and the image it exported."""
    phase = _failed_phase(build.get("phases") or ())
    return BuildOutcome(
        phase=phase.get("phaseType"),
        message=_context(phase.get("contexts") or ()),
        log=address((build.get("logs") or {}).get("deepLink")),
        digest=_digest(build.get("exportedEnvironmentVariables") or ()),
    )


def seen_build(build: Mapping[str, Any]) -> SeenBuild:
    """Return a build as CodeBuild shows it."""
    known = {state.value: state for state in BuildState}
    started, ended = build.get("startTime"), build.get("endTime")
    return SeenBuild(
        id=str(build["id"]),
        state=known.get(str(build.get("buildStatus")), BuildState.IN_PROGRESS),
        outcome=build_outcome(build),
        started_at=_moment(started) if started else None,
        ended_at=_moment(ended) if ended else None,
    )


def _state(text: object) -> ExecutionState:
    """Return a state; one that is not known yet is no end."""
    known = {state.value: state for state in ExecutionState}
    return known.get(str(text), ExecutionState.IN_PROGRESS)


def _action_state(text: object) -> ActionState:
    known = {state.value: state for state in ActionState}
    return known.get(str(text), ActionState.IN_PROGRESS)


def _trigger(trigger: Mapping[str, Any]) -> ExecutionTrigger:
    return ExecutionTrigger(trigger["triggerType"], _text(trigger.get("triggerDetail")))


def revisions_of(shown: Mapping[str, Any]) -> tuple[SourceRevision, ...]:
    """Return what the sources of an execution gave it; an unversioned bucket gives no version."""
    revisions: Sequence[Mapping[str, Any]] = shown.get("artifactRevisions") or ()
    return tuple(
        SourceRevision(
            artifact=str(each.get("name", "")),
            id=printable(str(each["revisionId"]), LONGEST),
            summary=_text(plain_summary(each.get("revisionSummary") or "")),
            url=address(each.get("revisionUrl")),
        )
        for each in revisions[:MOST_REVISIONS]
        if each.get("revisionId") not in _NO_REVISION
    )


def _failed_phase(phases: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    good = {"SUCCEEDED", "QUEUED", None}
    return next((each for each in phases if each.get("phaseStatus") not in good), {})


def _context(contexts: Sequence[Mapping[str, Any]]) -> str | None:
    """Return what a phase says of its failure, without what looks like a secret in a command."""
    said = (each.get("message") or each.get("statusCode") for each in contexts)
    text = next((each for each in said if each), None)
    return _text(redact(text)) if text else None


def _digest(variables: Iterable[Mapping[str, Any]]) -> str | None:
    values = [str(each.get("value")) for each in variables if each.get("name") == _EXPORTED_DIGEST]
    return next((value for value in values if DIGEST.fullmatch(value)), None)


def _error(error: Mapping[str, Any]) -> str | None:
    message, code = error.get("message"), error.get("code")
    text = redact(message) if message else code
    return _text(text)


def _category(detail: Mapping[str, Any]) -> object:
    return ((detail.get("input") or {}).get("actionTypeId") or {}).get("category")


def _variables(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    return (detail.get("output") or {}).get("outputVariables") or {}


def _first(sources: Iterable[Mapping[str, Any]], names: Sequence[str]) -> str | None:
    values = (source.get(name) for source in sources for name in names)
    return _text(next((value for value in values if value), None))


def _text(value: object) -> str | None:
    """Return text in one line: a build's message quotes its command, which may have several."""
    return printable(" ".join(value.split()), LONGEST) if isinstance(value, str) and value else None


def _moment(value: datetime) -> datetime:
    return value.astimezone(UTC)
