"""Tasks whose containers run in a real engine, which tells what becomes of them."""

import pytest

from longshore_local.ecs import Elsewhere, Exits, ImageBehaviour
from tests.unit.local.ecs.scene import REPOSITORY, Scene, digest


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.images[f"{REPOSITORY}:real"] = ImageBehaviour(digest("e"), Elsewhere())
    scene.create("real", desiredCount=1)
    return scene


def only_task(scene: Scene, status: str = "RUNNING") -> str:
    (task,) = scene.tasks(status)
    return str(task["taskArn"])


def test_a_task_is_pending_until_its_engine_has_started_it(scene: Scene) -> None:
    scene.later(minutes=5)
    (pending,) = scene.tasks()
    assert pending["lastStatus"] == "PENDING"

    scene.world.container_started(only_task(scene))

    (running,) = scene.tasks()
    assert running["lastStatus"] == "RUNNING"
    scene.later(minutes=1)
    assert scene.service()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_an_engine_may_be_faster_than_the_world(scene: Scene) -> None:
    scene.world.container_started(only_task(scene))

    scene.later(seconds=30)

    (task,) = scene.tasks()
    assert (task["lastStatus"], task["version"]) == ("RUNNING", 2)


def test_what_an_engine_repeats_changes_nothing(scene: Scene) -> None:
    task = only_task(scene)

    for _ in range(2):
        scene.world.container_started(task)
    for code in (7, 8):
        scene.world.container_exited(task, "web", Exits(code, reason="OOM"))

    scene.later(minutes=1)
    (stopped,) = scene.tasks("STOPPED")
    assert stopped["version"] == 4
    (container,) = stopped["containers"]
    assert (container["exitCode"], container["reason"]) == (7, "OOM")


def test_tasks_and_containers_the_world_does_not_know_are_no_concern_of_it(scene: Scene) -> None:
    before = scene.tasks()

    scene.world.container_started("unknown")
    scene.world.container_exited(only_task(scene), "unknown", Exits(1))

    assert scene.tasks() == before
