"""Containers that a real engine runs: the world does only what it is told of them."""

from datetime import timedelta
from typing import Any

import pytest

from longshore_local.ecs import Elsewhere, Exits, ImageBehaviour
from tests.unit.local.ecs.scene import REPOSITORY, Scene, digest


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.images[f"{REPOSITORY}:real"] = ImageBehaviour(digest("e"), Elsewhere())
    scene.running("v1", desiredCount=1)
    return scene


def begun(scene: Scene) -> tuple[str, Any]:
    """Roll to the image; return the ECS deployment and its first task."""
    deployment = scene.release("real")
    scene.later(minutes=1)
    (task,) = scene.tasks(startedBy=deployment)
    return deployment, task


def test_a_task_waits_until_its_containers_run(scene: Scene) -> None:
    deployment, task = begun(scene)
    scene.later(minutes=20)
    assert task["lastStatus"] == scene.tasks(startedBy=deployment)[0]["lastStatus"] == "PENDING"

    scene.world.container_started(task["taskArn"])
    scene.later(minutes=2)

    assert scene.tasks(startedBy=deployment)[0]["lastStatus"] == "RUNNING"
    assert scene.deployment(deployment)["rolloutState"] == "COMPLETED"


def test_containers_that_end_trip_the_circuit_breaker(scene: Scene) -> None:
    deployment, task = begun(scene)
    for _ in range(3):
        scene.world.container_started(task["taskArn"])
        scene.world.container_exited(task["taskArn"], "web", Exits(3))
        scene.later(minutes=1)
        task = next(iter(scene.tasks(startedBy=deployment)), task)

    stopped = scene.tasks("STOPPED", startedBy=deployment)[-1]
    assert stopped["containers"][0]["exitCode"] == 3
    assert stopped["stopCode"] == "EssentialContainerExited"
    assert scene.deployment(deployment)["rolloutState"] == "FAILED"


def test_a_container_that_was_never_started_may_end_too(scene: Scene) -> None:
    deployment, task = begun(scene)

    scene.world.container_exited(task["taskArn"], "web", Exits(1, reason="no such image"))
    scene.later(seconds=40)

    (stopped,) = scene.tasks("STOPPED", startedBy=deployment)
    assert stopped["containers"][0]["reason"] == "no such image"


def test_what_ends_after_its_task_was_stopped_changes_nothing(scene: Scene) -> None:
    deployment, task = begun(scene)
    scene.world.container_started(task["taskArn"])
    scene.call("StopTask", cluster="prod", task=task["taskArn"])

    scene.world.container_exited(task["taskArn"], "web", Exits(137))
    scene.now += timedelta(minutes=1)

    (stopped,) = scene.tasks("STOPPED", startedBy=deployment)
    assert stopped["stopCode"] == "UserInitiated"


def test_a_container_of_no_task_is_nobodys(scene: Scene) -> None:
    before = scene.service()

    scene.world.container_started("arn:aws:ecs:none")
    scene.world.container_exited("arn:aws:ecs:none", "web", Exits(1))

    assert scene.service() == before
