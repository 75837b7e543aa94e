"""What came of events, and what is told to the world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from longshore.domain.pipelines import PipelineId
from longshore.domain.places import StageId
from longshore.domain.projects import ProjectId


class Outcome(StrEnum):
    """What came of one event in one stage; each pair ends in exactly one."""

    APPLIED = "applied"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    HELD = "held"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """The end of one (event, stage) pair; `deployment` is the number of the one that it led to."""

    event: str
    stage: StageId
    outcome: Outcome
    reason: str
    at: datetime
    deployment: int | None = None


class EventName(StrEnum):
    """The events Longshore publishes: the detail-type of each."""

    DEPLOYMENT_STARTED = "DeploymentStarted"
    DEPLOYMENT_SUCCEEDED = "DeploymentSucceeded"
    DEPLOYMENT_FAILED = "DeploymentFailed"
    DEPLOYMENT_ROLLED_BACK = "DeploymentRolledBack"
    DEPLOYMENT_SUPERSEDED = "DeploymentSuperseded"
    DEPLOYMENT_ABORTED = "DeploymentAborted"
    STAGE_ADOPTED = "StageAdopted"
    STAGE_HELD = "StageHeld"
    STAGE_PAUSED = "StagePaused"
    STAGE_RESUMED = "StageResumed"
    STAGE_PINNED = "StagePinned"
    STAGE_UNPINNED = "StageUnpinned"
    STAGE_VETOED = "StageVetoed"
    """By a person's `veto`; what a failure, a rollback or an abort vetoes is told with it."""
    STAGE_UNVETOED = "StageUnvetoed"
    STAGE_WOULD_DEPLOY = "StageWouldDeploy"
    PIPELINE_FAILED = "PipelineFailed"
    PIPELINE_SUCCEEDED = "PipelineSucceeded"
    """Only after a failure: what was broken is mended."""
    PIPELINE_SUPERSEDED = "PipelineSuperseded"
    PIPELINE_STOPPED = "PipelineStopped"
    PIPELINE_STUCK = "PipelineStuck"
    BUILD_FAILED = "BuildFailed"
    """Of builds that a push started by themselves; one of a pipeline fails with its execution."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """An entry of the outbox: written with the transition it tells of, published after it.

    `subject` is what the message is about: a deployment (`application/stage#7`), a stage, an
    execution (`application:execution id`) of a `pipeline` of the application, or a build
    (`application:build id`) of a `project`, which then stands in the place of the stage. `sequence`
    numbers the announcements of one subject from 1.
    """

    stage: StageId | None
    subject: str
    sequence: int
    name: EventName
    at: datetime
    detail: Mapping[str, object]
    pipeline: PipelineId | None = None
    project: ProjectId | None = None

    def __post_init__(self) -> None:
        """Refuse what is about nothing, or about two things."""
        if len(self._about()) != 1:
            raise ValueError("an announcement is about one stage, pipeline or project")

    @property
    def about(self) -> StageId | PipelineId | ProjectId:
        """The stage, pipeline or project that it is about."""
        return self._about()[0]

    @property
    def application(self) -> str:
        """The application that it is for."""
        return self.about.application

    @property
    def id(self) -> str:
        """The announcement among all: `application/stage#7/2`."""
        return f"{self.subject}/{self.sequence}"

    @property
    def thread(self) -> str:
        """What a later announcement makes an earlier one of stale in.

        A deployment, or an execution, has one state after another. What is told of a stage are
        things of different kinds, a hold, a trouble, an adoption: each stands for itself.
        """
        return self.subject if self.subject != str(self.stage) else self.id

    def _about(self) -> Sequence[StageId | PipelineId | ProjectId]:
        return [each for each in (self.stage, self.pipeline, self.project) if each is not None]
