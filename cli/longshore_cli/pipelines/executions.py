"""An execution of a pipeline, as CodePipeline tells it: commit, trigger, stages, actions. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Self

from longshore.domain.actors import name_actor
from longshore.domain.origins import SHORT_COMMIT
from longshore.events.engines import plain_summary

SUCCEEDED, FAILED, IN_PROGRESS, STOPPED = "Succeeded", "Failed", "InProgress", "Stopped"
_STARTED_BY = {
    "CreatePipeline": "the pipeline was made",
    "PollForSourceChanges": "a change was seen in the source",
    "Webhook": "a push",
    "WebhookV2": "a push",
    "PutActionRevision": "a new revision",
    "ManualRollback": "a rollback by hand",
    "AutomatedRollback": "an automatic rollback",
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """What started an execution."""

    kind: str
    detail: str

    @property
    def text(self) -> str:
        """Say it to a person."""
        if self.kind == "StartPipelineExecution":
            return f"started by {name_actor(self.detail)}" if self.detail else "started by hand"
        if self.kind == "CloudWatchEvent":
            return f"the rule {self.detail.rpartition('/')[2]}" if self.detail else "a rule"
        return _STARTED_BY.get(self.kind, self.kind or "unknown")


@dataclass(frozen=True, slots=True)
class Commit:
    """A source revision of an execution; the author stands in the source action's variables."""

    action: str
    id: str
    message: str = ""
    url: str = ""
    author: str = ""
    branch: str = ""

    @property
    def short(self) -> str:
        """The commit as people say it."""
        return self.id[:SHORT_COMMIT]

    def __str__(self) -> str:
        """Say which commit, by whom, and its first line."""
        first = self.message.strip().partition("\n")[0]
        by = f" by {self.author}" if self.author else ""
        where = f" on {self.branch}" if self.branch else ""
        return f"{self.short}{where}{by}{': ' if first else ''}{first}"


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a pipeline."""

    id: str
    status: str
    trigger: Trigger
    commits: Sequence[Commit] = ()
    started_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str = ""
    stop_reason: str = ""
    rollback: bool = False

    @classmethod
    def parse(cls, summary: Mapping[str, Any]) -> Self:
        """Read an item of ListPipelineExecutions."""
        trigger = summary.get("trigger", {})
        return cls(
            id=summary["pipelineExecutionId"],
            status=summary.get("status", "unknown"),
            trigger=Trigger(trigger.get("triggerType", ""), trigger.get("triggerDetail", "")),
            commits=tuple(map(_commit, summary.get("sourceRevisions", ()))),
            started_at=_moment(summary.get("startTime")),
            updated_at=_moment(summary.get("lastUpdateTime")),
            summary=summary.get("statusSummary", ""),
            stop_reason=summary.get("stopTrigger", {}).get("reason", ""),
            rollback=summary.get("executionType") == "ROLLBACK",
        )

    @property
    def under_way(self) -> bool:
        """Whether it has not come to an end."""
        return self.status in {IN_PROGRESS, "Stopping"}

    def took(self, now: datetime) -> timedelta | None:
        """Return how long it took, or how long it has been under way."""
        return _between(self.started_at, now if self.under_way else self.updated_at)


@dataclass(frozen=True, slots=True)
class Action:
    """What an action did in an execution; `external_id` is that of the build, where it is one."""

    stage: str
    name: str
    provider: str
    category: str
    status: str
    started_at: datetime | None = None
    updated_at: datetime | None = None
    external_id: str = ""
    url: str = ""
    summary: str = ""
    error: str = ""
    by: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, detail: Mapping[str, Any]) -> Self:
        """Read an item of ListActionExecutions."""
        kind = detail.get("input", {}).get("actionTypeId", {})
        output = detail.get("output", {})
        result = output.get("executionResult", {})
        error = result.get("errorDetails", {})
        return cls(
            stage=detail.get("stageName", ""),
            name=detail.get("actionName", ""),
            provider=kind.get("provider", ""),
            category=kind.get("category", ""),
            status=detail.get("status", "unknown"),
            started_at=_moment(detail.get("startTime")),
            updated_at=_moment(detail.get("lastUpdateTime")),
            external_id=result.get("externalExecutionId", ""),
            url=result.get("externalExecutionUrl", ""),
            summary=result.get("externalExecutionSummary", ""),
            error=": ".join(filter(None, (error.get("code"), error.get("message")))),
            by=detail.get("updatedBy", ""),
            variables=output.get("outputVariables", {}),
        )

    @property
    def path(self) -> str:
        """The action as people point at it."""
        return f"{self.stage}/{self.name}"

    def took(self, now: datetime) -> timedelta | None:
        """Return how long it took, or how long it has been under way."""
        return _between(self.started_at, now if self.status == IN_PROGRESS else self.updated_at)


@dataclass(frozen=True, slots=True)
class StageRun:
    """A stage of an execution: its actions, and what they come to."""

    name: str
    actions: Sequence[Action]

    @property
    def status(self) -> str:
        """What the stage came to: the worst of its actions."""
        found = {action.status for action in self.actions}
        return next(
            (each for each in (FAILED, IN_PROGRESS, "Abandoned") if each in found), SUCCEEDED
        )

    def took(self, now: datetime) -> timedelta | None:
        """Return the time from the first action's beginning to the last one's end."""
        begins = [action.started_at for action in self.actions if action.started_at]
        ends = [action.updated_at for action in self.actions if action.updated_at]
        if not begins:
            return None
        return _between(min(begins), now if self.status == IN_PROGRESS else max(ends, default=None))


def stages_of(actions: Sequence[Action]) -> Sequence[StageRun]:
    """Return the stages in the order in which they began.

    Of an action that was retried only the last attempt counts: the others ended before it began.
    """
    latest: dict[tuple[str, str], Action] = {}
    for action in sorted(actions, key=_begun):
        latest[action.stage, action.name] = action
    firsts = {action.stage: _begun(action) for action in sorted(actions, key=_begun, reverse=True)}
    ordered = sorted(latest.values(), key=lambda action: (firsts[action.stage], action.stage))
    grouped = groupby(ordered, key=lambda action: action.stage)
    return [StageRun(name, tuple(sorted(group, key=_begun))) for name, group in grouped]


def with_authors(execution: Execution, actions: Sequence[Action]) -> Sequence[Commit]:
    """Return the commits of an execution with what their source actions say of them."""
    variables = {action.name: action.variables for action in actions if action.category == "Source"}
    return [_told_by(commit, variables.get(commit.action, {})) for commit in execution.commits]


def _told_by(commit: Commit, variables: Mapping[str, str]) -> Commit:
    names = ("AuthorDisplayName", "AuthorEmail", "AuthorId")
    return Commit(
        commit.action,
        commit.id,
        variables.get("CommitMessage") or commit.message,
        commit.url,
        next((variables[name] for name in names if variables.get(name)), ""),
        variables.get("BranchName") or variables.get("TagName", ""),
    )


def _commit(revision: Mapping[str, Any]) -> Commit:
    summary = revision.get("revisionSummary", "")
    return Commit(
        revision.get("actionName", ""),
        revision.get("revisionId", ""),
        plain_summary(summary),
        revision.get("revisionUrl", ""),
    )


def _begun(action: Action) -> datetime:
    return action.started_at or datetime.max.replace(tzinfo=UTC)


def _moment(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC) if value is not None else None


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return end - start if start is not None and end is not None else None
