"""Lets simulated containers write what their images say, where their task definitions send it."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from longshore_local.ecs import EcsWorld
from longshore_local.ecs.images import pinned
from longshore_local.log_streams import LogDestination, LogStreams, log_destination


@dataclass(frozen=True, slots=True)
class ImageOutput:
    """Hears of tasks before anybody else, so that a line stands there when a stop is told of.

    `lock` is held whenever the world is touched.
    """

    world: EcsWorld
    lock: AbstractContextManager[object]
    streams: LogStreams

    def hear(self, event: Mapping[str, object]) -> None:
        """Write what the containers of a task write, when it begins to run."""
        detail = event.get("detail")
        of_task = event.get("detail-type") == "ECS Task State Change"
        if not (of_task and isinstance(detail, Mapping) and detail["lastStatus"] == "RUNNING"):
            return
        outputs = dict(self._outputs(detail))
        for destination in self._destinations(str(detail["taskDefinitionArn"])):
            lines = outputs.get(destination.container, "").splitlines()
            self.streams.write(destination, str(detail["taskArn"]), lines)

    def _outputs(self, detail: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        """Yield the name of each container, and what its image says that it writes."""
        for container in _mappings(detail.get("containers")):
            digest = container.get("imageDigest")
            reference = pinned(str(container["image"]), str(digest) if digest else None)
            yield str(container["name"]), self.world.images(reference).output

    def _destinations(self, definition: str) -> Iterator[LogDestination]:
        with self.lock:
            described = self.world.call("DescribeTaskDefinition", {"taskDefinition": definition})
        found = described["taskDefinition"]
        containers = found["containerDefinitions"] if isinstance(found, Mapping) else []
        yield from filter(None, map(log_destination, _mappings(containers)))


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
