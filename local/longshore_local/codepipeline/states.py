"""GetPipelineState: what is in each stage now, and what its actions did last."""

from collections.abc import Mapping

from longshore_local.codepipeline.declarations import ActionDeclaration, StageDeclaration
from longshore_local.codepipeline.engine import Engine, Operation
from longshore_local.codepipeline.state import ActionRun, ExecutionState, PipelineState
from longshore_local.codepipeline.views import error_details
from longshore_local.worlds.params import Output, Params, text


def get_pipeline_state(engine: Engine, params: Params) -> Output:
    """Describe every stage of the version in force."""
    pipeline = engine.account.pipeline(text(params, "name"))
    return {
        "pipelineName": pipeline.name,
        "pipelineVersion": pipeline.declaration.version,
        "stageStates": [_stage(pipeline, stage) for stage in pipeline.declaration.stages],
        "created": pipeline.created_at,
        "updated": pipeline.updated_at,
    }


def _stage(pipeline: PipelineState, declared: StageDeclaration) -> Output:
    stage = pipeline.stage(declared.name)
    inbound = [_inbound(execution) for execution in stage.waiting]
    return {
        "stageName": declared.name,
        "inboundExecution": inbound[-1] if inbound else None,
        "inboundExecutions": inbound,
        "inboundTransitionState": {"enabled": True},
        "actionStates": [_action(pipeline, action) for action in declared.actions],
        "latestExecution": _latest(stage.latest, declared.name),
    }


def _inbound(execution: ExecutionState) -> Mapping[str, str]:
    return {
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "type": "STANDARD",
    }


def _latest(execution: ExecutionState | None, stage: str) -> Mapping[str, str] | None:
    if execution is None:
        return None
    run = execution.stages[stage]
    stopping = execution.status == "Stopping" and run.status == "InProgress"
    status = "Stopping" if stopping else run.status
    return {"pipelineExecutionId": execution.id, "status": status, "type": "STANDARD"}


def _action(pipeline: PipelineState, action: ActionDeclaration) -> Output:
    run = _last_run(pipeline, action)
    return {
        "actionName": action.name,
        "latestExecution": _run(run) if run else None,
        "currentRevision": _revision(run) if run else None,
        "revisionUrl": run.external_url if run and action.category == "Source" else None,
    }


def _last_run(pipeline: PipelineState, action: ActionDeclaration) -> ActionRun | None:
    found = (
        run
        for execution in pipeline.executions
        for run in execution.history
        if (run.action.stage, run.action.name) == (action.stage, action.name)
    )
    return max(found, key=lambda run: run.started_at, default=None)


def _run(run: ActionRun) -> Output:
    return {
        "actionExecutionId": run.id,
        "status": run.status,
        "summary": run.summary,
        "lastStatusChange": run.updated_at,
        # The token is shown while somebody may decide.
        "token": run.token if run.runs else None,
        "externalExecutionId": run.external_id,
        "externalExecutionUrl": run.external_url,
        "percentComplete": run.percent,
        "errorDetails": error_details(run),
    }


def _revision(run: ActionRun) -> Output | None:
    found = run.execution.sources.get(run.action.name)
    if run.action.category != "Source" or found is None:
        return None
    return {
        "revisionId": found.revision,
        "revisionChangeId": found.revision,
        "created": found.created_at,
    }


OPERATIONS: Mapping[str, Operation] = {"GetPipelineState": get_pipeline_state}
