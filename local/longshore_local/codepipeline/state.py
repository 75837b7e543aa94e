"""What CodePipeline remembers: pipelines, executions, and how far their stages and actions are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from longshore_local.codepipeline.declarations import (
    ActionDeclaration,
    Declaration,
    StageDeclaration,
)
from longshore_local.codepipeline.ports import Location

IN_PROGRESS, SUCCEEDED, FAILED = "InProgress", "Succeeded", "Failed"
STOPPING, STOPPED, SUPERSEDED, ABANDONED = "Stopping", "Stopped", "Superseded", "Abandoned"


@dataclass(slots=True, kw_only=True)
class ActionRun:
    """One execution of an action.

    `configuration` has its variables resolved. `token` is that of an approval, `external_id` what
    the provider calls its part, `variables` what the action put into its namespace.
    """

    id: str
    execution: "ExecutionState"
    action: ActionDeclaration
    started_at: datetime
    updated_at: datetime
    status: str = IN_PROGRESS
    configuration: Mapping[str, str] = field(default_factory=dict)
    outputs: dict[str, Location] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    summary: str | None = None
    external_id: str | None = None
    external_url: str | None = None
    percent: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    token: str | None = None
    updated_by: str | None = None

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.status == IN_PROGRESS


@dataclass(slots=True)
class JobState:
    """A piece of work given to a function; answered once, then never again."""

    id: str
    run: ActionRun
    continuation_token: str | None = None
    answered: bool = False

    @property
    def open(self) -> bool:
        """Whether a result is still taken."""
        return not self.answered and self.run.runs


@dataclass(slots=True)
class StageRun:
    """One passage of an execution through a stage, with the newest run of each action."""

    stage: StageDeclaration
    status: str = IN_PROGRESS
    runs: dict[str, ActionRun] = field(default_factory=dict)


@dataclass(slots=True)
class ArtifactState:
    """An artifact of an execution; `revision` is known for what came from a source."""

    location: Location
    revision: str | None = None


@dataclass(slots=True)
class SourceFound:
    """The revision that a source action of an execution used."""

    action: str
    artifact: str
    revision: str
    summary: str
    url: str
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class ExecutionState:
    """An execution. `position` is the stage that it is in, or waits for while `waiting`."""

    id: str
    pipeline: "PipelineState"
    declaration: Declaration
    started_at: datetime
    updated_at: datetime
    trigger_type: str
    trigger_detail: str
    variables: Mapping[str, str]
    overrides: Mapping[str, str]
    status: str = IN_PROGRESS
    summary: str | None = None
    stop_reason: str | None = None
    attempt: int = 1
    position: int = 0
    waiting: bool = False
    stages: dict[str, StageRun] = field(default_factory=dict)
    artifacts: dict[str, ArtifactState] = field(default_factory=dict)
    namespaces: dict[str, Mapping[str, str]] = field(default_factory=dict)
    sources: dict[str, SourceFound] = field(default_factory=dict)
    history: list[ActionRun] = field(default_factory=list)

    @property
    def mode(self) -> str:
        """The execution mode that was declared when it began."""
        return self.declaration.mode

    @property
    def stage(self) -> StageDeclaration:
        """The stage that it is in, or waits for."""
        return self.declaration.stages[self.position]

    @property
    def current(self) -> StageRun | None:
        """Its passage through the stage that it is in; None before it entered."""
        return None if self.waiting else self.stages.get(self.stage.name)

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it, unless a stage is retried."""
        return self.status not in {IN_PROGRESS, STOPPING}


@dataclass(slots=True)
class StageState:
    """A stage of a pipeline: who is in it, who waits for it, and who was in it last."""

    occupant: ExecutionState | None = None
    waiting: list[ExecutionState] = field(default_factory=list)
    latest: ExecutionState | None = None


@dataclass(slots=True)
class PipelineState:
    """A pipeline with all its versions; `executions` are in the order in which they began."""

    name: str
    arn: str
    versions: list[Declaration]
    created_at: datetime
    updated_at: datetime
    executions: list[ExecutionState] = field(default_factory=list)
    stages: dict[str, StageState] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)

    @property
    def declaration(self) -> Declaration:
        """The version in force."""
        return self.versions[-1]

    def stage(self, name: str) -> StageState:
        """Return what is known of a stage."""
        return self.stages.setdefault(name, StageState())
