"""The world's memory and its ports: all that CodePipeline holds in one account and region."""

from dataclasses import dataclass, field
from datetime import datetime

from longshore.domain.places import Home
from longshore_local.codepipeline import errors
from longshore_local.codepipeline.pace import Pace
from longshore_local.codepipeline.ports import Outside
from longshore_local.codepipeline.state import ExecutionState, JobState, PipelineState
from longshore_local.worlds.agenda import Agenda, Timed
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.surroundings import Emit


@dataclass(slots=True)
class Account(Timed):
    """Pipelines and jobs, and the time up to which everything has happened."""

    home: Home
    outside: Outside
    emit: Emit
    pace: Pace
    ids: Ids
    now: datetime
    agenda: Agenda = field(default_factory=Agenda)
    pipelines: dict[str, PipelineState] = field(default_factory=dict)
    jobs: dict[str, JobState] = field(default_factory=dict)

    def arn(self, path: str) -> str:
        """Return the ARN of a pipeline, `name`, or of a part of it, `name/stage/action`."""
        home = self.home
        return f"arn:{home.partition}:codepipeline:{home.region}:{home.account}:{path}"

    def pipeline(self, name: str | None) -> PipelineState:
        """Return a pipeline; raise PipelineNotFoundException without it."""
        found = self.pipelines.get(name or "")
        if found is None:
            raise errors.pipeline_not_found(name or "")
        return found

    def execution(self, pipeline: PipelineState, execution: str | None) -> ExecutionState:
        """Return an execution; raise PipelineExecutionNotFoundException without it."""
        for found in pipeline.executions:
            if found.id == execution:
                return found
        raise errors.execution_not_found(pipeline.name, execution or "")

    def job(self, job: str | None) -> JobState:
        """Return a job; raise JobNotFoundException without it."""
        found = self.jobs.get(job or "")
        if found is None:
            raise errors.job_not_found(job or "")
        return found
