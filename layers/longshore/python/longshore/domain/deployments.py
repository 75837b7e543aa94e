"""Deployments: attempts to make a release live in a stage."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from longshore.domain.alarms import Guard
from longshore.domain.failures import Failure
from longshore.domain.origins import Origin
from longshore.domain.places import StageId
from longshore.domain.releases import Release


class Phase(StrEnum):
    """Where a deployment stands. Terminal phases never change."""

    PENDING = "Pending"
    WAITING_APPROVAL = "WaitingApproval"
    WAITING_WINDOW = "WaitingWindow"
    SOAKING = "Soaking"
    PREPARING = "Preparing"
    PROGRESSING = "Progressing"
    PAUSED = "Paused"
    BAKING = "Baking"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    ROLLING_BACK = "RollingBack"
    ROLLED_BACK = "RolledBack"
    SUPERSEDED = "Superseded"
    ABORTED = "Aborted"

    @property
    def terminal(self) -> bool:
        """Whether nothing can follow."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {Phase.SUCCEEDED, Phase.FAILED, Phase.ROLLED_BACK, Phase.SUPERSEDED, Phase.ABORTED}
)


class LegState(StrEnum):
    """How far one way of one target has come: what was intended, then what ECS made of it."""

    PLANNED = "planned"
    REGISTERING = "registering"
    """The fingerprint is recorded: a revision may exist; UpdateService was not called."""
    CALLING = "calling"
    """The revision and the ECS deployments present are recorded; UpdateService may be called."""
    ROLLING = "rolling"
    COMPLETED = "completed"
    UNPROVEN = "unproven"
    """Completed with a desired count of 0: no task has run."""
    FAILED = "failed"
    GONE = "gone"
    REPLACED = "replaced"

    @property
    def over(self) -> bool:
        """Whether ECS has nothing more to say of it."""
        return self not in _UNDER_WAY

    @property
    def good(self) -> bool:
        """Whether it ended as meant."""
        return self in {LegState.COMPLETED, LegState.UNPROVEN}


_UNDER_WAY = frozenset({LegState.PLANNED, LegState.REGISTERING, LegState.CALLING, LegState.ROLLING})


@dataclass(frozen=True, slots=True)
class Leg:
    """One way of one target, forward or back: at most one effective UpdateService.

    `present` holds the ids of the ECS deployments seen before the call: after an unknown reply a
    deployment of `revision` whose id is not among them is ours. `origins` are the revisions that a
    circuit breaker may go back to from it, `called_at` is the moment of the call.
    `unseen_since` is the first of the looks in a row in which ECS did not show the deployment,
    which happens for seconds after it begins.
    """

    state: LegState = LegState.PLANNED
    revision: str | None = None
    fingerprint: str | None = None
    origins: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    ecs_deployment_id: str | None = None
    called_at: datetime | None = None
    unseen_since: datetime | None = None
    reason: str = ""

    @property
    def moved(self) -> bool:
        """Whether UpdateService took effect, or may have."""
        return self.ecs_deployment_id is not None or self.state is LegState.CALLING


class TriggerKind(StrEnum):
    """What made a deployment begin."""

    PUSH = "push"
    RETRY = "retry"
    APPLY = "apply"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"
    PIN = "pin"
    PIPELINE = "pipeline"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Trigger:
    """Why a deployment began; `actor` is who signed, None when it was nobody.

    `origin` is where the release comes from, as far as who asked for it said.
    """

    kind: TriggerKind
    actor: str | None = None
    events: tuple[str, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """One deployment as the ledger keeps it; `version` is that of the item it was read from.

    `before` is the release that was verified when it began: what a rollback returns to.
    `deadline_at` is the first moment at which anything of it, or of its way back, can have run out:
    each service has the stage's deadline from its own call on, `Leg.called_at`. `returning_since`
    is when its way back began, `baking_since` when every target had come up. `guard` says how the
    alarms stood before it, None while they were not read. `announced` is the number of events
    published of it so far.
    """

    stage: StageId
    number: int
    phase: Phase
    reason: str
    release: Release
    trigger: Trigger
    started_at: datetime
    deadline_at: datetime
    before: Release | None = None
    returning_since: datetime | None = None
    finished_at: datetime | None = None
    failure: Failure | None = None
    guard: Guard | None = None
    baking_since: datetime | None = None
    announced: int = 0
    version: int = 0

    @property
    def is_rollback(self) -> bool:
        """Whether a person goes back by it: then nothing judges it, and it is not rolled back."""
        return self.trigger.kind is TriggerKind.ROLLBACK

    @property
    def name(self) -> str:
        """The deployment as people call it: `application/stage#7`."""
        return f"{self.stage}#{self.number}"
