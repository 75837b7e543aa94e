"""The containers of an ECS task, and the digests that they were started from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from longshore.domain.errors import Refused
from longshore.domain.places import ServiceRef
from longshore.domain.references import pinned_digest
from longshore_cli.access import Access
from longshore_cli.errors import CommandError
from longshore_cli.origin.asked import AskedTask
from longshore_cli.origin.sightings import TaskContainer

_SERVICE = "service:"


@dataclass(frozen=True, slots=True)
class SeenTask:
    """A task as ECS describes it; `service` is None where none started it."""

    started_by: str
    service: ServiceRef | None
    containers: Sequence[TaskContainer]

    @property
    def pulled(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The containers of each image that is known by repository and digest."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for each in self.containers:
            if each.digest is not None:
                key = (each.repository, each.digest)
                found[key] = (*found.get(key, ()), each.name)
        return found


def describe_task(access: Access, asked: AskedTask) -> SeenTask:
    """Return a task; raise CommandError where ECS has it no more."""
    client = access.clients.ecs(asked.home.region)
    try:
        reply = access.gate.call(client.describe_tasks, cluster=asked.cluster, tasks=[asked.arn])
    except Refused as error:
        if error.code != "ClusterNotFoundException":
            raise
        raise _gone(asked, f"there is no cluster {asked.cluster}") from None
    if not reply["tasks"]:
        raise _gone(asked, "ECS shows tasks for an hour after they stopped")
    return seen_task(asked, reply["tasks"][0])


def seen_task(asked: AskedTask, task: Mapping[str, Any]) -> SeenTask:
    """Read a task as DescribeTasks answers it."""
    group = str(task.get("group", ""))
    name = group.removeprefix(_SERVICE) if group.startswith(_SERVICE) else ""
    return SeenTask(
        started_by=str(task.get("startedBy", "")),
        service=ServiceRef(asked.home, asked.cluster, name) if name else None,
        containers=[_container(each) for each in task.get("containers", ())],
    )


def _container(container: Mapping[str, Any]) -> TaskContainer:
    """Read a container: what a definition pins counts, as an index runs as one of its images."""
    image = str(container.get("image", ""))
    digest = pinned_digest(image) or container.get("imageDigest")
    return TaskContainer(str(container.get("name", "")), image, digest)


def _gone(asked: AskedTask, why: str) -> CommandError:
    return CommandError(
        f"ECS has no task {asked.id} in {asked.cluster}: {why}",
        next_step="longshore origin STAGE asks about what runs there now",
    )
