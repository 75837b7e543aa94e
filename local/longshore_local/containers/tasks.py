"""Runs the containers of ECS tasks, and tells ECS what becomes of them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import Self
from uuid import uuid4

from longshore_local.containers.definitions import ContainerPlan, container_plans
from longshore_local.containers.docker import docker, docker_lines
from longshore_local.ecs import EcsWorld, Exits
from longshore_local.errors import LocalCloudError
from longshore_local.log_streams import LogStreams
from longshore_local.worlds.surroundings import Event

INSTANCE, TASK, NAME = "longshore.local.instance", "longshore.local.task", "longshore.local.name"
MOST_AT_ONCE = 16
WATCHED_UNTIL = 5.0
"""Seconds after its container was removed within which a watch ends."""


@dataclass(slots=True)
class ContainerTasks:
    """Hears of tasks and does as ECS's agent does; a context manager that leaves no container.

    `localized` turns the image of a task definition into one that the engine can pull. `lock` is
    held whenever the world is touched. What containers write goes to the `streams`.
    """

    world: EcsWorld
    lock: AbstractContextManager[object]
    localized: Callable[[str], str]
    streams: LogStreams
    instance: str = field(default_factory=lambda: uuid4().hex[:12])
    _closing: bool = False
    _begun: set[str] = field(default_factory=set)
    _ending: set[str] = field(default_factory=set)
    _watches: list[threading.Thread] = field(default_factory=list)
    _workers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="containers")
    )

    def hear(self, event: Event) -> None:
        """Begin or end the containers of a task; returns at once."""
        detail = event.get("detail")
        of_task = event.get("detail-type") == "ECS Task State Change"
        if self._closing or not of_task or not isinstance(detail, Mapping):
            return
        task = str(detail["taskArn"])
        if detail["desiredStatus"] == "STOPPED" and task not in self._ending:
            self._ending.add(task)
            self._workers.submit(self._remove, task)
        elif detail["lastStatus"] == "PENDING" and task not in self._begun:
            self._begun.add(task)
            self._workers.submit(self._run, task, str(detail["taskDefinitionArn"]))

    def addresses(self, task: str) -> Sequence[str]:
        """Return where a task's published ports answer, such as `127.0.0.1:49153`."""
        ids = docker("ps", "--quiet", f"--filter=label={TASK}={task}").split()
        ports = (docker("port", one).splitlines() for one in ids)
        return [line.rpartition(" ")[2] for lines in ports for line in lines]

    def _run(self, task: str, definition: str) -> None:
        with self.lock:
            described = self.world.call("DescribeTaskDefinition", {"taskDefinition": definition})
        plans = container_plans(described)
        try:
            begun = [(plan, self._start(task, plan)) for plan in plans]
        except LocalCloudError as error:
            self._report(task, plans[0].name, Exits(1, reason=str(error)))
            return
        if task in self._ending:  # asked to stop while it began
            self._remove(task)
            return
        with self.lock:
            self.world.container_started(task)
        for plan, container in begun:
            watch = threading.Thread(target=self._watch, args=(task, plan, container), daemon=True)
            self._watches.append(watch)
            watch.start()

    def _start(self, task: str, plan: ContainerPlan) -> str:
        labels = {INSTANCE: self.instance, TASK: task, NAME: plan.name}
        options = [f"--label={key}={value}" for key, value in labels.items()]
        image = self.localized(plan.image)
        # Whatever driver the engine has been set to: this one can be read.
        driver = "--log-driver=json-file"
        return docker("run", "--detach", driver, *options, *plan.options, image, *plan.command)

    def _watch(self, task: str, plan: ContainerPlan, container: str) -> None:
        """Bring what a container writes to its stream, and tell of its end after that."""
        if plan.logs is not None:
            self.streams.write(plan.logs, task, [])
            for line in docker_lines("logs", "--follow", container):
                self.streams.write(plan.logs, task, [line])
        with suppress(LocalCloudError, ValueError):
            code = int(docker("wait", container, patience=86400))
            self._report(task, plan.name, Exits(code))

    def _report(self, task: str, name: str, exits: Exits) -> None:
        with self.lock:
            if task not in self._ending and not self._closing:
                self.world.container_exited(task, name, exits)

    def _remove(self, task: str) -> None:
        with suppress(LocalCloudError):
            self._remove_all(f"{TASK}={task}")

    def _remove_all(self, label: str) -> None:
        ids = docker("ps", "--all", "--quiet", f"--filter=label={label}").split()
        if ids:
            docker("rm", "--force", "--volumes", *ids)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self._closing = True
        self._workers.shutdown(cancel_futures=True)
        self._remove_all(f"{INSTANCE}={self.instance}")
        for watch in self._watches:
            watch.join(WATCHED_UNTIL)
