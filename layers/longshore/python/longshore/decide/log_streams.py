"""Which log stream a container of a task writes to, as far as its task definition tells."""

from collections.abc import Mapping
from dataclasses import dataclass

from longshore.decide.rendering import container_named
from longshore.domain.observations import TaskDefinition

_DRIVER = "awslogs"


@dataclass(frozen=True, slots=True)
class LogStream:
    """A stream of CloudWatch Logs."""

    region: str
    group: str
    name: str


@dataclass(frozen=True, slots=True)
class NoLogStream:
    """Nothing that could be read from here, and why."""

    reason: str


def log_stream(
    definition: TaskDefinition, container: str, task: str, region: str
) -> LogStream | NoLogStream:
    """Return the stream of a container of a task, which is named by its ARN or id.

    `region` is the task's own, which is where logs go that name none. The stream is
    `prefix/container/task-id` (ECS developer guide, "Send Amazon ECS logs to CloudWatch"); where
    there is no prefix, it has the name that the container runtime gave the container.
    """
    described = container_named(definition, container)
    if described is None:
        return NoLogStream(f"the task definition has no container {container!r}")
    settings = _object(described, "logConfiguration")
    driver, options = settings.get("logDriver"), _object(settings, "options")
    if driver != _DRIVER:
        return NoLogStream(f"container {container!r} {_elsewhere(driver)}")
    group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
    if not _is_text(group):
        return NoLogStream(f"the log group of container {container!r} is not in its options")
    if not _is_text(prefix):
        return NoLogStream(f"container {container!r} has no awslogs-stream-prefix")
    where = options.get("awslogs-region")
    task_id = task.rpartition("/")[2]
    return LogStream(
        region=str(where) if _is_text(where) else region,
        group=str(group),
        name=f"{prefix}/{container}/{task_id}",
    )


def _elsewhere(driver: object) -> str:
    if not _is_text(driver):
        return "has no log driver"
    return f"logs through {driver}, not through {_DRIVER}"


def _object(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
