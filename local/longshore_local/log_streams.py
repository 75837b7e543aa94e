"""What the awslogs driver does: brings what containers write to CloudWatch Logs.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html

It is kinder than ECS: a task whose log group does not exist runs all the same, and what it writes
is lost. `awslogs-create-group` is obeyed; multi-line patterns and other regions are not.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from longshore_local.cloud.clients import Cloud

if TYPE_CHECKING:
    from mypy_boto3_logs.type_defs import InputLogEventTypeDef


@dataclass(frozen=True, slots=True)
class LogDestination:
    """Where a container definition sends what its containers write."""

    container: str
    group: str
    prefix: str
    creates_group: bool = False

    def stream(self, task: str) -> str:
        """Return the stream of this container in a task, which is named by its ARN."""
        return f"{self.prefix}/{self.container}/{task.rpartition('/')[2]}"


def log_destination(container: Mapping[str, object]) -> LogDestination | None:
    """Read a container definition; None unless it has the awslogs driver, a group and a prefix."""
    configuration = container.get("logConfiguration")
    settings = configuration if isinstance(configuration, Mapping) else {}
    options = settings.get("options") or {}
    group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
    if settings.get("logDriver") != "awslogs" or not (group and prefix):
        return None
    creates = options.get("awslogs-create-group") == "true"
    return LogDestination(str(container["name"]), group, prefix, creates)


@dataclass(slots=True)
class LogStreams:
    """Writes to the log streams of tasks; a stream begins with its container."""

    cloud: Cloud
    _begun: set[tuple[str, str]] = field(default_factory=set)

    def write(self, destination: LogDestination, task: str, lines: Sequence[str]) -> None:
        """Add lines to the stream of a container of a task, empty ones left out as there."""
        logs = self.cloud.logs
        group, stream = destination.group, destination.stream(task)
        now = int(time.time() * 1000)
        events: list[InputLogEventTypeDef] = [
            {"timestamp": now, "message": line} for line in lines if line
        ]
        with suppress(logs.exceptions.ResourceNotFoundException):
            self._begin(destination, stream)
            if events:
                logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)

    def _begin(self, destination: LogDestination, stream: str) -> None:
        if (destination.group, stream) in self._begun:
            return
        logs = self.cloud.logs
        if destination.creates_group:
            with suppress(logs.exceptions.ResourceAlreadyExistsException):
                logs.create_log_group(logGroupName=destination.group)
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_stream(logGroupName=destination.group, logStreamName=stream)
        self._begun.add((destination.group, stream))
