"""Why something failed, in parts that a sentence is made of."""

from dataclasses import dataclass

_SCALING = "Scaling activity initiated by"
"""How ECS's reason begins when a task stopped because fewer were wanted, in a rollout or not."""


@dataclass(frozen=True, slots=True)
class StoppedContainer:
    """A container of a stopped task; `exit_code` is None when it never ran."""

    name: str
    exit_code: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StoppedTask:
    """A task that ECS stopped, without anything that could be a secret."""

    task: str
    stop_code: str | None
    stopped_reason: str | None
    containers: tuple[StoppedContainer, ...] = ()

    @property
    def surplus(self) -> bool:
        """Whether ECS stopped it because fewer tasks were wanted, not because anything failed."""
        return (self.stopped_reason or "").startswith(_SCALING)


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed and, as far as anybody can know, why.

    `summary` is one sentence; `service` names the target, `container` and `exit_code` what broke
    in it, `last_event` is the newest thing that ECS itself said of the service. `task` and
    `revision`, its task definition, lead to what the container wrote.
    """

    summary: str
    service: str | None = None
    container: str | None = None
    exit_code: int | None = None
    stopped_reason: str | None = None
    last_event: str | None = None
    task: str | None = None
    revision: str | None = None
