"""Executions: read, listed, stopped and retried."""

from collections.abc import Mapping

from longshore_local.codepipeline import errors, state
from longshore_local.codepipeline.engine import Engine, Operation
from longshore_local.codepipeline.pages import page
from longshore_local.codepipeline.starting import start_pipeline_execution
from longshore_local.codepipeline.state import ExecutionState, PipelineState
from longshore_local.codepipeline.views import execution_summary, execution_view, run_view
from longshore_local.worlds.params import Output, Params, flag, table, text

RETRYABLE = frozenset({state.FAILED, state.STOPPED})


def get_pipeline_execution(engine: Engine, params: Params) -> Output:
    """Describe an execution with the revisions of its artifacts."""
    _, execution = _named(engine, params)
    return {"pipelineExecution": execution_view(execution)}


def list_pipeline_executions(engine: Engine, params: Params) -> Output:
    """List the executions of a pipeline, newest first."""
    pipeline = engine.account.pipeline(text(params, "pipelineName"))
    stage = text(table(table(params, "filter"), "succeededInStage"), "stageName")
    found = [
        execution
        for execution in reversed(pipeline.executions)
        if stage is None or _succeeded_in(execution, stage)
    ]
    executions, following = page(params, found)
    return {
        "pipelineExecutionSummaries": [execution_summary(one) for one in executions],
        **following,
    }


def list_action_executions(engine: Engine, params: Params) -> Output:
    """List what actions did, newest first; of one execution where the filter names it."""
    pipeline = engine.account.pipeline(text(params, "pipelineName"))
    given = table(params, "filter")
    wanted = text(given, "pipelineExecutionId") or text(
        table(given, "latestInPipelineExecution"), "pipelineExecutionId"
    )
    among = [engine.account.execution(pipeline, wanted)] if wanted else pipeline.executions
    found = sorted(
        (run for execution in among for run in execution.history),
        key=lambda run: run.started_at,
        reverse=True,
    )
    runs, following = page(params, found)
    return {"actionExecutionDetails": [run_view(engine.account, run) for run in runs], **following}


def stop_pipeline_execution(engine: Engine, params: Params) -> Output:
    """Stop an execution, waiting for what runs or abandoning it."""
    _, execution = _named(engine, params)
    if execution.ended:
        raise errors.not_stoppable(execution.id, execution.status)
    abandon = flag(params, "abandon")
    if execution.status == state.STOPPING and not abandon:
        raise errors.stopping_already(execution.id)
    engine.progress.stop(execution, text(params, "reason"), abandon=abandon)
    return {"pipelineExecutionId": execution.id}


def retry_stage_execution(engine: Engine, params: Params) -> Output:
    """Run the failed actions of a stage again, or all of them."""
    pipeline, execution = _named(engine, params)
    name = text(params, "stageName") or ""
    if execution.declaration.stage(name) is None:
        raise errors.stage_not_found(pipeline.name, name)
    run = execution.stages.get(name)
    if run is None or run.status not in RETRYABLE:
        status = run.status if run else "it was never begun"
        raise errors.not_retryable(name, execution.id, f"its status is {status}")
    if pipeline.stage(name).latest is not execution:
        raise errors.not_latest(name, execution.id)
    engine.progress.retry(execution, failed_only=text(params, "retryMode") == "FAILED_ACTIONS")
    return {"pipelineExecutionId": execution.id}


def _named(engine: Engine, params: Params) -> tuple[PipelineState, ExecutionState]:
    pipeline = engine.account.pipeline(text(params, "pipelineName"))
    return pipeline, engine.account.execution(pipeline, text(params, "pipelineExecutionId"))


def _succeeded_in(execution: ExecutionState, stage: str) -> bool:
    run = execution.stages.get(stage)
    return run is not None and run.status == state.SUCCEEDED


OPERATIONS: Mapping[str, Operation] = {
    "StartPipelineExecution": start_pipeline_execution,
    "GetPipelineExecution": get_pipeline_execution,
    "ListPipelineExecutions": list_pipeline_executions,
    "ListActionExecutions": list_action_executions,
    "StopPipelineExecution": stop_pipeline_execution,
    "RetryStageExecution": retry_stage_execution,
}
