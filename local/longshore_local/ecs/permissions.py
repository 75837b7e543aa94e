"""What each operation must be allowed to do, as the IAM service authorization reference has it.

Deregister-, Describe- and ListTaskDefinitions know no resource; RegisterTaskDefinition is checked
against the family, and ListTasks against the cluster's container instances, also where there are
none.
"""

from collections.abc import Callable, Mapping

from longshore.domain.places import Home
from longshore_local.awsjson.access import Permission
from longshore_local.ecs.names import Names, last_part
from longshore_local.ecs.region import DEFAULT_CLUSTER
from longshore_local.worlds.params import Params, tables, text, texts

ANYTHING = "*"
FOR_TASKS = "ecs-tasks.amazonaws.com"

Resources = Callable[[Names, Params], list[str]]


def permissions(home: Home, operation: str, params: Params) -> list[Permission]:
    """Return everything a caller must be allowed for one request."""
    names = Names(home)
    context = _context(names, operation, params)
    resources = RESOURCES.get(operation, _anything)(names, params)
    asked = [Permission(f"ecs:{operation}", resource, context) for resource in resources]
    return [*asked, *_to_tag(names, operation, params), *_to_pass_roles(names, operation, params)]


def _to_tag(names: Names, operation: str, params: Params) -> list[Permission]:
    """Tags given at creation need ecs:TagResource on what is created."""
    if operation not in CREATED or not tables(params, "tags"):
        return []
    context = {"ecs:CreateAction": operation}
    return [Permission("ecs:TagResource", CREATED[operation](names, params), context)]


def _to_pass_roles(names: Names, operation: str, params: Params) -> list[Permission]:
    if operation != "RegisterTaskDefinition":
        return []
    roles = {text(params, member): None for member in ("taskRoleArn", "executionRoleArn")}
    context = {"iam:PassedToService": FOR_TASKS}
    return [Permission("iam:PassRole", names.role(role), context) for role in roles if role]


def _context(names: Names, operation: str, params: Params) -> Mapping[str, str]:
    if operation not in OF_A_CLUSTER:
        return {}
    return {"ecs:cluster": names.cluster(_cluster(params))}


def _cluster(params: Params) -> str:
    return last_part(text(params, "cluster") or DEFAULT_CLUSTER)


def _anything(_names: Names, _params: Params) -> list[str]:
    return [ANYTHING]


def _named_cluster(names: Names, params: Params) -> list[str]:
    return [names.cluster(_cluster(params))]


def _named_clusters(names: Names, params: Params) -> list[str]:
    given = texts(params, "clusters") or [DEFAULT_CLUSTER]
    return [names.cluster(last_part(name)) for name in given]


def _named_service(names: Names, params: Params) -> list[str]:
    name = text(params, "service") or text(params, "serviceName") or ""
    return [names.service(_cluster(params), last_part(name))]


def _named_services(names: Names, params: Params) -> list[str]:
    given = texts(params, "services")
    return [names.service(_cluster(params), last_part(name)) for name in given]


def _named_task(names: Names, params: Params) -> list[str]:
    return [names.task(_cluster(params), last_part(text(params, "task") or ""))]


def _named_tasks(names: Names, params: Params) -> list[str]:
    return [names.task(_cluster(params), last_part(name)) for name in texts(params, "tasks")]


def _instances(names: Names, params: Params) -> list[str]:
    return [names.container_instances(_cluster(params))]


def _given(member: str) -> Resources:
    return lambda _names, params: texts(params, member) or [text(params, member) or ANYTHING]


def _created_cluster(names: Names, params: Params) -> str:
    return names.cluster(text(params, "clusterName") or DEFAULT_CLUSTER)


def _created_service(names: Names, params: Params) -> str:
    return _named_service(names, params)[0]


def _created_revision(names: Names, params: Params) -> str:
    return names.task_definition(text(params, "family") or "", ANYTHING)


def _registered(names: Names, params: Params) -> list[str]:
    return [_created_revision(names, params)]


CREATED: Mapping[str, Callable[[Names, Params], str]] = {
    "CreateCluster": _created_cluster,
    "CreateService": _created_service,
    "RegisterTaskDefinition": _created_revision,
}

RESOURCES: Mapping[str, Resources] = {
    "DescribeClusters": _named_clusters,
    "DeleteCluster": _named_cluster,
    "CreateService": _named_service,
    "DescribeServices": _named_services,
    "UpdateService": _named_service,
    "DeleteService": _named_service,
    "RegisterTaskDefinition": _registered,
    "ListServiceDeployments": _named_service,
    "DescribeServiceDeployments": _given("serviceDeploymentArns"),
    "DescribeServiceRevisions": _given("serviceRevisionArns"),
    "StopServiceDeployment": _given("serviceDeploymentArn"),
    "ListTasks": _instances,
    "DescribeTasks": _named_tasks,
    "StopTask": _named_task,
    "TagResource": _given("resourceArn"),
    "UntagResource": _given("resourceArn"),
    "ListTagsForResource": _given("resourceArn"),
}

OF_A_CLUSTER = frozenset(
    {
        "CreateService",
        "DeleteService",
        "DescribeServices",
        "DescribeTasks",
        "ListServiceDeployments",
        "ListServices",
        "ListTasks",
        "StopTask",
        "UpdateService",
    }
)
