from typing import Any

import pytest

from longshore_local.awsjson import ApiError
from tests.unit.local.ecs.scene import REPOSITORY, START, Scene, definition_of


def refusal(scene: Scene, operation: str, **parameters: object) -> ApiError:
    with pytest.raises(ApiError) as refused:
        scene.call(operation, **parameters)
    return refused.value


def test_revisions_of_a_family_are_numbered(scene: Scene) -> None:
    arns = [scene.register("v1"), scene.register("v1"), scene.register("v2")]

    prefix = "arn:aws:ecs:eu-central-1:000000000000:task-definition/app"
    assert arns == [f"{prefix}:1", f"{prefix}:2", f"{prefix}:3"]


def test_a_revision_is_found_by_family_by_number_and_by_arn(scene: Scene) -> None:
    first, second = scene.register("v1"), scene.register("v2")

    found = [
        scene.call("DescribeTaskDefinition", taskDefinition=name)["taskDefinition"]
        for name in ("app", "app:1", first)
    ]

    assert [d["taskDefinitionArn"] for d in found] == [second, first, first]


def test_what_was_registered_comes_back_with_defaults_and_read_only_fields(scene: Scene) -> None:
    scene.register("v1", networkMode="awsvpc", cpu="256", memory="512")

    described = scene.call("DescribeTaskDefinition", taskDefinition="app:1")

    assert described["taskDefinition"] == {
        "family": "app",
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "volumes": [],
        "placementConstraints": [],
        "containerDefinitions": [
            {
                "name": "web",
                "image": f"{REPOSITORY}:v1",
                "memory": 128,
                "cpu": 0,
                "essential": True,
                "environment": [],
                "mountPoints": [],
                "portMappings": [],
                "systemControls": [],
                "volumesFrom": [],
            }
        ],
        "taskDefinitionArn": "arn:aws:ecs:eu-central-1:000000000000:task-definition/app:1",
        "revision": 1,
        "status": "ACTIVE",
        "compatibilities": ["EC2", "FARGATE"],
        "requiresAttributes": [
            {"name": "com.amazonaws.ecs.capability.ecr-auth"},
            {"name": "com.amazonaws.ecs.capability.docker-remote-api.1.18"},
        ],
        "registeredAt": START,
        "registeredBy": "arn:aws:iam::000000000000:root",
    }


def test_empty_values_are_data(scene: Scene) -> None:
    environment = [{"name": "EMPTY", "value": ""}]
    container = {"name": "web", "image": "nginx", "memory": 1, "environment": environment}

    registered = scene.call(
        "RegisterTaskDefinition", family="app", containerDefinitions=[container], volumes=[]
    )["taskDefinition"]

    assert registered["containerDefinitions"][0]["environment"] == environment
    assert registered["volumes"] == []


def test_a_caller_cannot_change_what_is_registered(scene: Scene) -> None:
    scene.register("v1")
    described: Any = scene.call("DescribeTaskDefinition", taskDefinition="app")
    described["taskDefinition"]["containerDefinitions"][0]["image"] = "changed"

    again = scene.call("DescribeTaskDefinition", taskDefinition="app")["taskDefinition"]

    assert again["containerDefinitions"][0]["image"] == f"{REPOSITORY}:v1"


