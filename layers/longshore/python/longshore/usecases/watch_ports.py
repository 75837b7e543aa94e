"""What watching executions of pipelines, and builds that pushes start, needs of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from longshore.domain.builds import AnyLook, SeenBuild
from longshore.domain.executions import (
    Builds,
    ExecutionSnapshot,
    PipelineRecord,
    SeenExecution,
    Timeline,
)
from longshore.domain.origins import BuiltImage
from longshore.domain.outcomes import Announcement
from longshore.domain.pipelines import ExecutionRef, PipelineFollower, PipelineRef
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import PushLink
from longshore.usecases.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineChanges:
    """What becomes of an execution: everything here is written, or nothing is.

    Timeline and pipeline are written over the versions that they were read with. What is known of
    an image already stays.
    """

    timeline: Timeline
    pipeline: PipelineRecord | None = None
    announcements: tuple[Announcement, ...] = ()
    images: tuple[BuiltImage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildChanges:
    """What becomes of a build that a push started: everything here is written, or nothing is.

    What is known of an image already stays.
    """

    ended_at: datetime
    image: BuiltImage | None = None
    announcements: tuple[Announcement, ...] = ()


class PushedBuildStore(Protocol):
    """Builds that pushes started, in the ledger."""

    def push_of(self, build: str) -> PushLink | None:
        """Return the push that started a build, read consistently; None where none did."""
        ...

    def commit(self, changes: BuildChanges) -> bool:
        """Write what becomes of a build; return False where it was written and told before."""
        ...


class TimelineStore(Protocol):
    """The timelines in the ledger."""

    def read(self, execution: ExecutionRef) -> ExecutionSnapshot:
        """Return what is known of an execution and its pipeline, read consistently."""
        ...

    def commit(self, changes: TimelineChanges) -> None:
        """Write what becomes of an execution; raise Conflict when it moved since it was read."""
        ...

    def silence(self, execution: ExecutionRef) -> None:
        """Take an execution off the index of timers: nobody asks for it any more."""
        ...


class PipelineDirectory(Protocol):
    """The lookups from a pipeline, or a project, to those whom it serves."""

    def served_by(self, pipeline: PipelineRef) -> Sequence[PipelineFollower]:
        """Return the applications that a pipeline serves, and the limits that they set."""
        ...

    def started_for_pushes(self, project: str) -> Sequence[ProjectId]:
        """Return a build project as each application has it that starts it for pushes."""
        ...


class Pipelines(Protocol):
    """AWS CodePipeline."""

    def execution(self, execution: ExecutionRef) -> SeenExecution | None:
        """Return what is shown of an execution, None where there is none (any more)."""
        ...

    def execution_of_build(self, pipeline: PipelineRef, build: str) -> ExecutionRef | None:
        """Return the recent execution that started a build, None where none is shown."""
        ...


class BuildEngine(Protocol):
    """AWS CodeBuild."""

    def outcomes(self, builds: Sequence[str]) -> Builds:
        """Return what is said of each build; of one that is forgotten, nothing."""
        ...

    def build(self, build: str) -> SeenBuild | None:
        """Return a build as it is shown, None where there is none (any more)."""
        ...


class LookAgain(Protocol):
    """The way to the next look at an execution or a build."""

    def send(self, looks: Sequence[AnyLook], *, delay: timedelta = timedelta()) -> None:
        """Look again, after a delay of at most 15 minutes."""
        ...


@dataclass(frozen=True, slots=True)
class WatchPorts:
    """What watching an execution, or a build, needs."""

    directory: PipelineDirectory
    pipelines: Pipelines
    builds: BuildEngine
    timelines: TimelineStore
    pushed: PushedBuildStore
    looks: LookAgain
    clock: Clock
