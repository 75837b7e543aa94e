"""Weak ways of answering a pipeline's deploy action."""

from dataclasses import replace
from datetime import datetime
from itertools import count

from longshore.aws.pipeline_jobs import CodePipelineJobs
from longshore.decide.job_verdict import succeeded
from longshore.decide.word import decide_deploy
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.jobs import Answer, Fail, Job, Progress
from longshore.events.jobs import encode_progress as _encode_progress
from longshore.usecases.begin_job import first_progress as _first_progress
from tests.simulation.mutants.mutant import Mutant, replacing

_numbers = count(1)
_answer = CodePipelineJobs.answer


def _another_wish(job: Job, now: datetime) -> Progress:
    return replace(_first_progress(job, now), wish=f"job-{next(_numbers):08d}")


def _at_once(deployment: DeploymentRecord, _: Progress, now: datetime, __: int) -> Answer:
    return succeeded(deployment.release, deployment, now)


def _only_good_news(self: CodePipelineJobs, job: str, answer: Answer) -> bool:
    return isinstance(answer, Fail) or _answer(self, job, answer)


def _forgetful(progress: Progress) -> str:
    return _encode_progress(replace(progress, asked=False, wish=f"job-{next(_numbers):08d}"))


MUTANTS = (
    Mutant(
        "no-job-memory",
        "a job that is told twice wishes twice",
        replacing("longshore.usecases.run_job.first_progress", _another_wish),
    ),
    Mutant(
        "success-without-verdict",
        "a pipeline is told of success as soon as its deployment has begun",
        replacing("longshore.usecases.follow_job.of_deployment", _at_once),
    ),
    Mutant(
        "older-job-overtakes",
        "a pipeline's word is taken for a person's: it passes what keeps a release back",
        replacing("longshore.usecases.bring_wanted.decide_pipeline", decide_deploy),
    ),
    Mutant(
        "failures-are-not-told",
        "a pipeline is told good news only, and stands until CodePipeline ends it",
        replacing("longshore.aws.pipeline_jobs.CodePipelineJobs.answer", _only_good_news),
    ),
    Mutant(
        "a-token-without-the-wish",
        "each time that CodePipeline asks again, the stage is asked again",
        replacing("longshore.aws.pipeline_jobs.encode_progress", _forgetful),
    ),
)
