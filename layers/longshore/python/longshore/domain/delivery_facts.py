"""Facts of AWS's delivery engines: CodePipeline, CodeBuild, CodeDeploy and CodeCommit.

As with all facts they are hints. A state is the engine's own word as the event gave it; what an
execution came to is read back from CodePipeline.
"""

import re
from dataclasses import dataclass

from longshore.domain.executions import ExecutionTrigger
from longshore.domain.observed import Observed
from longshore.domain.pipelines import PIPELINE_NAME, ExecutionRef, PipelineRef
from longshore.domain.places import Home

_BY_PIPELINE = re.compile(rf"codepipeline/({PIPELINE_NAME.pattern})")
"""The initiator of a build that a pipeline started."""

# ── CodePipeline ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ActionKind:
    """What an action is: `AWS`, `Build`, `CodeBuild`, `1`; as far as the event says."""

    owner: str | None = None
    category: str | None = None
    provider: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class ExternalResult:
    """What came of an action where it ran: its id, page and words there, and an error's code."""

    id: str | None = None
    url: str | None = None
    summary: str | None = None
    error_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFact(Observed):
    """Something happened to an execution; `attempt` counts its retries where the event does."""

    execution: ExecutionRef
    state: str
    attempt: int | None = None

    @property
    def home(self) -> Home:
        """Where it happened."""
        return self.execution.pipeline.home


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineMoved(ExecutionFact):
    """An execution as a whole began or ended; `comment` is why it was stopped."""

    trigger: ExecutionTrigger | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineStageMoved(ExecutionFact):
    """A stage of a pipeline began or ended in an execution."""

    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineActionMoved(ExecutionFact):
    """An action of a pipeline began or ended in an execution."""

    stage: str
    action: str
    action_execution_id: str | None = None
    kind: ActionKind = ActionKind()
    result: ExternalResult | None = None


# ── the other engines ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildMoved(Observed):
    """A build of CodeBuild moved: `build` is `project:id`.

    `status` is that of the build, None where only a phase of it ended.
    """

    home: Home
    project: str
    build: str
    status: str | None = None
    phase: str | None = None
    phase_status: str | None = None
    initiator: str | None = None

    @property
    def pipeline(self) -> PipelineRef | None:
        """The pipeline that started the build, None where none did."""
        match = _BY_PIPELINE.fullmatch(self.initiator or "")
        return PipelineRef(self.home, match[1]) if match else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDeployMoved(Observed):
    """A deployment of CodeDeploy, or its part on one `instance`, began or ended."""

    home: Home
    application: str
    deployment_group: str
    deployment: str
    state: str
    instance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GitReferenceMoved(Observed):
    """A branch or tag of a CodeCommit repository was created, updated or deleted.

    `change` is one of these words, `kind` is CodeCommit's: branch or tag. A deleted reference has
    the commit it named last in `old_commit`, if the event says.
    """

    home: Home
    repository: str
    change: str
    kind: str
    name: str
    commit: str | None = None
    old_commit: str | None = None


DeliveryFact = (
    PipelineMoved
    | PipelineStageMoved
    | PipelineActionMoved
    | BuildMoved
    | CodeDeployMoved
    | GitReferenceMoved
)
