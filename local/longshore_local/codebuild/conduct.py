"""How a build goes, told by whoever builds the world; and what a real runner is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

Context = tuple[str, str]
"""A status code and a message; both are empty where there is nothing to tell."""

FINE: Context = ("", "")
PHASES = ("DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS")
"""The phases between provisioning and the end."""


@dataclass(frozen=True, slots=True)
class Succeeds:
    """Every phase succeeds."""

    exported: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fails:
    """A command of a phase ends with an exit status that is not 0."""

    phase: str = "BUILD"
    command: str = "make test"
    exit_status: int = 1


@dataclass(frozen=True, slots=True)
class Hangs:
    """The build phase never ends, until the build's time is up."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Somebody runs it, and tells the world of each phase."""


Conduct = Succeeds | Fails | Hangs | Elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOrder:
    """What whoever runs a build is given.

    `source` and `artifacts` are as in the project, overrides applied; `environment` holds the
    project's variables and those of the start, without CodeBuild's own.
    """

    id: str
    arn: str
    number: int
    project: str
    source: Mapping[str, object]
    source_version: str
    revision: str
    artifacts: Mapping[str, object]
    environment: Mapping[str, str]
    image: str
    role: str
    initiator: str
    log_group: str
    log_stream: str
    started_at: datetime


Runner = Callable[[BuildOrder], Conduct]
"""Told of each build whose environment is ready; says how it goes, or that it goes elsewhere."""


def command_failed(command: str, exit_status: int) -> Context:
    """Return the context of a phase whose command failed, in CodeBuild's words."""
    return (
        "COMMAND_EXECUTION_ERROR",
        f"Error while executing command: {command}. Reason: exit status {exit_status}",
    )


def always_succeeds(_order: BuildOrder) -> Conduct:
    """Let every build succeed."""
    return Succeeds()
