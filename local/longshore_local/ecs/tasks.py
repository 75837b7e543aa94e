"""Tasks: listed, described, stopped."""

from collections.abc import Mapping

from longshore_local.ecs import errors
from longshore_local.ecs.engine import Engine, Operation
from longshore_local.ecs.names import last_part
from longshore_local.ecs.state import ClusterState, TaskState
from longshore_local.ecs.task_views import task_view
from longshore_local.worlds.params import Output, Params, page, required, text, texts

MOST_DESCRIBED = 100


def list_tasks(engine: Engine, params: Params) -> Output:
    """List the ARNs of a cluster's tasks, those that are meant to run unless STOPPED is asked for.

    Stopped tasks are listed for an hour. `startedBy` does not go together with another selection.
    """
    region = engine.region
    cluster = region.cluster(params)
    if text(params, "serviceName"):
        region.service(params, "serviceName")
    if text(params, "startedBy") and (text(params, "serviceName") or text(params, "family")):
        raise errors.invalid("startedBy can not be combined with serviceName or family.")
    found = [task.arn for task in _tasks(cluster) if _is_wanted(task, params)]
    arns, following = page(params, found)
    return {"taskArns": arns, **following}


def describe_tasks(engine: Engine, params: Params) -> Output:
    """Describe up to a hundred tasks; the ones that do not exist come as failures."""
    cluster = engine.region.cluster(params)
    names = texts(params, "tasks")
    if not names:
        raise errors.invalid("Tasks cannot be empty.")
    if len(names) > MOST_DESCRIBED:
        raise errors.invalid(f"Tasks cannot have more than {MOST_DESCRIBED} elements.")
    known = {task.id: task for task in _tasks(cluster)}
    found = {name: known.get(last_part(name)) for name in names}
    return {
        "tasks": [
            {**task_view(task), "tags": engine.region.tags.get(task.arn, [])}
            for task in found.values()
            if task is not None
        ],
        "failures": [
            {"arn": _arn(engine, cluster, name), "reason": "MISSING"}
            for name, task in found.items()
            if task is None
        ],
    }


def stop_task(engine: Engine, params: Params) -> Output:
    """Stop a task; its service starts another one."""
    cluster = engine.region.cluster(params)
    wanted = last_part(required(params, "task"))
    task = next((task for task in _tasks(cluster) if task.id == wanted), None)
    if task is None:
        raise errors.invalid("The referenced task was not found.")
    if not task.stopped:
        reason = text(params, "reason") or "Task stopped by user"
        engine.rollout.stop_task(task, "UserInitiated", reason)
    return {"task": task_view(task)}


def _tasks(cluster: ClusterState) -> list[TaskState]:
    return [task for service in cluster.services.values() for task in service.tasks]


def _is_wanted(task: TaskState, params: Params) -> bool:
    service, family = text(params, "serviceName"), text(params, "family")
    started_by, launch_type = text(params, "startedBy"), text(params, "launchType")
    return (
        task.desired_status == (text(params, "desiredStatus") or "RUNNING")
        and (service is None or task.service.name == last_part(service))
        and (family is None or task.definition.family == family)
        and (started_by is None or task.deployment.id == started_by)
        and (launch_type is None or task.service.settings.get("launchType") == launch_type)
    )


def _arn(engine: Engine, cluster: ClusterState, name: str) -> str:
    return name if name.startswith("arn:") else engine.region.names.task(cluster.name, name)


OPERATIONS: Mapping[str, Operation] = {
    "ListTasks": list_tasks,
    "DescribeTasks": describe_tasks,
    "StopTask": stop_task,
}
