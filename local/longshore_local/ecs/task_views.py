"""How ECS describes a task."""

from longshore_local.ecs.state import ContainerState, TaskState
from longshore_local.worlds.params import Output

HEALTHY, UNHEALTHY, UNKNOWN = "HEALTHY", "UNHEALTHY", "UNKNOWN"


def task_view(task: TaskState) -> Output:
    """Return a task as DescribeTasks shows it, without tags; None where it has no value."""
    document = task.definition.document
    return {
        "attachments": [],
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "availabilityZone": _zone(task),
        "clusterArn": task.service.cluster.arn,
        "connectivity": "CONNECTED" if task.started_at else None,
        "connectivityAt": task.started_at,
        "containers": [_container_view(task, container) for container in task.containers],
        "cpu": document.get("cpu"),
        "createdAt": task.created_at,
        "desiredStatus": task.desired_status,
        "enableExecuteCommand": task.service.settings.get("enableExecuteCommand") is True,
        "executionStoppedAt": task.stopping_at if task.started_at else None,
        "group": f"service:{task.service.name}",
        "healthStatus": _health(task),
        "lastStatus": task.status,
        "launchType": task.service.settings.get("launchType"),
        "memory": document.get("memory"),
        "overrides": {
            "containerOverrides": [{"name": container.name} for container in task.containers]
        },
        "platformVersion": task.service.settings.get("platformVersion"),
        "pullStartedAt": task.pull_started_at,
        "pullStoppedAt": task.started_at,
        "startedAt": task.started_at,
        "startedBy": task.deployment.id,
        "stopCode": task.stop_code,
        "stoppedAt": task.stopped_at,
        "stoppedReason": task.stopped_reason,
        "stoppingAt": task.stopping_at,
        "taskArn": task.arn,
        "taskDefinitionArn": task.definition.arn,
        "version": task.version,
    }


def _container_view(task: TaskState, container: ContainerState) -> Output:
    return {
        "containerArn": container.arn,
        "taskArn": task.arn,
        "name": container.name,
        "image": container.image,
        # Only what was pulled has a digest, and only what ran has an exit code.
        "imageDigest": container.digest if task.started_at else None,
        "runtimeId": f"{task.id}-{container.arn[-10:]}" if task.started_at else None,
        "lastStatus": container.status,
        "exitCode": container.exit_code,
        "reason": container.reason,
        "networkInterfaces": [],
        "healthStatus": UNKNOWN,
        "cpu": "0",
    }


def _health(task: TaskState) -> str:
    if not any(d.get("healthCheck") for d in task.definition.containers):
        return UNKNOWN
    if task.healthy:
        return HEALTHY
    return UNHEALTHY if task.started_at and task.stopped_reason else UNKNOWN


def _zone(task: TaskState) -> str:
    region = task.arn.split(":")[3]
    return f"{region}{'abc'[int(task.id[0], 16) % 3]}"
