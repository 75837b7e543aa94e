"""What watching executions of pipelines needs of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from longshore.domain.executions import (
    Builds,
    ExecutionSnapshot,
    Look,
    PipelineRecord,
    SeenExecution,
    Timeline,
)
from longshore.domain.origins import BuiltImage
from longshore.domain.outcomes import Announcement
from longshore.domain.pipelines import ExecutionRef, PipelineFollower, PipelineRef
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
    """The lookup from a pipeline to those whom it serves."""

    def served_by(self, pipeline: PipelineRef) -> Sequence[PipelineFollower]:
        """Return the applications that a pipeline serves, and the limits that they set."""
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


class LookAgain(Protocol):
    """The way to the next look at an execution."""

    def send(self, looks: Sequence[Look], *, delay: timedelta = timedelta()) -> None:
        """Look again, after a delay of at most 15 minutes."""
        ...


@dataclass(frozen=True, slots=True)
class WatchPorts:
    """What watching an execution needs."""

    directory: PipelineDirectory
    pipelines: Pipelines
    builds: BuildEngine
    timelines: TimelineStore
    looks: LookAgain
    clock: Clock
