"""One call to AWS, as the gate sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_UNREPEATABLE = frozenset({("ecs", "RegisterTaskDefinition"), ("ecs", "UpdateService")})


@dataclass(frozen=True, slots=True)
class AwsCall:
    """A request before it is sent: botocore's service name, AWS's operation name, the input.

    The input may hold environment values of containers: it is for counting and for choosing
    faults, never for a log, and its text leaves it out.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any] = field(repr=False)
    region: str = ""

    @property
    def action(self) -> str:
        """The call as IAM actions are written: `ecs:UpdateService`."""
        return f"{self.service}:{self.operation}"

    @property
    def repeatable(self) -> bool:
        """Whether doing it twice is the same as doing it once.

        RegisterTaskDefinition and UpdateService take neither an idempotency token nor a version
        to compare with (ECS API reference), so a second one has a second effect.
        """
        return (self.service, self.operation) not in _UNREPEATABLE
