"""The life of a task, from PROVISIONING to STOPPED.

PROVISIONING ─▶ PENDING ─▶ RUNNING ─▶ DEPROVISIONING ─▶ STOPPED     it ended by itself
                   │          └─────▶ STOPPING ───────▶ STOPPED     it was asked to stop
                   └────────────────▶ DEPROVISIONING ─▶ STOPPED     it could not start
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from longshore_local.ecs.events import tell_task
from longshore_local.ecs.images import (
    CannotBePulled,
    Elsewhere,
    Exits,
    NeverHealthy,
    NeverStarts,
    pinned,
)
from longshore_local.ecs.region import Region
from longshore_local.ecs.state import (
    ContainerState,
    DeploymentState,
    ResolvedImage,
    ServiceState,
    TaskState,
)

TERMINATED = 143
"""The exit code of a process that ended on SIGTERM."""

Told = Callable[[TaskState], None]


@dataclass(frozen=True, slots=True)
class TaskLife:
    """Starts and stops tasks; tells who schedules them what became of them."""

    region: Region
    became_healthy: Told
    became_stopped: Told

    def start(self, service: ServiceState, deployment: DeploymentState) -> TaskState:
        """Start a task of a deployment."""
        region = self.region
        task_id = region.ids.hex()
        task = TaskState(
            arn=region.names.task(service.cluster.name, task_id),
            id=task_id,
            service=service,
            deployment=deployment,
            definition=deployment.definition,
            containers=[
                self._container(service, task_id, resolved)
                for resolved in deployment.revision.images
            ],
            created_at=region.now,
            updated_at=region.now,
        )
        service.tasks.append(task)
        tell_task(region, task)
        region.later(region.pace.provisioning, partial(self._pull, task))
        return task

    def stop(self, task: TaskState, code: str, reason: str) -> None:
        """Ask a task to stop, as the scheduler or a user does; asking twice changes nothing."""
        if task.asked_to_stop or task.desired_status == "STOPPED":
            return
        task.asked_to_stop = True
        self._end(task, "STOPPING", code, reason)

    def _container(
        self, service: ServiceState, task_id: str, resolved: ResolvedImage
    ) -> ContainerState:
        region = self.region
        behaviour = region.images(pinned(resolved.image, resolved.digest))
        return ContainerState(
            arn=region.names.container(service.cluster.name, task_id, region.ids.uuid()),
            name=resolved.container,
            image=resolved.image,
            digest=resolved.digest or behaviour.digest,
            essential=resolved.essential,
            conduct=behaviour.conduct,
        )

    def _pull(self, task: TaskState) -> None:
        if task.desired_status == "STOPPED" or task.started_at:
            return
        task.pull_started_at = self.region.now
        self._change(task, "PENDING")
        conducts = [container.conduct for container in task.containers]
        if any(isinstance(conduct, CannotBePulled) for conduct in conducts):
            self.region.later(self.region.pace.pull_failure, partial(self._fail_to_pull, task))
        elif not any(isinstance(conduct, NeverStarts | Elsewhere) for conduct in conducts):
            self.region.later(self.region.pace.pulling, partial(self.run, task))

    def _fail_to_pull(self, task: TaskState) -> None:
        if task.desired_status == "STOPPED":
            return
        container, cause = next(
            (container, container.conduct.cause)
            for container in task.containers
            if isinstance(container.conduct, CannotBePulled)
        )
        container.reason = (
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
            f"failed to resolve ref {container.image}: {cause}"
        )
        self._end(task, "DEPROVISIONING", "TaskFailedToStart", container.reason)

    def run(self, task: TaskState) -> None:
        """Take note that a task's containers have started; hearing it twice changes nothing."""
        if task.desired_status == "STOPPED" or task.started_at:
            return
        task.started_at = self.region.now
        for container in task.containers:
            container.status = "RUNNING"
        self._change(task, "RUNNING")
        self._plan(task)

    def _plan(self, task: TaskState) -> None:
        pace = self.region.pace
        for container in task.containers:
            if isinstance(container.conduct, Exits):
                exits = partial(self.exit, task, container, container.conduct)
                self.region.later(container.conduct.after, exits)
        if any(isinstance(container.conduct, NeverHealthy) for container in task.containers):
            self.region.later(pace.unhealthy, partial(self._fail_health_checks, task))
        else:
            self.region.later(pace.settling, partial(self._settle, task))

    def _settle(self, task: TaskState) -> None:
        if task.desired_status == "STOPPED":
            return
        task.healthy = task.proved = True
        self.became_healthy(task)

    def _fail_health_checks(self, task: TaskState) -> None:
        if task.desired_status == "STOPPED":
            return
        reason = "Task failed container health checks"
        self._end(task, "DEPROVISIONING", "ServiceSchedulerInitiated", reason)

    def exit(self, task: TaskState, container: ContainerState, exits: Exits) -> None:
        """Take note that a container has ended by itself; hearing it twice changes nothing."""
        if task.desired_status == "STOPPED" or container.status == "STOPPED":
            return
        container.status = "STOPPED"
        container.exit_code = exits.exit_code
        container.reason = exits.reason
        if container.essential:
            reason = "Essential container in task exited"
            self._end(task, "DEPROVISIONING", "EssentialContainerExited", reason)
        else:
            self._change(task, task.status)

    def _end(self, task: TaskState, status: str, code: str, reason: str) -> None:
        task.desired_status = "STOPPED"
        task.healthy = False
        task.stop_code = code
        task.stopped_reason = reason
        task.stopping_at = self.region.now
        self._change(task, status)
        self.region.later(self.region.pace.stopping, partial(self._stopped, task))

    def _stopped(self, task: TaskState) -> None:
        for container in task.containers:
            container.status = "STOPPED"
            if container.exit_code is None and task.started_at:
                container.exit_code = TERMINATED
        task.stopped_at = self.region.now
        self._change(task, "STOPPED")
        self.became_stopped(task)

    def _change(self, task: TaskState, status: str) -> None:
        task.version += 1
        task.status = status
        task.updated_at = self.region.now
        tell_task(self.region, task)
