"""What ECS tells: events for EventBridge, and the messages in a service's own event list.

Keys and wording follow the samples in the ECS developer guide ("Amazon ECS events") and what live
services show.
"""

from collections.abc import Mapping
from datetime import datetime

from longshore_local.ecs.region import Region
from longshore_local.ecs.state import DeploymentState, ServiceState, TaskState
from longshore_local.ecs.task_views import task_view
from longshore_local.worlds.surroundings import Event

TROUBLE = (
    "is unable to consistently start tasks successfully. For more information, "
    "see the Troubleshooting section of the Amazon ECS Developer Guide."
)


def note(region: Region, service: ServiceState, message: str) -> None:
    """Add a message to a service's events, newest first."""
    service.events.appendleft(
        {
            "id": region.ids.uuid(),
            "createdAt": region.now,
            "message": f"(service {service.name}) {message}",
        }
    )


def tell_deployment(
    region: Region, service: ServiceState, deployment: DeploymentState, happened: str
) -> None:
    """Emit an ECS Deployment State Change: IN_PROGRESS, COMPLETED or FAILED.

    Like AWS's it names neither image nor task definition, and a rollback by the circuit breaker
    looks like any other deployment but for its reason. Only the ECS controller tells this.
    """
    if service.controller != "ECS":
        return
    detail: Event = {
        "eventType": "ERROR" if happened == "FAILED" else "INFO",
        "eventName": f"SERVICE_DEPLOYMENT_{happened}",
        "deploymentId": deployment.id,
        "updatedAt": timestamp(region.now),
        "reason": deployment.reason,
    }
    _emit(region, "ECS Deployment State Change", service.arn, detail)


def tell_service(region: Region, service: ServiceState, event_type: str, event_name: str) -> None:
    """Emit an ECS Service Action, such as SERVICE_STEADY_STATE."""
    detail: Event = {
        "eventType": event_type,
        "eventName": event_name,
        "clusterArn": service.cluster.arn,
        "createdAt": timestamp(region.now),
    }
    _emit(region, "ECS Service Action", service.arn, detail)


def tell_task(region: Region, task: TaskState) -> None:
    """Emit an ECS Task State Change; the task's version tells a newer one from an older."""
    if region.heard is not None and task.status not in region.heard:
        return
    detail = _as_json({**task_view(task), "updatedAt": task.updated_at})
    _emit(region, "ECS Task State Change", task.arn, detail)


def timestamp(moment: datetime) -> str:
    """Return a moment as in an event's detail: UTC with milliseconds."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _emit(region: Region, detail_type: str, resource: str, detail: Event) -> None:
    event: Event = {
        "version": "0",
        "id": region.ids.uuid(),
        "detail-type": detail_type,
        "source": "aws.ecs",
        "account": region.home.account,
        "time": f"{region.now:%Y-%m-%dT%H:%M:%SZ}",
        "region": region.home.region,
        "resources": [resource],
        "detail": detail,
    }
    region.emit(event)


def _as_json(document: Mapping[str, object]) -> Event:
    return {name: _plain(value) for name, value in document.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, Mapping):
        return _as_json(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
