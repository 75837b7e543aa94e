"""Executions and runs as the API shows them."""

from collections.abc import Mapping

from longshore_local.codepipeline.account import Account
from longshore_local.codepipeline.ports import Location
from longshore_local.codepipeline.state import ActionRun, ExecutionState
from longshore_local.worlds.params import Output


def execution_view(execution: ExecutionState) -> Output:
    """Return what GetPipelineExecution answers."""
    return {
        "pipelineName": execution.pipeline.name,
        "pipelineVersion": execution.declaration.version,
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "statusSummary": execution.summary,
        "artifactRevisions": [
            {
                "name": found.artifact,
                "revisionId": found.revision,
                "revisionSummary": found.summary or None,
                "revisionUrl": found.url or None,
                "created": found.created_at,
            }
            for found in execution.sources.values()
        ],
        "variables": [
            {"name": name, "resolvedValue": value} for name, value in execution.variables.items()
        ],
        "trigger": _trigger(execution),
        "executionMode": execution.mode,
        "executionType": "STANDARD",
    }


def execution_summary(execution: ExecutionState) -> Output:
    """Return an entry of ListPipelineExecutions."""
    return {
        "pipelineExecutionId": execution.id,
        "status": execution.status,
        "statusSummary": execution.summary,
        "startTime": execution.started_at,
        "lastUpdateTime": execution.updated_at,
        "sourceRevisions": [
            {
                "actionName": found.action,
                "revisionId": found.revision,
                "revisionSummary": found.summary or None,
                "revisionUrl": found.url or None,
            }
            for found in execution.sources.values()
        ],
        "trigger": _trigger(execution),
        "stopTrigger": {"reason": execution.stop_reason} if execution.stop_reason else None,
        "executionMode": execution.mode,
        "executionType": "STANDARD",
    }


def run_view(account: Account, run: ActionRun) -> Output:
    """Return an entry of ListActionExecutions."""
    action, execution = run.action, run.execution
    return {
        "pipelineExecutionId": execution.id,
        "actionExecutionId": run.id,
        "pipelineVersion": execution.declaration.version,
        "stageName": action.stage,
        "actionName": action.name,
        "startTime": run.started_at,
        "lastUpdateTime": run.updated_at,
        "updatedBy": run.updated_by,
        "status": run.status,
        "input": {
            "actionTypeId": dict(action.type_id),
            "configuration": dict(action.configuration),
            "resolvedConfiguration": dict(run.configuration),
            "region": account.home.region,
            "inputArtifacts": [
                _artifact(name, execution.artifacts[name].location)
                for name in action.inputs
                if name in execution.artifacts
            ],
            "namespace": action.namespace,
        },
        "output": {
            "outputArtifacts": [_artifact(name, at) for name, at in run.outputs.items()],
            "executionResult": {
                "externalExecutionId": run.external_id,
                "externalExecutionSummary": run.summary,
                "externalExecutionUrl": run.external_url,
                "errorDetails": error_details(run),
            },
            "outputVariables": dict(run.variables),
        },
    }


def error_details(run: ActionRun) -> Mapping[str, str] | None:
    """Return why a run failed, None where it did not."""
    if run.error_message is None:
        return None
    return {"code": run.error_code or "", "message": run.error_message}


def _trigger(execution: ExecutionState) -> Mapping[str, str]:
    return {"triggerType": execution.trigger_type, "triggerDetail": execution.trigger_detail}


def _artifact(name: str, location: Location) -> Mapping[str, object]:
    return {"name": name, "s3location": {"bucket": location.bucket, "key": location.key}}
