"""Builds of CodeBuild that no pipeline started: what is shown of one, and the look at it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from longshore.domain.executions import BuildOutcome, Look


class BuildState(StrEnum):
    """What CodeBuild calls the state of a build."""

    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    FAULT = "FAULT"
    TIMED_OUT = "TIMED_OUT"
    STOPPED = "STOPPED"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBuild:
    """What CodeBuild shows of a build; `id` is `project:id`."""

    id: str
    state: BuildState
    outcome: BuildOutcome
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def project(self) -> str:
        """The project that it is of."""
        return self.id.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildLook:
    """Look at a build that ended and that no pipeline started.

    As in `Look`, `attempt` counts the looks in vain for what was not shown, `busy` the tries in a
    row that AWS did not answer.
    """

    build: str
    events: tuple[str, ...] = ()
    attempt: int = 0
    busy: int = 0

    @property
    def project(self) -> str:
        """The project that the build is of."""
        return self.build.partition(":")[0]

    @property
    def group(self) -> str:
        """The message group: what is about one build is looked at by one at a time."""
        return self.build.rpartition(":")[2]


AnyLook = Look | BuildLook
"""What the queue of executions carries."""
