"""What functions ask and answer about their jobs, and what people decide about approvals."""

from collections.abc import Mapping

from longshore_local.codepipeline import errors
from longshore_local.codepipeline.engine import Engine, Operation
from longshore_local.codepipeline.handover import give_out, job_data
from longshore_local.codepipeline.state import ActionRun, JobState, PipelineState
from longshore_local.worlds.params import Output, Params, table, text, whole

MOST_VARIABLES = 122880
"""Bytes of an action's output variables."""


def get_job_details(engine: Engine, params: Params) -> Output:
    """Describe a job with the place in the pipeline that its event does not name."""
    job = engine.account.job(text(params, "jobId"))
    run, pipeline = job.run, job.run.execution.pipeline
    context = {
        "pipelineName": pipeline.name,
        "stage": {"name": run.action.stage},
        "action": {"name": run.action.name, "actionExecutionId": run.id},
        "pipelineArn": pipeline.arn,
        "pipelineExecutionId": run.execution.id,
    }
    data = {
        **job_data(engine.runs, job),
        "actionTypeId": dict(run.action.type_id),
        "pipelineContext": context,
    }
    return {
        "jobDetails": {"id": job.id, "data": data, "accountId": engine.account.home.account},
    }


def put_job_success_result(engine: Engine, params: Params) -> Output:
    """Take a success, or with a continuation token the word that there is more to do."""
    job = engine.account.job(text(params, "jobId"))
    token, variables = text(params, "continuationToken"), table(params, "outputVariables")
    if token and variables:
        raise errors.invalid("Output variables cannot be given with a continuation token")
    if sum(len(f"{key}{value}".encode()) for key, value in variables.items()) > MOST_VARIABLES:
        raise errors.variables_too_large()
    _answer(job)
    _note(job.run, table(params, "executionDetails"), engine)
    if token:
        engine.account.later(
            engine.account.pace.continuing,
            engine.runs.guarded(job.run, lambda: give_out(engine.runs, job.run, token)),
        )
    else:
        engine.runs.succeed(job.run, {key: str(value) for key, value in variables.items()})
    return {}


def put_job_failure_result(engine: Engine, params: Params) -> Output:
    """Take a failure."""
    job = engine.account.job(text(params, "jobId"))
    _answer(job)
    details = table(params, "failureDetails")
    job.run.external_id = text(details, "externalExecutionId") or job.run.external_id
    job.run.summary = None
    engine.runs.fail(job.run, text(details, "type") or "", text(details, "message") or "")
    return {}


def _answer(job: JobState) -> None:
    if not job.open:
        raise errors.job_over(job.id)
    job.answered = True


def _note(run: ActionRun, details: Params, engine: Engine) -> None:
    run.summary = text(details, "summary") or run.summary
    run.external_id = text(details, "externalExecutionId") or run.external_id
    percent = whole(details, "percentComplete")
    run.percent = percent if percent is not None else run.percent
    run.updated_at = run.execution.updated_at = engine.account.now


def put_approval_result(engine: Engine, params: Params) -> Output:
    """Take the decision about the approval whose token is given."""
    pipeline = engine.account.pipeline(text(params, "pipelineName"))
    name, action = text(params, "stageName") or "", text(params, "actionName") or ""
    stage = pipeline.declaration.stage(name)
    if stage is None:
        raise errors.stage_not_found(pipeline.name, name)
    if action not in {one.name for one in stage.actions}:
        raise errors.action_not_found(name, action)
    run = _approval(pipeline, name, action, text(params, "token") or "")
    result = table(params, "result")
    run.summary = text(result, "summary")
    if text(result, "status") == "Approved":
        engine.runs.succeed(run, {})
    else:
        engine.runs.fail(run, "JobFailed", f"Rejected: {run.summary}")
    return {"approvedAt": engine.account.now}


def _approval(pipeline: PipelineState, stage: str, action: str, token: str) -> ActionRun:
    for execution in pipeline.executions:
        for run in execution.history:
            if (run.action.stage, run.action.name, run.token) == (stage, action, token):
                if not run.runs:
                    raise errors.approved_already()
                return run
    raise errors.wrong_approval_token()


OPERATIONS: Mapping[str, Operation] = {
    "GetJobDetails": get_job_details,
    "PutJobSuccessResult": put_job_success_result,
    "PutJobFailureResult": put_job_failure_result,
    "PutApprovalResult": put_approval_result,
}
