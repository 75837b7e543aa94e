"""What simulated containers write, heard from the world's own events."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import pytest

from longshore_local.ecs import Exits, ImageBehaviour
from longshore_local.log_streams import LogDestination, LogStreams
from longshore_local.registry.output import ImageOutput
from tests.unit.local.ecs.scene import REPOSITORY, Scene, digest

LOGGING = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/ecs/app", "awslogs-stream-prefix": "web"},
}
WEB = LogDestination("web", "/ecs/app", "web")


@dataclass
class Written:
    """Takes lines as log streams do."""

    lines: list[tuple[LogDestination, str, list[str]]] = field(default_factory=list)

    def write(self, destination: LogDestination, task: str, lines: Sequence[str]) -> None:
        self.lines.append((destination, task, list(lines)))


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    broken = ImageBehaviour(digest("f"), Exits(3, timedelta(seconds=1)), "one\ntwo")
    scene.images[f"{REPOSITORY}:says-why"] = broken
    scene.running("v1", desiredCount=1)
    return scene


def release(scene: Scene, tag: str, **logging: object) -> str:
    """Roll to an image; return the first task of it."""
    container = {"name": "web", "image": f"{REPOSITORY}:{tag}", "memory": 128, **logging}
    definition = scene.register(tag, containerDefinitions=[container])
    scene.events.clear()
    scene.call("UpdateService", cluster="prod", service="web", taskDefinition=definition)
    scene.later(minutes=1)
    return next(arn for event in scene.events if (arn := task_of(event, definition)))


def task_of(event: dict[str, object], definition: str) -> str:
    detail = event["detail"]
    assert isinstance(detail, dict)
    return str(detail["taskArn"]) if detail.get("taskDefinitionArn") == definition else ""


def heard(scene: Scene, task: str, until: str) -> Written:
    """Hear of everything up to a state of a task; return what was written by then."""
    written = Written()
    output = ImageOutput(scene.world, nullcontext(), cast("LogStreams", written))
    for event in scene.events:
        detail = event["detail"]
        assert isinstance(detail, dict)
        if (detail.get("taskArn"), detail.get("lastStatus")) == (task, until):
            break
        output.hear(event)
    written.lines = [line for line in written.lines if line[1] == task]
    return written


def test_what_a_container_writes_stands_there_before_its_end_is_told(scene: Scene) -> None:
    task = release(scene, "says-why", logConfiguration=LOGGING)

    assert heard(scene, task, until="DEPROVISIONING").lines == [(WEB, task, ["one", "two"])]
    assert heard(scene, task, until="RUNNING").lines == []


def test_who_writes_nothing_has_a_stream_all_the_same(scene: Scene) -> None:
    task = release(scene, "v2", logConfiguration=LOGGING)

    assert heard(scene, task, until="none").lines == [(WEB, task, [])]


def test_without_a_log_driver_nothing_is_written(scene: Scene) -> None:
    task = release(scene, "says-why")

    assert heard(scene, task, until="none").lines == []
