"""What Longshore sees when it looks at ECS; never what an event claims."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

TaskDefinition = Mapping[str, object]
"""A task definition as the API gives it: open, because fields come that this code does not know."""


class RolloutState(StrEnum):
    """What ECS says of a rolling deployment."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class EcsDeployment:
    """One entry of a service's `deployments`."""

    id: str
    task_definition: str
    primary: bool
    rollout: RolloutState | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EcsService:
    """A service as DescribeServices shows it."""

    status: str
    controller: str
    strategy: str
    desired_count: int
    task_definition: str
    deployments: tuple[EcsDeployment, ...] = ()
    breaker_rolls_back: bool = False
    last_event: str | None = None

    @property
    def active(self) -> bool:
        """Whether the service exists in a form that can be deployed to."""
        return self.status == "ACTIVE"

    @property
    def primary(self) -> EcsDeployment | None:
        """The deployment that ECS is bringing the service to, or has brought it to."""
        return next((deployment for deployment in self.deployments if deployment.primary), None)

    @property
    def settled(self) -> bool:
        """Whether ECS has brought the service to where it was told to; old ones do not say so."""
        primary = self.primary
        return primary is not None and primary.rollout in {RolloutState.COMPLETED, None}

    @property
    def proven(self) -> bool:
        """Whether ECS shows a deployment of the service that it has completed."""
        done = (d.rollout is RolloutState.COMPLETED for d in self.deployments)
        return self.settled or any(done)

    @property
    def last_completed(self) -> str:
        """The revision that a circuit breaker would take the service back to.

        That is the one of the last deployment that ECS completed, which still runs while the
        primary one is under way: not always what the service was told last (ECS developer guide,
        "How the Amazon ECS deployment circuit breaker detects failures").
        """
        completed = (d for d in self.deployments if d.rollout is RolloutState.COMPLETED)
        return next((d.task_definition for d in completed), self.task_definition)

    @property
    def origins(self) -> tuple[str, ...]:
        """The revisions that a circuit breaker may take the service back to from a next deployment.

        What is under way now may be completed by the time of the next call.
        """
        primary = self.primary
        under_way = primary.task_definition if primary else self.last_completed
        return tuple(dict.fromkeys((self.last_completed, under_way)))

    def deployment(self, ecs_deployment_id: str) -> EcsDeployment | None:
        """Return a deployment by its id, None when ECS does not (or no longer) show it."""
        matching = (d for d in self.deployments if d.id == ecs_deployment_id)
        return next(matching, None)


@dataclass(frozen=True, slots=True)
class DescribedRevision:
    """A revision of a task definition; its tags come beside it, not inside."""

    arn: str
    definition: TaskDefinition
    tags: tuple[tuple[str, str], ...] = ()
