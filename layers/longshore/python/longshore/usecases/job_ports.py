"""What answering a pipeline's deploy action needs of the world."""

from dataclasses import dataclass
from typing import Protocol

from longshore.domain.deployments import DeploymentRecord
from longshore.domain.jobs import Answer, Artifact, JobCredentials
from longshore.domain.origins import Origin
from longshore.domain.outcomes import EventOutcome
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot
from longshore.usecases.control_ports import ControlPorts
from longshore.usecases.ports import Registry


class Pipelines(Protocol):
    """CodePipeline, as far as a job goes."""

    def origin_of(self, job: str) -> Origin | None:
        """Return the execution that a job belongs to, None where CodePipeline has no such job.

        What the identity of this function may not read is left out.
        """
        ...

    def answer(self, job: str, answer: Answer) -> bool:
        """Answer a job; return False where it was answered before, or is not there any more."""
        ...


class Artifacts(Protocol):
    """The artifacts that a job brings."""

    def read(
        self, artifact: Artifact, credentials: JobCredentials | None, files: tuple[str, ...]
    ) -> tuple[str, bytes] | None:
        """Return the first of some files that an artifact holds, None where it holds none.

        Raises JobError where it is no zip file, or too large.
        """
        ...


class JobLedger(Protocol):
    """What the ledger knows of a job's wish; every read is consistent."""

    def is_waiting(self, stage: StageId, wish: str) -> bool:
        """Whether no reconcile has heard the wish yet."""
        ...

    def outcome(self, stage: StageId, wish: str) -> EventOutcome | None:
        """Return what came of a wish, None as long as nothing did."""
        ...

    def deployment(self, stage: StageId, number: int) -> DeploymentRecord | None:
        """Return a deployment by its number."""
        ...

    def read_stage(self, stage: StageId) -> StageSnapshot | None:
        """Return the stage as it is; None when no configuration has it."""
        ...


@dataclass(frozen=True, slots=True)
class JobPorts:
    """What the deploy action needs: CodePipeline, the artifacts, and the way that wishes take."""

    pipelines: Pipelines
    artifacts: Artifacts
    registry: Registry
    ledger: JobLedger
    control: ControlPorts
