"""What CodeBuild remembers: projects, and builds with their phases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from longshore_local.codebuild.conduct import FINE, Context
from longshore_local.worlds.params import table, text

IN_PROGRESS, SUCCEEDED, FAILED = "IN_PROGRESS", "SUCCEEDED", "FAILED"
STOPPED, TIMED_OUT = "STOPPED", "TIMED_OUT"


@dataclass(slots=True)
class ProjectState:
    """A project; `settings` is what was given for it, defaults filled in."""

    name: str
    arn: str
    settings: dict[str, object]
    created_at: datetime
    modified_at: datetime
    builds: list["BuildState"] = field(default_factory=list)


@dataclass(slots=True)
class PhaseState:
    """A phase of a build; COMPLETED has no end."""

    type: str
    started_at: datetime
    status: str | None = None
    ended_at: datetime | None = None
    context: Context = FINE

    @property
    def seconds(self) -> int:
        """How long it took, in whole seconds."""
        return int((self.ended_at - self.started_at).total_seconds()) if self.ended_at else 0


@dataclass(slots=True, kw_only=True)
class BuildState:
    """A build. `settings` are the project's with the overrides of the start.

    `revision` is what the source was resolved to; `request` is what it was started with, for a
    retry.
    """

    id: str
    arn: str
    number: int
    project: ProjectState
    settings: Mapping[str, object]
    environment: tuple[Mapping[str, str], ...]
    source_version: str
    revision: str
    initiator: str
    log_stream: str
    started_at: datetime
    request: Mapping[str, object]
    status: str = IN_PROGRESS
    ended_at: datetime | None = None
    phases: list[PhaseState] = field(default_factory=list)
    exported: Mapping[str, str] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether it has ended."""
        return self.status != IN_PROGRESS

    @property
    def phase(self) -> PhaseState:
        """The newest phase."""
        return self.phases[-1]

    @property
    def log_group(self) -> str:
        """The group that its log is in, one of the project's own where it names one."""
        logs = table(table(self.settings, "logsConfig"), "cloudWatchLogs")
        return text(logs, "groupName") or f"/aws/codebuild/{self.project.name}"

    @property
    def failure(self) -> PhaseState | None:
        """The first phase that did not succeed."""
        return next((phase for phase in self.phases if phase.status not in {None, SUCCEEDED}), None)
