"""What ECS answers, as the values of `longshore.domain.observations`. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from longshore.domain.failures import StoppedContainer, StoppedTask
from longshore.domain.observations import EcsDeployment, EcsService, RolloutState

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Document = Mapping[str, Any]
"""A part of an answer, as botocore parses it."""


def service_of(document: Document) -> EcsService:
    """Return a service as DescribeServices and UpdateService show it.

    What is absent has ECS's own defaults: the ECS controller and rolling deployments.
    """
    settings = document.get("deploymentConfiguration", {})
    breaker = settings.get("deploymentCircuitBreaker", {})
    return EcsService(
        status=document["status"],
        controller=document.get("deploymentController", {}).get("type", "ECS"),
        strategy=settings.get("strategy", "ROLLING"),
        desired_count=document.get("desiredCount", 0),
        task_definition=document.get("taskDefinition", ""),
        deployments=tuple(map(_deployment, document.get("deployments", ()))),
        breaker_rolls_back=bool(breaker.get("enable") and breaker.get("rollback")),
        last_event=_newest_event(document.get("events", ())),
    )


def stopped_task(document: Document) -> StoppedTask:
    """Return why a task stopped, and no more: what was overridden in it can be secret."""
    return StoppedTask(
        task=document["taskArn"],
        stop_code=document.get("stopCode"),
        stopped_reason=document.get("stoppedReason"),
        containers=tuple(
            StoppedContainer(
                name=container["name"],
                exit_code=container.get("exitCode"),
                reason=container.get("reason"),
            )
            for container in document.get("containers", ())
        ),
    )


def stopped_at(document: Document) -> datetime:
    """Return when a task stopped, or began to."""
    moment: datetime = document.get("stoppedAt") or document.get("stoppingAt") or _LONG_AGO
    return moment


def agreed_digests(tasks: Iterable[Document]) -> dict[str, str]:
    """Return the digest that each container runs, without those whose tasks differ.

    A container that is not pulled yet has none.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for task in tasks:
        for container in task.get("containers", ()):
            if "imageDigest" in container:
                found[container["name"]].add(container["imageDigest"])
    return {name: digests.pop() for name, digests in found.items() if len(digests) == 1}


def _deployment(document: Document) -> EcsDeployment:
    return EcsDeployment(
        id=document["id"],
        task_definition=document["taskDefinition"],
        primary=document.get("status") == "PRIMARY",
        rollout=_rollout(document.get("rolloutState")),
        reason=document.get("rolloutStateReason", ""),
    )


def _rollout(state: str | None) -> RolloutState | None:
    """Return a rollout's state; deployments of other controllers have none."""
    return RolloutState(state) if state in set(RolloutState) else None


def _newest_event(events: Iterable[Document]) -> str | None:
    newest = max(events, key=lambda event: event.get("createdAt", _LONG_AGO), default={})
    message: str | None = newest.get("message")
    return message
