"""Hands work to functions: a job, its event, and what becomes of one that nobody answers.

https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
"""

from collections.abc import Mapping

from longshore_local.codepipeline.ports import ArtifactCredentials, Location
from longshore_local.codepipeline.runs import Runs
from longshore_local.codepipeline.state import ActionRun, JobState
from longshore_local.worlds.surroundings import Event


def give_out(runs: Runs, run: ActionRun, token: str | None) -> None:
    """Invoke an action's function with a new job; it fails when nobody answers in time."""
    account = runs.account
    job = JobState(account.ids.uuid(), run, token)
    account.jobs[job.id] = job
    account.later(account.pace.job_timeout, runs.guarded(run, lambda: _expire(runs, job)))
    event: Event = {
        "CodePipeline.job": {
            "id": job.id,
            "accountId": account.home.account,
            "data": job_data(runs, job),
        }
    }
    role = run.execution.declaration.role
    account.outside.functions.invoke(role, run.configuration["FunctionName"], event)


def unanswered(runs: Runs, run: ActionRun) -> None:
    """Fail an action whose function did not answer."""
    name = run.configuration["FunctionName"]
    runs.fail(
        run,
        "JobFailed",
        f"The AWS Lambda function {name} failed to return a result. Check the function to verify "
        "that it has permission to call the PutJobSuccessResult action and that it made a call to "
        "PutJobSuccessResult.",
    )


def _expire(runs: Runs, job: JobState) -> None:
    if job.open:
        unanswered(runs, job.run)


def job_data(runs: Runs, job: JobState) -> Event:
    """Return what a job's event and GetJobDetails have in common."""
    run = job.run
    execution, configuration = run.execution, run.configuration
    data: Event = {
        "actionConfiguration": {"configuration": dict(configuration)},
        "inputArtifacts": [
            _artifact(name, execution.artifacts[name].location) for name in run.action.inputs
        ],
        "outputArtifacts": [_artifact(name, location) for name, location in run.outputs.items()],
        "artifactCredentials": _credentials(
            runs.account.outside.artifacts.credentials(execution.declaration.role)
        ),
    }
    if job.continuation_token:
        data["continuationToken"] = job.continuation_token
    if execution.declaration.encryption_key:
        data["encryptionKey"] = dict(execution.declaration.encryption_key)
    return data


def _artifact(name: str, location: Location) -> Mapping[str, object]:
    place = {"bucketName": location.bucket, "objectKey": location.key}
    return {"name": name, "revision": None, "location": {"type": "S3", "s3Location": place}}


def _credentials(given: ArtifactCredentials) -> Mapping[str, str]:
    return {
        "accessKeyId": given.access_key_id,
        "secretAccessKey": given.secret_access_key,
        "sessionToken": given.session_token,
    }
