"""A service's history: service deployments and the service revisions between which they move.

Where `deployments` of DescribeServices has a second entry for a rollback by ECS, the history has
one service deployment that ends as ROLLBACK_SUCCESSFUL.
"""

from collections.abc import Mapping
from datetime import datetime

from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs import deployments, errors
from longshore_local.ecs.engine import Engine, Operation
from longshore_local.ecs.region import Region
from longshore_local.ecs.state import (
    DeploymentState,
    ServiceDeployment,
    ServiceRevision,
    ServiceState,
)
from longshore_local.worlds.params import Output, Params, page, required, table, text, texts

MOST_DESCRIBED = 20


def list_service_deployments(engine: Engine, params: Params) -> Output:
    """List a service's deployments, newest first."""
    service = engine.region.service(params)
    statuses, created = texts(params, "status"), table(params, "createdAt")
    wanted = [
        entry
        for entry in service.history
        if (not statuses or entry.status in statuses) and _within(entry.created_at, created)
    ]
    by_arn = {entry.arn: entry for entry in wanted}
    arns, following = page(params, list(by_arn))
    briefs = [_brief(service, by_arn[arn]) for arn in arns]
    return {"serviceDeployments": briefs, **following}


def describe_service_deployments(engine: Engine, params: Params) -> Output:
    """Describe up to twenty service deployments by ARN."""
    arns = _described(params, "serviceDeploymentArns")
    known = {entry.arn: (s, entry) for s in engine.region.all_services() for entry in s.history}
    return {
        "serviceDeployments": [_full(*known[arn]) for arn in arns if arn in known],
        "failures": _missing(arns, known),
    }


def describe_service_revisions(engine: Engine, params: Params) -> Output:
    """Describe up to twenty service revisions by ARN, with the digests their images had."""
    arns = _described(params, "serviceRevisionArns")
    known = {
        revision.arn: (service, revision)
        for service in engine.region.all_services()
        for entry in service.history
        for revision in (entry.target, *entry.sources)
    }
    return {
        "serviceRevisions": [_revision(*known[arn]) for arn in arns if arn in known],
        "failures": _missing(arns, known),
    }


def stop_service_deployment(engine: Engine, params: Params) -> Output:
    """Roll a deployment that is under way back to the one that completed before it."""
    region = engine.region
    arn = required(params, "serviceDeploymentArn")
    if text(params, "stopType") == "ABORT":
        raise errors.invalid("stopType must be ROLLBACK.")
    service, deployment = _under_way(region, arn)
    if service.completed is None:
        raise errors.invalid("The service has no completed service deployment to roll back to.")
    deployments.abandon(region, service, deployment, service.completed)
    engine.rollout.steer(service)
    return {"serviceDeploymentArn": arn}


def _under_way(region: Region, arn: str) -> tuple[ServiceState, DeploymentState]:
    service = next((s for s in region.all_services() if _has(s, arn)), None)
    if service is None:
        message = f"The service deployment {arn} was not found."
        raise ApiError("ServiceDeploymentNotFoundException", message)
    primary = service.primary
    if primary is None or primary.history.arn != arn or primary.history.status != "IN_PROGRESS":
        message = "The service deployment is not in progress and can not be stopped."
        raise ApiError("ConflictException", message)
    return service, primary


def _has(service: ServiceState, arn: str) -> bool:
    return any(entry.arn == arn for entry in service.history)


def _described(params: Params, member: str) -> list[str]:
    arns = texts(params, member)
    if not 1 <= len(arns) <= MOST_DESCRIBED:
        raise errors.invalid(f"{member} must have 1 to {MOST_DESCRIBED} elements.")
    return arns


def _missing(arns: list[str], known: Mapping[str, object]) -> list[Output]:
    return [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in known]


def _within(moment: datetime, created: Params) -> bool:
    after, before = created.get("after"), created.get("before")
    return (not isinstance(after, datetime) or moment > after) and (
        not isinstance(before, datetime) or moment < before
    )


def _brief(service: ServiceState, entry: ServiceDeployment) -> Output:
    return {
        "serviceDeploymentArn": entry.arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster.arn,
        "createdAt": entry.created_at,
        "startedAt": entry.created_at,
        "finishedAt": entry.finished_at,
        "targetServiceRevisionArn": entry.target.arn,
        "status": entry.status,
        "statusReason": entry.status_reason,
    }


def _full(service: ServiceState, entry: ServiceDeployment) -> Output:
    brief = _brief(service, entry)
    brief.pop("targetServiceRevisionArn")
    rollback: Output = {
        "reason": entry.status_reason,
        "startedAt": entry.rollback_at,
        "serviceRevisionArn": entry.rollback_to.arn if entry.rollback_to else None,
    }
    return {
        **brief,
        "stoppedAt": entry.stopped_at,
        "updatedAt": entry.updated_at,
        "sourceServiceRevisions": [_tasks_of(service, source) for source in entry.sources],
        "targetServiceRevision": _tasks_of(service, entry.target),
        "deploymentConfiguration": dict(entry.configuration),
        "rollback": rollback if entry.rollback_at else None,
        "deploymentCircuitBreaker": {
            "status": entry.breaker,
            "failureCount": entry.failures,
            "threshold": entry.threshold,
        },
        "alarms": {"status": "DISABLED", "alarmNames": [], "triggeredAlarmNames": []},
    }


def _tasks_of(service: ServiceState, revision: ServiceRevision) -> Output:
    primary = service.primary
    wanted = primary is not None and primary.revision is revision
    tasks = [t for t in service.tasks if t.deployment.revision is revision and t.counts]
    running = sum(task.status == "RUNNING" for task in tasks)
    return {
        "arn": revision.arn,
        "requestedTaskCount": service.desired if wanted else len(tasks),
        "runningTaskCount": running,
        "pendingTaskCount": len(tasks) - running,
    }


def _revision(service: ServiceState, revision: ServiceRevision) -> Output:
    repeated = ("launchType", "platformVersion", "networkConfiguration", "loadBalancers")
    return {
        **{key: service.settings.get(key) for key in repeated},
        "serviceRevisionArn": revision.arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster.arn,
        "taskDefinition": revision.definition.arn,
        "containerImages": [
            {"containerName": i.container, "image": i.image, "imageDigest": i.digest}
            for i in revision.images
        ],
        "createdAt": revision.created_at,
    }


OPERATIONS: Mapping[str, Operation] = {
    "ListServiceDeployments": list_service_deployments,
    "DescribeServiceDeployments": describe_service_deployments,
    "DescribeServiceRevisions": describe_service_revisions,
    "StopServiceDeployment": stop_service_deployment,
}