def test_tags_come_beside_the_definition_and_only_when_asked_for(scene: Scene) -> None:
    tags = [{"key": "team", "value": "checkout"}, {"key": "empty", "value": ""}]
    scene.register("v1", tags=tags)

    silent = scene.call("DescribeTaskDefinition", taskDefinition="app")
    asked = scene.call("DescribeTaskDefinition", taskDefinition="app", include=["TAGS"])

    assert "tags" not in silent
    assert "tags" not in asked["taskDefinition"]
    assert asked["tags"] == tags


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["team", "team"], "Duplicate"),
        (["aws:cloudformation:stack-name"], "aws:"),
        (range(51), "50"),
    ],
)
def test_tags_that_aws_refuses_are_refused(scene: Scene, keys: list[object], words: str) -> None:
    tags = [{"key": str(key), "value": "x"} for key in keys]

    error = refusal(scene, "RegisterTaskDefinition", **definition_of("v1"), tags=tags)

    assert error.code == "InvalidParameterException"
    assert words in error.message
    assert scene.call("ListTaskDefinitions")["taskDefinitionArns"] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"family": "no spaces"}, "Family"),
        ({"containerDefinitions": []}, "Container definitions"),
        ({"containerDefinitions": [{"name": "web", "memory": 1}]}, "Container.image"),
        ({"containerDefinitions": [{"image": "nginx", "memory": 1}]}, "Container.name"),
        ({"containerDefinitions": [{"name": "web", "image": "nginx"}]}, "memory"),
        ({"containerDefinitions": [{"name": "w", "image": "i", "memory": 1}] * 2}, "duplicates"),
        ({"requiresCompatibilities": ["FARGATE"]}, "cpu"),
        ({"requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}, "awsvpc"),
        (
            {
                "containerDefinitions": [
                    {"name": "web", "image": "nginx", "memory": 1, "essential": False}
                ]
            },
            "essential",
        ),
    ],
)
def test_a_definition_that_could_not_run_is_refused(
    scene: Scene, change: dict[str, object], words: str
) -> None:
    error = refusal(scene, "RegisterTaskDefinition", **{**definition_of("v1"), **change})

    assert error.code == "ClientException"
    assert words in error.message


def test_a_deregistered_revision_is_inactive_and_still_described(scene: Scene) -> None:
    first, second = scene.register("v1"), scene.register("v2")
    scene.later(minutes=1)

    gone = scene.call("DeregisterTaskDefinition", taskDefinition=second)["taskDefinition"]

    assert (gone["status"], gone["deregisteredAt"]) == ("INACTIVE", scene.now)
    described = scene.call("DescribeTaskDefinition", taskDefinition="app:2")["taskDefinition"]
    assert described["status"] == "INACTIVE"
    newest = scene.call("DescribeTaskDefinition", taskDefinition="app")["taskDefinition"]
    assert newest["taskDefinitionArn"] == first
    assert scene.register("v3").endswith("app:3")


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("DescribeTaskDefinition", "unknown"),
        ("DescribeTaskDefinition", "app:7"),
        ("DescribeTaskDefinition", "arn:aws:ecs:eu-west-1:000000000000:task-definition/app:1"),
        ("DeregisterTaskDefinition", "app:7"),
        ("DeregisterTaskDefinition", "app"),
    ],
)
def test_a_revision_that_is_not_there_is_a_client_exception(
    scene: Scene, operation: str, name: str
) -> None:
    scene.register("v1")

    assert refusal(scene, operation, taskDefinition=name).code == "ClientException"


def test_revisions_are_listed_by_family_status_and_page(scene: Scene) -> None:
    arns = [scene.register("v1") for _ in range(3)]
    other = scene.register("v1", family="aaa")
    scene.call("DeregisterTaskDefinition", taskDefinition=arns[1])

    def listed(**selection: object) -> list[str]:
        return list(scene.call("ListTaskDefinitions", **selection)["taskDefinitionArns"])

    assert listed() == [other, arns[0], arns[2]]
    assert listed(familyPrefix="app", sort="DESC") == [arns[2], arns[0]]
    assert listed(familyPrefix="ap") == []
    assert listed(status="INACTIVE") == [arns[1]]
    page = scene.call("ListTaskDefinitions", maxResults=2)
    assert page["taskDefinitionArns"] == [other, arns[0]]
    rest = scene.call("ListTaskDefinitions", maxResults=2, nextToken=page["nextToken"])
    assert (rest["taskDefinitionArns"], "nextToken" in rest) == ([arns[2]], False)


@pytest.mark.parametrize("paging", [{"maxResults": 0}, {"maxResults": 101}, {"nextToken": "x"}])
def test_a_page_that_cannot_be_is_refused(scene: Scene, paging: dict[str, object]) -> None:
    assert refusal(scene, "ListTaskDefinitions", **paging).code == "InvalidParameterException"
