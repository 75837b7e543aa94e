from typing import Any

from longshore_local.containers.definitions import ContainerPlan, container_plans
from longshore_local.log_streams import LogDestination


def plans(*containers: dict[str, Any]) -> list[ContainerPlan]:
    return container_plans({"taskDefinition": {"containerDefinitions": list(containers)}})


def test_a_container_needs_a_name_and_an_image_alone() -> None:
    assert plans({"name": "web", "image": "shop:1"}) == [ContainerPlan("web", "shop:1")]


def test_what_docker_run_knows_is_taken_over() -> None:
    container = {
        "name": "web",
        "image": "shop:1",
        "environment": [{"name": "A", "value": "1=2"}, {"name": "B", "value": ""}],
        "portMappings": [{"containerPort": 8080, "hostPort": 80}, {"containerPort": 9090}],
        "user": "1000:1000",
        "workingDirectory": "/srv",
        "entryPoint": ["/bin/sh", "-c"],
        "command": ["exec", "httpd"],
    }

    assert plans(container) == [
        ContainerPlan(
            "web",
            "shop:1",
            (
                "--env=A=1=2",
                "--env=B=",
                "--publish=127.0.0.1::8080",
                "--publish=127.0.0.1::9090",
                "--user=1000:1000",
                "--workdir=/srv",
                "--entrypoint=/bin/sh",
            ),
            ("-c", "exec", "httpd"),
        )
    ]


def test_what_a_container_writes_goes_where_its_definition_says() -> None:
    options = {"awslogs-group": "/ecs/shop", "awslogs-stream-prefix": "web"}
    logging = {"logDriver": "awslogs", "options": options}

    (plan,) = plans({"name": "main", "image": "shop:1", "logConfiguration": logging})

    assert plan.logs == LogDestination("main", "/ecs/shop", "web")


def test_every_container_of_a_task_is_planned() -> None:
    found = plans({"name": "web", "image": "a"}, {"name": "proxy", "image": "b"})

    assert [plan.name for plan in found] == ["web", "proxy"]
    assert container_plans({}) == []
