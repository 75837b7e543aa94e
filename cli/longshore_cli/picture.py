"""A stage at one moment, as somebody who watches it sees it: the ledger, ECS, the log lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.places import ServiceRef
from longshore.domain.stages import TargetRecord
from longshore.events.outbound import deployment_detail
from longshore_cli.stage_view import StageView, target_json
from longshore_cli.wording import revision_text

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

OUTCOMES: Mapping[Phase, str] = {
    Phase.SUCCEEDED: "succeeded",
    Phase.ROLLED_BACK: "was rolled back",
    Phase.FAILED: "failed",
    Phase.ABORTED: "was aborted",
    Phase.SUPERSEDED: "was superseded",
}
"""How a deployment ended, in words."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """One of ECS's own deployments of a service."""

    id: str
    revision: str
    status: str
    state: str
    desired: int
    running: int
    pending: int
    failed: int

    @property
    def gone(self) -> bool:
        """Whether it is only remembered: nothing of it runs, shall run or has failed."""
        return self.status != "PRIMARY" and not self.desired + self.running + self.failed

    def as_json(self) -> dict[str, object]:
        """Return the rollout for programs."""
        return {
            "ecs_deployment_id": self.id,
            "revision": self.revision,
            "status": self.status,
            "rollout_state": self.state or None,
            "desired": self.desired,
            "running": self.running,
            "pending": self.pending,
            "failed": self.failed,
        }


@dataclass(frozen=True, slots=True)
class ServiceEvent:
    """What ECS said of a service."""

    id: str
    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class ServicePicture:
    """A target of the deployment, and what ECS shows of its service."""

    target: TargetRecord
    rollouts: tuple[Rollout, ...] = ()
    events: tuple[ServiceEvent, ...] = ()

    @property
    def service(self) -> ServiceRef:
        """The service."""
        return self.target.service

    def as_json(self) -> dict[str, object]:
        """Return the target for programs."""
        return target_json(self.target) | {"rollouts": [each.as_json() for each in self.rollouts]}


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a container of the deployment wrote, without what may be a secret."""

    at: datetime
    service: ServiceRef
    container: str
    task: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What there is to see of a deployment; `logs` and `notes` are those since the last look."""

    at: datetime
    view: StageView
    deployment: DeploymentRecord
    services: Sequence[ServicePicture] = ()
    logs: Sequence[LogLine] = ()
    notes: Sequence[str] = ()

    @property
    def next_step(self) -> str:
        """The command to type next, once the deployment has ended."""
        steps = self.view.next_steps
        return steps[0] if steps else f"longshore status {self.view.name}"

    def as_json(self) -> dict[str, object]:
        """Return what there is to say of the deployment and its targets for programs."""
        return {
            "stage": self.view.name,
            "deployment": deployment_detail(self.deployment),
            "targets": [service.as_json() for service in self.services],
            "next": [self.next_step] if self.deployment.phase.terminal else [],
        }


def service_picture(
    target: TargetRecord, document: Mapping[str, Any] | None, since: datetime
) -> ServicePicture:
    """Return a target with what DescribeServices says of its service, events since a moment."""
    if document is None:
        return ServicePicture(target)
    rollouts = tuple(map(_rollout, document.get("deployments", ())))
    return ServicePicture(target, rollouts, tuple(_events(document, since)))


def _rollout(document: Mapping[str, Any]) -> Rollout:
    return Rollout(
        id=document.get("id", ""),
        revision=revision_text(document.get("taskDefinition", "")),
        status=document.get("status", ""),
        state=document.get("rolloutState", ""),
        desired=document.get("desiredCount", 0),
        running=document.get("runningCount", 0),
        pending=document.get("pendingCount", 0),
        failed=document.get("failedTasks", 0),
    )


def _events(document: Mapping[str, Any], since: datetime) -> Iterator[ServiceEvent]:
    """Yield what ECS said since a moment, oldest first: it gives the newest first."""
    for event in reversed(document.get("events", ())):
        at = event.get("createdAt", _LONG_AGO)
        if at >= since:
            yield ServiceEvent(event.get("id", ""), at, event.get("message", ""))
