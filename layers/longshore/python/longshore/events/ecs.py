"""Events of Amazon ECS.

Deployment and service events name their service only by the ARN in `resources`, of which the old
format has no cluster; task events are the task as DescribeTasks shows it.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
"""

import re
from collections.abc import Callable, Mapping
from typing import TypedDict

from longshore.domain.facts import (
    ECS_NAME,
    EcsDeploymentChanged,
    Fact,
    ServiceActed,
    ServiceMention,
    TaskMoved,
    TaskStopped,
)
from longshore.domain.failures import StoppedContainer, StoppedTask
from longshore.domain.observations import RolloutState
from longshore.domain.places import Home
from longshore.events.arns import Arn, first_arn, parse_arn
from longshore.events.documents import Fields, shown
from longshore.events.envelope import home_of

_DEPLOYMENT_NEWS = "SERVICE_DEPLOYMENT_"
_DEPLOYMENT_ID = re.compile(r"[A-Za-z0-9/_-]{1,128}")
_STATES: Mapping[str, RolloutState] = {
    f"{_DEPLOYMENT_NEWS}{state}": state for state in RolloutState
}


class _Task(TypedDict):
    """The parts of a fact that are the same for every event about a task."""

    event_id: str | None
    time: str | None
    home: Home
    cluster: str
    started_by: str | None
    group: str | None


def read_ecs_event(event: Fields, detail_type: str) -> Fact | None:
    """Read an event of ECS, None for a type or name that is not read; raise ValueError."""
    reader = _READERS.get(detail_type)
    return reader(event, event.fields("detail")) if reader else None


def _deployment(event: Fields, detail: Fields) -> Fact | None:
    state = _STATES.get(detail.text("eventName"))
    if state is None:
        return None
    return EcsDeploymentChanged(
        event_id=event.loose_text("id"),
        time=event.loose_text("time"),
        service=_service(event, detail),
        ecs_deployment_id=detail.text("deploymentId", _DEPLOYMENT_ID),
        state=state,
        reason=detail.optional_text("reason"),
    )


def _service_action(event: Fields, detail: Fields) -> Fact | None:
    return ServiceActed(
        event_id=event.loose_text("id"),
        time=event.loose_text("time"),
        service=_service(event, detail),
        action=detail.text("eventName"),
        reason=detail.optional_text("reason"),
    )


def _task(event: Fields, detail: Fields) -> Fact | None:
    arn = _task_arn(event, detail)
    cluster, _ = _names(arn, "task")
    task = _Task(
        event_id=event.loose_text("id"),
        time=event.loose_text("time"),
        home=home_of(event, arn),
        cluster=cluster or _cluster_of(detail) or detail.text("clusterArn"),
        started_by=detail.optional_text("startedBy"),
        group=detail.optional_text("group"),
    )
    status = detail.text("lastStatus")
    if status != "STOPPED":
        return TaskMoved(**task, task=str(arn), status=status)
    stopped = _stopped(detail, str(arn))
    return TaskStopped(**task, task=stopped, version=detail.optional_whole("version"))


def _task_arn(event: Fields, detail: Fields) -> Arn:
    text = detail.optional_text("taskArn")
    arn = parse_arn(text) if text else first_arn(event.values.get("resources"), "ecs", "task")
    if arn is None or arn.service != "ecs":
        raise ValueError("neither detail.taskArn nor resources has the ARN of a task")
    return arn


def _stopped(detail: Fields, task: str) -> StoppedTask:
    """Read why a task stopped, and no more: the overrides of a task carry secrets in plain text."""
    return StoppedTask(
        task=task,
        stop_code=detail.optional_text("stopCode"),
        stopped_reason=detail.optional_text("stoppedReason"),
        containers=tuple(
            StoppedContainer(
                name=container.text("name"),
                exit_code=container.optional_whole("exitCode"),
                reason=container.optional_text("reason"),
            )
            for container in detail.each("containers")
        ),
    )


def _service(event: Fields, detail: Fields) -> ServiceMention:
    arn = first_arn(event.values.get("resources"), "ecs", "service")
    if arn is None:
        raise ValueError("resources has no ARN of an ECS service")
    cluster, name = _names(arn, "service")
    return ServiceMention(home_of(event, arn), name, cluster or _cluster_of(detail))


def _names(arn: Arn, kind: str) -> tuple[str | None, str]:
    """Return cluster and name of a service or task; ARNs in the old format have no cluster."""
    match arn.names(kind):
        case (cluster, name) if ECS_NAME.fullmatch(cluster) and ECS_NAME.fullmatch(name):
            return cluster, name
        case (name,) if ECS_NAME.fullmatch(name):
            return None, name
        case _:
            raise ValueError(f"{shown(arn.resource)} is the name of no ECS {kind}")


def _cluster_of(detail: Fields) -> str | None:
    text = detail.optional_text("clusterArn")
    if text is None:
        return None
    match arn.names("cluster") if (arn := parse_arn(text)) else ():
        case (name,) if ECS_NAME.fullmatch(name):
            return name
        case _:
            raise ValueError(f"detail.clusterArn is {shown(text)}, which names no cluster")


_READERS: Mapping[str, Callable[[Fields, Fields], Fact | None]] = {
    "ECS Deployment State Change": _deployment,
    "ECS Service Action": _service_action,
    "ECS Task State Change": _task,
}
