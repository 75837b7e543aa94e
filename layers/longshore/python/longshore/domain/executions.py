"""Executions of pipelines: what CodePipeline shows of one, and the timeline that is kept of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from longshore.domain.outcomes import EventName
from longshore.domain.pipelines import ExecutionRef, PipelineRef
from longshore.domain.pushes import PushLink

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class ExecutionState(StrEnum):
    """What CodePipeline calls the state of an execution."""

    IN_PROGRESS = "InProgress"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    SUCCEEDED = "Succeeded"
    SUPERSEDED = "Superseded"
    FAILED = "Failed"
    CANCELLED = "Cancelled"

    @property
    def ended(self) -> bool:
        """Whether it goes on from there only when somebody retries it."""
        return self not in {ExecutionState.IN_PROGRESS, ExecutionState.STOPPING}


class ActionState(StrEnum):
    """What CodePipeline calls the state of one run of an action."""

    IN_PROGRESS = "InProgress"
    ABANDONED = "Abandoned"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class SourceRevision:
    """What a source gave an execution: a commit, or the version of an object; `url` shows it."""

    artifact: str
    id: str
    summary: str | None = None
    url: str | None = None


def commit_of(revisions: Sequence[SourceRevision]) -> SourceRevision | None:
    """Return what was pushed: a commit before the version of an object, the first of several."""
    commits = (each for each in revisions if _COMMIT.fullmatch(each.id))
    return next(commits, revisions[0] if revisions else None)


@dataclass(frozen=True, slots=True)
class ExecutionTrigger:
    """Why an execution began: CodePipeline's word for it, and by whom or what."""

    kind: str
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class BuildOutcome:
    """What CodeBuild says of a build that ended: the phase that failed, or what it exported.

    `log` leads to what the build wrote, `digest` is the image that it says it pushed. A build that
    CodeBuild has forgotten says nothing.
    """

    phase: str | None = None
    message: str | None = None
    log: str | None = None
    digest: str | None = None

    @property
    def where_and_why(self) -> str:
        """How a sentence that says "failed" goes on, as far as CodeBuild tells."""
        where = f" in its phase {self.phase}" if self.phase else ""
        return f"{where}: {self.message}" if self.message else where


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRun:
    """One run of an action; a retry is another run, under the same stage and name.

    `attempt` is that of the execution in which it ran. `external_id`, `url`, `summary` and `error`
    are what the engine that did the work says.
    """

    id: str
    stage: str
    name: str
    state: ActionState
    started_at: datetime
    ended_at: datetime | None = None
    attempt: int = 1
    category: str | None = None
    provider: str | None = None
    external_id: str | None = None
    url: str | None = None
    summary: str | None = None
    error: str | None = None
    build: BuildOutcome | None = None

    @property
    def place(self) -> str:
        """The action as people call it: `Build/Image`."""
        return f"{self.stage}/{self.name}"

    @property
    def is_build(self) -> bool:
        """Whether CodeBuild did the work."""
        return self.provider == "CodeBuild" and self.external_id is not None

    @property
    def waits_for_a_person(self) -> bool:
        """Whether somebody has to approve before it goes on."""
        return self.category == "Approval" and self.state is ActionState.IN_PROGRESS


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenExecution:
    """What CodePipeline shows of an execution; `runs` are in no order, their attempts not told."""

    execution: ExecutionRef
    state: ExecutionState
    runs: tuple[ActionRun, ...] = ()
    summary: str | None = None
    trigger: ExecutionTrigger | None = None
    revisions: tuple[SourceRevision, ...] = ()
    author: str | None = None
    repository: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What is kept of an execution: what ran when and by whose push, and what was told of it.

    `attempt` counts how often it was begun: the first time and each retry. Runs of earlier attempts
    stay; `dropped` counts the oldest ones that had no room. `attempt_at` is when the present
    attempt began, `waiting` what it waits for a person for. `told` are the events told of this
    attempt, `announced` counts those of all. `due_at` is when it will have taken too long.
    """

    execution: ExecutionRef
    state: ExecutionState
    attempt: int = 1
    summary: str | None = None
    trigger: ExecutionTrigger | None = None
    revisions: tuple[SourceRevision, ...] = ()
    author: str | None = None
    repository: str | None = None
    runs: tuple[ActionRun, ...] = ()
    dropped: int = 0
    started_at: datetime | None = None
    attempt_at: datetime | None = None
    ended_at: datetime | None = None
    waiting: str | None = None
    told: tuple[EventName, ...] = ()
    announced: int = 0
    due_at: datetime | None = None
    version: int = 0

    @property
    def commit(self) -> SourceRevision | None:
        """What was pushed."""
        return commit_of(self.revisions)

    @property
    def updated_at(self) -> datetime | None:
        """The latest moment at which anything is known to have moved."""
        moments = [run.ended_at or run.started_at for run in self.runs]
        return max(moments, default=self.started_at)


@dataclass(frozen=True, slots=True)
class FailedExecution:
    """The newest execution of a pipeline that was told as failed and has not been mended."""

    id: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class PipelineRecord:
    """How a pipeline stands: what is broken, and when its newest success had begun."""

    pipeline: PipelineRef
    failing: FailedExecution | None = None
    passed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class ExecutionSnapshot:
    """What the ledger holds of an execution and its pipeline; `push` is what started it."""

    pipeline: PipelineRecord
    timeline: Timeline | None = None
    push: PushLink | None = None


@dataclass(frozen=True, slots=True)
class PipelineFailure:
    """Why an execution failed: where, in which phase of a build, and what leads further."""

    summary: str
    stage: str | None = None
    action: str | None = None
    phase: str | None = None
    log: str | None = None
    url: str | None = None


Builds = Mapping[str, BuildOutcome]
"""What CodeBuild says of builds, by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Look at an execution; what an event, or the clock, causes for pipelines.

    An event of CodeBuild names a `build` where others name the `execution`. `ended` says that the
    event told of an end, which CodePipeline may show a little later. `attempt` counts the looks in
    vain for what was not shown, `busy` the tries in a row that AWS did not answer.
    """

    pipeline: PipelineRef
    execution: str | None = None
    build: str | None = None
    events: tuple[str, ...] = ()
    ended: bool = False
    attempt: int = 0
    busy: int = 0

    @property
    def group(self) -> str:
        """The message group: what is about one execution is looked at by one at a time."""
        return self.execution or (self.build or "").rpartition(":")[2]
