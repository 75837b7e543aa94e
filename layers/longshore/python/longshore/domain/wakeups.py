"""Wake-ups: the only thing an event, a clock or a person can cause."""

from dataclasses import dataclass
from enum import StrEnum

from longshore.domain.failures import StoppedTask
from longshore.domain.places import RepositoryRef, StageId


class Hint(StrEnum):
    """Where something may have changed, so that a reconcile knows what is worth reading."""

    REGISTRY = "registry"
    ECS = "ecs"
    TASK = "task"
    """A task of a rollout stopped: words for a failure, nothing to read."""
    PERSON = "person"
    TIMER = "timer"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Announced:
    """The push that an event told of, kept to notice a registry that does not show it yet."""

    repository: RepositoryRef
    tag: str
    digest: str


@dataclass(frozen=True, slots=True)
class StopEvidence:
    """A stopped task of an ECS deployment; ECS itself forgets stopped tasks within the hour."""

    ecs_deployment_id: str
    task: StoppedTask


@dataclass(frozen=True, slots=True)
class Wakeup:
    """Look at this stage; `events` are the ids of the events that it stands for.

    `attempt` counts how often it was looked again for what registry or ECS did not show,
    `busy` the tries in a row that came to nothing because AWS was busy or not to be reached.
    """

    stage: StageId
    hints: frozenset[Hint]
    events: tuple[str, ...] = ()
    announced: Announced | None = None
    evidence: StopEvidence | None = None
    attempt: int = 0
    busy: int = 0

    @property
    def carries(self) -> bool:
        """Whether something would be lost with it: an event's end, a digest, or words."""
        return bool(self.events) or self.announced is not None or self.evidence is not None
