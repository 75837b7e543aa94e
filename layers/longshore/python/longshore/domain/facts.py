"""Facts: what AWS events say happened, in the words of this project.

A fact is a hint. It tells which stages are worth a look and carries what is gone an hour later
(why a task stopped); nothing is ever decided from what it claims of a digest, a tag or a state.

Every fact has a home, and the id and time of its event as they were given: a time is never parsed,
for AWS's own samples hold dates that do not exist.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from longshore.domain.delivery_facts import DeliveryFact
from longshore.domain.failures import StoppedTask
from longshore.domain.observations import RolloutState
from longshore.domain.observed import Observed
from longshore.domain.places import Home, RepositoryRef, ServiceRef

ECS_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""Names of ECS clusters and services."""


# ── ECR ──────────────────────────────────────────────────────────────────────────────────────


class Route(StrEnum):
    """How an image came into a repository."""

    PUSH = "push"
    REPLICATION = "replication"
    PULL_THROUGH = "pull-through"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFact(Observed):
    """Something happened to an image; `tag` is None where the event names none."""

    repository: RepositoryRef
    tag: str | None = None
    digest: str | None = None

    @property
    def home(self) -> Home:
        """Where it happened."""
        return self.repository.home


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePushed(ImageFact):
    """A manifest arrived in a repository: an image, or one of the many things kept beside images.

    ECR tells of each manifest and each tag by itself, so a multi-platform push is several facts
    of which one has the tag.
    """

    via: Route
    manifest_type: str | None = None
    artifact_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePushFailed(ImageFact):
    """A push, replication or pull-through did not succeed."""

    via: Route


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageDeleted(ImageFact):
    """An image or one of its tags was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageStorageChanged(ImageFact):
    """An image moved into or out of the archive."""

    storage_class: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageScanned(ImageFact):
    """A scan of an image ended; `status` is ECR's word for how."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferrerChanged(ImageFact):
    """A signature, SBOM or attestation of an image changed; `action` is ECR's word for how."""

    action: str


# ── ECS ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ServiceMention:
    """An ECS service as an event names it: ARNs in the old format leave the cluster out."""

    home: Home
    name: str
    cluster: str | None = None

    @property
    def ref(self) -> ServiceRef | None:
        """The service, None where its cluster is not known."""
        return ServiceRef(self.home, self.cluster, self.name) if self.cluster else None

    def __str__(self) -> str:
        """Return `cluster/service`, or the service's name alone."""
        return f"{self.cluster}/{self.name}" if self.cluster else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFact(Observed):
    """Something happened to an ECS service; `reason` is ECS's own free text."""

    service: ServiceMention
    reason: str | None = None

    @property
    def home(self) -> Home:
        """Where it happened."""
        return self.service.home


@dataclass(frozen=True, slots=True, kw_only=True)
class EcsDeploymentChanged(ServiceFact):
    """An ECS deployment began, completed or failed; the deployment need not be one of ours."""

    ecs_deployment_id: str
    state: RolloutState


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceActed(ServiceFact):
    """The ECS scheduler did something for a service; `action` is ECS's name for it."""

    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFact(Observed):
    """Something happened to an ECS task; `cluster` is a name, not an ARN."""

    home: Home
    cluster: str
    started_by: str | None = None
    group: str | None = None

    @property
    def ecs_deployment_id(self) -> str | None:
        """The ECS deployment that started the task, None when no service did."""
        by = self.started_by
        return by if by is not None and by.startswith("ecs-svc/") else None

    @property
    def service(self) -> ServiceMention | None:
        """The service that the task belongs to, None when it belongs to none."""
        kind, _, name = (self.group or "").partition(":")
        if kind != "service" or ECS_NAME.fullmatch(name) is None:
            return None
        return ServiceMention(self.home, name, self.cluster)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStopped(TaskFact):
    """A task stopped. `version` counts the changes of one task, so a repeated event shows."""

    task: StoppedTask
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMoved(TaskFact):
    """A task reached another status than STOPPED; `task` is its ARN."""

    task: str
    status: str


ImageOrEcsFact = (
    ImagePushed
    | ImagePushFailed
    | ImageDeleted
    | ImageStorageChanged
    | ImageScanned
    | ReferrerChanged
    | EcsDeploymentChanged
    | ServiceActed
    | TaskStopped
    | TaskMoved
)

Fact = ImageOrEcsFact | DeliveryFact
