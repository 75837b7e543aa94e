import pytest

from longshore.domain.places import Home
from longshore_local.awsjson import Permission
from longshore_local.ecs import OPERATIONS
from longshore_local.ecs.permissions import permissions

HOME = Home("aws-cn", "123456789012", "cn-north-1")
PREFIX = "arn:aws-cn:ecs:cn-north-1:123456789012:"


def asked(operation: str, **parameters: object) -> list[tuple[str, str]]:
    return [
        (permission.action, permission.resource)
        for permission in permissions(HOME, operation, parameters)
    ]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_asks_for_the_action_of_its_name(operation: str) -> None:
    parameters: dict[str, object] = {"services": ["web"], "tasks": ["1"]}

    assert (f"ecs:{operation}") in [action for action, _ in asked(operation, **parameters)]


@pytest.mark.parametrize("service", ["web", f"{PREFIX}service/prod/web"])
@pytest.mark.parametrize("cluster", ["prod", f"{PREFIX}cluster/prod"])
def test_an_update_asks_for_the_service_in_its_cluster(cluster: str, service: str) -> None:
    assert permissions(HOME, "UpdateService", {"cluster": cluster, "service": service}) == [
        Permission(
            "ecs:UpdateService",
            f"{PREFIX}service/prod/web",
            {"ecs:cluster": f"{PREFIX}cluster/prod"},
        )
    ]


def test_describing_several_asks_for_each() -> None:
    assert asked("DescribeServices", cluster="prod", services=["a", "b"]) == [
        ("ecs:DescribeServices", f"{PREFIX}service/prod/a"),
        ("ecs:DescribeServices", f"{PREFIX}service/prod/b"),
    ]
    assert asked("DescribeTasks", tasks=["1", f"{PREFIX}task/default/2"]) == [
        ("ecs:DescribeTasks", f"{PREFIX}task/default/1"),
        ("ecs:DescribeTasks", f"{PREFIX}task/default/2"),
    ]


def test_registering_asks_to_tag_and_to_pass_each_role_once() -> None:
    role = "arn:aws-cn:iam::123456789012:role/app"

    assert permissions(
        HOME,
        "RegisterTaskDefinition",
        {
            "family": "app",
            "tags": [{"key": "a", "value": "b"}],
            "taskRoleArn": role,
            "executionRoleArn": "execution",
        },
    ) == [
        Permission("ecs:RegisterTaskDefinition", f"{PREFIX}task-definition/app:*"),
        Permission(
            "ecs:TagResource",
            f"{PREFIX}task-definition/app:*",
            {"ecs:CreateAction": "RegisterTaskDefinition"},
        ),
        Permission("iam:PassRole", role, {"iam:PassedToService": "ecs-tasks.amazonaws.com"}),
        Permission(
            "iam:PassRole",
            role.replace("app", "execution"),
            {"iam:PassedToService": "ecs-tasks.amazonaws.com"},
        ),
    ]
    assert asked(
        "RegisterTaskDefinition", family="app", taskRoleArn=role, executionRoleArn=role
    ) == [
        ("ecs:RegisterTaskDefinition", f"{PREFIX}task-definition/app:*"),
        ("iam:PassRole", role),
    ]


@pytest.mark.parametrize(
    ("operation", "parameters", "resource"),
    [
        ("CreateService", {"cluster": "prod", "serviceName": "web"}, "service/prod/web"),
        ("DescribeClusters", {"clusters": ["prod"]}, "cluster/prod"),
        ("DescribeClusters", {}, "cluster/default"),
        ("DeleteCluster", {"cluster": "prod"}, "cluster/prod"),
        ("ListTasks", {"cluster": "prod"}, "container-instance/prod/*"),
        ("StopTask", {"cluster": "prod", "task": "1"}, "task/prod/1"),
        ("ListServiceDeployments", {"cluster": "prod", "service": "web"}, "service/prod/web"),
    ],
)
def test_what_has_a_resource_asks_for_it(
    operation: str, parameters: dict[str, object], resource: str
) -> None:
    assert asked(operation, **parameters) == [(f"ecs:{operation}", f"{PREFIX}{resource}")]


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("TagResource", "resourceArn"),
        ("ListTagsForResource", "resourceArn"),
        ("StopServiceDeployment", "serviceDeploymentArn"),
    ],
)
def test_an_arn_is_asked_for_as_it_is(operation: str, member: str) -> None:
    assert asked(operation, **{member: "arn:x"}) == [(f"ecs:{operation}", "arn:x")]


@pytest.mark.parametrize(
    ("operation", "name", "resource"),
    [
        ("CreateCluster", "clusterName", "cluster/new"),
        ("CreateService", "serviceName", "service/default/new"),
    ],
)
def test_tags_at_creation_ask_to_tag_what_is_created(
    operation: str, name: str, resource: str
) -> None:
    parameters: dict[str, object] = {name: "new", "tags": [{"key": "a", "value": "b"}]}

    assert asked(operation, **parameters)[-1] == ("ecs:TagResource", f"{PREFIX}{resource}")
