"""What ECS remembers: clusters, task definitions, services, their deployments and their tasks."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from longshore_local.ecs.images import Conduct

MOST_EVENTS = 100
"""DescribeServices shows the hundred newest events of a service."""

Tag = dict[str, str]


@dataclass(slots=True)
class RevisionState:
    """A revision of a task definition; `document` is what was registered, tags excluded."""

    arn: str
    family: str
    revision: int
    document: Mapping[str, object]
    registered_at: datetime
    deregistered_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether new deployments may use the revision."""
        return self.deregistered_at is None

    @property
    def containers(self) -> list[Mapping[str, object]]:
        """The container definitions, in the order of registration."""
        definitions = self.document["containerDefinitions"]
        return list(definitions) if isinstance(definitions, list) else []


@dataclass(slots=True)
class ContainerState:
    """A container of a task."""

    arn: str
    name: str
    image: str
    digest: str | None
    essential: bool
    conduct: Conduct
    status: str = "PENDING"
    exit_code: int | None = None
    reason: str | None = None


@dataclass(slots=True)
class TaskState:
    """A task of a service.

    `asked_to_stop` tells what was stopped from what ended by itself; `proved` stays true once the
    task has been healthy.
    """

    arn: str
    id: str
    service: "ServiceState"
    deployment: "DeploymentState"
    definition: RevisionState
    containers: list[ContainerState]
    created_at: datetime
    updated_at: datetime
    status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    version: int = 1
    healthy: bool = False
    proved: bool = False
    asked_to_stop: bool = False
    pull_started_at: datetime | None = None
    started_at: datetime | None = None
    stopping_at: datetime | None = None
    stopped_at: datetime | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None

    @property
    def stopped(self) -> bool:
        """Whether nothing of the task is left."""
        return self.status == "STOPPED"

    @property
    def counts(self) -> bool:
        """Whether the scheduler counts the task among those it has."""
        return not self.stopped and not self.asked_to_stop

    @property
    def failed(self) -> bool:
        """Whether the task ended by itself before it was ever healthy."""
        return self.stopped and not self.asked_to_stop and not self.proved


@dataclass(frozen=True, slots=True)
class ResolvedImage:
    """What ECS resolved an image to when a deployment began (software version consistency)."""

    container: str
    image: str
    digest: str | None
    essential: bool = True


@dataclass(frozen=True, slots=True)
class ServiceRevision:
    """A service as a deployment found it."""

    arn: str
    definition: RevisionState
    created_at: datetime
    images: tuple[ResolvedImage, ...]


@dataclass(slots=True)
class ServiceDeployment:
    """The history entry of one rollout; a rollback by ECS belongs to the rollout it undoes."""

    arn: str
    created_at: datetime
    updated_at: datetime
    target: ServiceRevision
    sources: tuple[ServiceRevision, ...]
    configuration: Mapping[str, object]
    status: str = "IN_PROGRESS"
    status_reason: str | None = None
    finished_at: datetime | None = None
    stopped_at: datetime | None = None
    rollback_at: datetime | None = None
    rollback_to: ServiceRevision | None = None
    breaker: str = "DISABLED"
    failures: int = 0
    threshold: int = 0


@dataclass(slots=True)
class DeploymentState:
    """An entry of a service's `deployments`, with the tasks it started."""

    id: str
    revision: ServiceRevision
    history: ServiceDeployment
    created_at: datetime
    updated_at: datetime
    status: str = "PRIMARY"
    rollout: str = "IN_PROGRESS"
    reason: str = ""
    failed: int = 0
    failures_in_a_row: int = 0
    not_before: datetime | None = None
    undoes: bool = False
    stuck_told: bool = False
    emptied: bool = False

    @property
    def definition(self) -> RevisionState:
        """The revision that the deployment runs."""
        return self.revision.definition


@dataclass(slots=True)
class ServiceState:
    """A service. `settings` are the members of its description that ECS merely repeats."""

    arn: str
    name: str
    cluster: "ClusterState"
    created_at: datetime
    desired: int
    controller: str
    settings: dict[str, object]
    status: str = "ACTIVE"
    gone_at: datetime | None = None
    client_token: str | None = None
    steady: bool = False
    deployments: list[DeploymentState] = field(default_factory=list)
    history: list[ServiceDeployment] = field(default_factory=list)
    completed: DeploymentState | None = None
    tasks: list[TaskState] = field(default_factory=list)
    events: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=MOST_EVENTS))

    @property
    def primary(self) -> DeploymentState | None:
        """The deployment the service is being brought to, None under an EXTERNAL controller."""
        return next((d for d in self.deployments if d.status == "PRIMARY"), None)

    @property
    def configuration(self) -> Mapping[str, object]:
        """The deployment configuration."""
        value = self.settings.get("deploymentConfiguration")
        return value if isinstance(value, Mapping) else {}

    def tasks_of(self, deployment: DeploymentState) -> list[TaskState]:
        """Return the tasks a deployment started that are not stopped."""
        return [t for t in self.tasks if t.deployment is deployment and not t.stopped]


@dataclass(slots=True)
class ClusterState:
    """A cluster. `services` keeps those that were deleted, until ECS forgets them."""

    arn: str
    name: str
    active: bool = True
    settings: dict[str, object] = field(default_factory=dict)
    services: dict[str, ServiceState] = field(default_factory=dict)
