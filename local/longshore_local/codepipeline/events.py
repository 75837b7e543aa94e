"""What CodePipeline tells EventBridge: state changes of pipelines, stages and actions.

Keys follow the samples in the CodePipeline user guide ("Monitoring CodePipeline events") and what
live pipelines sent. Versions are floating-point numbers there, and they are here.
"""

from collections.abc import Mapping
from datetime import datetime

from longshore_local.codepipeline.account import Account
from longshore_local.codepipeline.ports import Location
from longshore_local.codepipeline.state import ActionRun, ExecutionState
from longshore_local.worlds.surroundings import Event


def tell_pipeline(account: Account, execution: ExecutionState, state: str) -> None:
    """Emit a CodePipeline Pipeline Execution State Change."""
    detail: Event = {**_of(execution), "state": state}
    if state == "STARTED":
        detail["execution-trigger"] = {
            "trigger-type": execution.trigger_type,
            "trigger-detail": execution.trigger_detail,
        }
    if state in {"STOPPING", "STOPPED"} and execution.stop_reason:
        detail["stop-execution-comments"] = execution.stop_reason
    _emit(account, execution, "Pipeline", detail)


def tell_stage(account: Account, execution: ExecutionState, stage: str, state: str) -> None:
    """Emit a CodePipeline Stage Execution State Change."""
    _emit(account, execution, "Stage", {**_of(execution), "stage": stage, "state": state})


def tell_action(account: Account, run: ActionRun, state: str) -> None:
    """Emit a CodePipeline Action Execution State Change."""
    action, execution = run.action, run.execution
    detail: Event = {
        **_of(execution),
        "start-time": timestamp(run.started_at),
        "stage": action.stage,
        "action": action.name,
        "action-execution-id": run.id,
        "state": state,
        "region": account.home.region,
        "type": {key: action.type_id[key] for key in ("owner", "provider", "category", "version")},
    }
    if action.inputs:
        found = execution.artifacts
        detail["input-artifacts"] = [
            _artifact(name, found[name].location) for name in action.inputs if name in found
        ]
    if run.outputs:
        detail["output-artifacts"] = [_artifact(name, at) for name, at in run.outputs.items()]
    if result := _result(run):
        detail["execution-result"] = result
    _emit(account, execution, "Action", detail)


def timestamp(moment: datetime) -> str:
    """Return a moment as in an event's detail: UTC with milliseconds."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _of(execution: ExecutionState) -> Event:
    return {
        "pipeline": execution.pipeline.name,
        "execution-id": execution.id,
        "start-time": timestamp(execution.started_at),
        "version": float(execution.declaration.version),
        "pipeline-execution-attempt": float(execution.attempt),
    }


def _artifact(name: str, location: Location) -> Mapping[str, object]:
    return {"name": name, "s3location": {"bucket": location.bucket, "key": location.key}}


def _result(run: ActionRun) -> Mapping[str, str]:
    members = {
        "external-execution-url": run.external_url,
        "external-execution-summary": run.summary or run.error_message,
        "external-execution-id": run.external_id,
        "error-code": run.error_code,
    }
    return {name: value for name, value in members.items() if value}


def _emit(account: Account, execution: ExecutionState, what: str, detail: Event) -> None:
    event: Event = {
        "version": "0",
        "id": account.ids.uuid(),
        "detail-type": f"CodePipeline {what} Execution State Change",
        "source": "aws.codepipeline",
        "account": account.home.account,
        "time": f"{account.now:%Y-%m-%dT%H:%M:%SZ}",
        "region": account.home.region,
        "resources": [execution.pipeline.arn],
        "detail": detail,
    }
    account.emit(event)
