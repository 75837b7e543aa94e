"""What came of events, and what is told to the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from longshore.domain.places import StageId


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
    STAGE_WOULD_DEPLOY = "StageWouldDeploy"


@dataclass(frozen=True, slots=True)
class Announcement:
    """An entry of the outbox: written with the transition it tells of, published after it.

    `subject` is what the message is about, a deployment (`application/stage#7`) or a stage;
    `sequence` numbers the announcements of one subject from 1.
    """

    stage: StageId
    subject: str
    sequence: int
    name: EventName
    at: datetime
    detail: Mapping[str, object]

    @property
    def id(self) -> str:
        """The announcement among all: `application/stage#7/2`."""
        return f"{self.subject}/{self.sequence}"

    @property
    def thread(self) -> str:
        """What a later announcement makes an earlier one of stale in.

        A deployment has one state after another. What is told of a stage are things of different
        kinds, a hold, a trouble, an adoption: each stands for itself.
        """
        return self.subject if self.subject != str(self.stage) else self.id
