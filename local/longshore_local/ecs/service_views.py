"""How ECS describes a service and its deployments."""

from longshore_local.ecs.region import Region
from longshore_local.ecs.state import DeploymentState, ServiceState, TaskState
from longshore_local.worlds.params import Output

# Members of a service that its deployments repeat.
OF_A_DEPLOYMENT = (
    "capacityProviderStrategy",
    "launchType",
    "platformVersion",
    "networkConfiguration",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
# Those of them that a service's own description does not have.
ONLY_OF_A_DEPLOYMENT = frozenset(OF_A_DEPLOYMENT[-3:])


def service_view(region: Region, service: ServiceState, *, with_tags: bool = False) -> Output:
    """Return a service as DescribeServices shows it."""
    primary = service.primary
    counted = [task for task in service.tasks if task.counts]
    ecs = service.controller == "ECS"
    deployments = [_deployment_view(service, each) for each in service.deployments] if ecs else []
    return {
        **{k: v for k, v in service.settings.items() if k not in ONLY_OF_A_DEPLOYMENT},
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster.arn,
        "status": service.status,
        "desiredCount": service.desired,
        "runningCount": _running(counted),
        "pendingCount": len(counted) - _running(counted),
        "taskDefinition": primary.definition.arn if primary else None,
        "deployments": deployments,
        "taskSets": [] if ecs or primary is None else [_task_set_view(region, service, primary)],
        "events": list(service.events),
        "createdAt": service.created_at,
        "createdBy": region.names.root,
        "tags": region.tags.get(service.arn, []) if with_tags else None,
        "currentServiceDeployment": service.history[0].arn if ecs and service.history else None,
        "currentServiceRevisions": _revisions(service, deployments) if ecs else None,
    }


def _deployment_view(service: ServiceState, deployment: DeploymentState) -> Output:
    tasks = [task for task in service.tasks_of(deployment) if task.counts]
    primary = deployment.status == "PRIMARY"
    settings = service.settings
    return {
        **{key: settings[key] for key in OF_A_DEPLOYMENT if key in settings},
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": deployment.definition.arn,
        "desiredCount": service.desired if primary else len(tasks),
        "pendingCount": len(tasks) - _running(tasks),
        "runningCount": _running(tasks),
        "failedTasks": deployment.failed,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "rolloutState": deployment.rollout,
        "rolloutStateReason": deployment.reason,
    }


def _task_set_view(region: Region, service: ServiceState, primary: DeploymentState) -> Output:
    number = primary.id.partition("/")[2]
    tasks = [task for task in service.tasks_of(primary) if task.counts]
    steady = primary.rollout == "COMPLETED"
    return {
        "id": primary.id,
        "taskSetArn": region.names.task_set(service.cluster.name, service.name, number),
        "serviceArn": service.arn,
        "clusterArn": service.cluster.arn,
        "status": "PRIMARY",
        "taskDefinition": primary.definition.arn,
        "computedDesiredCount": service.desired,
        "pendingCount": len(tasks) - _running(tasks),
        "runningCount": _running(tasks),
        "createdAt": primary.created_at,
        "updatedAt": primary.updated_at,
        "launchType": service.settings.get("launchType"),
        "scale": {"value": 100.0, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE" if steady else "STABILIZING",
        "stabilityStatusAt": primary.updated_at,
    }


def _revisions(service: ServiceState, views: list[Output]) -> list[Output]:
    return [
        {
            "arn": deployment.revision.arn,
            "requestedTaskCount": view["desiredCount"],
            "runningTaskCount": view["runningCount"],
            "pendingTaskCount": view["pendingCount"],
        }
        for deployment, view in zip(service.deployments, views, strict=True)
    ]


def _running(tasks: list[TaskState]) -> int:
    return sum(task.status == "RUNNING" for task in tasks)
