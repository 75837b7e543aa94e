"""The service scheduler: it starts what is missing, stops what is too much, and concludes.

Simplified in numbers, right in direction. Between them `maximumPercent` and
`minimumHealthyPercent` bound how many tasks there may be and how many must stay healthy: old tasks
go as new ones become healthy, or before them where there is no room to start any. A task that
failed is started again after a pause that grows, for as long as the deployment is not FAILED.
"""

from collections.abc import Iterable
from functools import partial
from math import ceil

from longshore_local.ecs import breaker, deployments
from longshore_local.ecs.events import note, tell_service
from longshore_local.ecs.images import Exits
from longshore_local.ecs.region import Region
from longshore_local.ecs.state import DeploymentState, ServiceState, TaskState
from longshore_local.ecs.task_life import TaskLife
from longshore_local.worlds.params import whole

CANNOT_MOVE = (
    "was unable to stop or start tasks during a deployment because of the service deployment "
    "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
)


class Rollout:
    """Keeps every service's tasks as its deployments want them."""

    def __init__(self, region: Region) -> None:
        """Schedule the services of a region."""
        self._region = region
        self._life = TaskLife(region, self._task_is_healthy, self._task_has_stopped)

    def steer(self, service: ServiceState) -> None:
        """Bring a service one step nearer to what it should be."""
        primary = service.primary
        if service.status == "INACTIVE" or primary is None:
            return
        if primary.rollout != "FAILED" or service.desired == 0:
            self._stop_surplus(service, primary)
        if primary.rollout != "FAILED" and service.status == "ACTIVE":
            self._start_missing(service, primary)
        self._conclude(service, primary)

    def stop_task(self, task: TaskState, code: str, reason: str) -> None:
        """Stop a task and let the scheduler replace it."""
        self._life.stop(task, code, reason)
        task.service.steady = False
        self.steer(task.service)

    def container_started(self, task: TaskState) -> None:
        """Take note that a real engine has started a task's containers."""
        self._life.run(task)

    def container_exited(self, task: TaskState, name: str, exits: Exits) -> None:
        """Take note that a container in a real engine has ended by itself."""
        for container in task.containers:
            if container.name == name:
                self._life.exit(task, container, exits)

    def _stop_surplus(self, service: ServiceState, primary: DeploymentState) -> None:
        new, old = _split(service, primary)
        # Of the tasks of one deployment the unproved go first, then the youngest.
        order = sorted(new, key=lambda task: (task.healthy, service.tasks.index(task) * -1))
        leaving = order[: max(0, len(new) - service.desired)]
        staying = [task for task in new if task not in leaving]
        not_yet = [task for task in old if not task.healthy]
        useful = [task for task in old if task.healthy]
        self._stop(service, primary, leaving)
        self._stop(service, primary, not_yet)
        count = self._replaceable(service, staying, useful)
        self._stop(service, primary, useful[:count])

    def _replaceable(
        self, service: ServiceState, new: list[TaskState], old: list[TaskState]
    ) -> int:
        """Return how many healthy old tasks may go."""
        healthy = len(old) + sum(task.healthy for task in new)
        surplus = max(0, healthy - service.desired)
        room = _ceiling(service) - len(new) - len(old)
        if room <= 0 and len(new) < service.desired:
            surplus = max(surplus, healthy - _floor(service))
        return min(len(old), surplus)

    def _start_missing(self, service: ServiceState, primary: DeploymentState) -> None:
        new, old = _split(service, primary)
        missing = service.desired - len(new)
        room = _ceiling(service) - len(new) - len(old)
        count = min(missing, room)
        if count <= 0:
            self._tell_when_stuck(service, primary, missing)
            return
        now = self._region.now
        if primary.not_before is not None and primary.not_before > now:
            self._region.agenda.add(primary.not_before, partial(self.steer, service))
            return
        started = [self._life.start(service, primary) for _ in range(count)]
        note(self._region, service, f"has started {count} tasks: {_listed(started)}.")

    def _conclude(self, service: ServiceState, primary: DeploymentState) -> None:
        present = [task for task in service.tasks if not task.stopped]
        healthy = sum(task.healthy for task in present if task.deployment is primary)
        drained = all(task.deployment is primary for task in present)
        there = healthy == service.desired and drained
        if there and primary.rollout == "IN_PROGRESS" and service.status == "ACTIVE":
            deployments.complete(self._region, service, primary)
        if there and primary.rollout == "COMPLETED" and not service.steady:
            service.steady = True
            note(self._region, service, "has reached a steady state.")
            tell_service(self._region, service, "INFO", "SERVICE_STEADY_STATE")
        if service.status == "DRAINING" and not present:
            service.status = "INACTIVE"
            service.gone_at = self._region.now
        self._forget_emptied(service)

    def _forget_emptied(self, service: ServiceState) -> None:
        for deployment in service.deployments:
            emptied = deployment.status == "ACTIVE" and not service.tasks_of(deployment)
            if emptied and not deployment.emptied:
                deployment.emptied = True
                forget = partial(service.deployments.remove, deployment)
                self._region.later(self._region.pace.linger, forget)

    def _task_is_healthy(self, task: TaskState) -> None:
        deployment = task.deployment
        deployment.failures_in_a_row = 0
        deployment.not_before = None
        if breaker.forgives(task.service.configuration):
            deployments.forgive(deployment)
        self.steer(task.service)

    def _task_has_stopped(self, task: TaskState) -> None:
        service, deployment = task.service, task.deployment
        forget = partial(service.tasks.remove, task)
        self._region.later(self._region.pace.remembering, forget)
        if not task.asked_to_stop:
            service.steady = False
            if task.stop_code == "ServiceSchedulerInitiated":
                note(self._region, service, f"(task {task.id}) failed container health checks.")
        if (
            task.failed
            and deployment is service.primary
            and deployments.count_failure(self._region, service, deployment)
        ):
            deployments.fail(self._region, service, deployment)
        self.steer(service)

    def _stop(
        self, service: ServiceState, primary: DeploymentState, tasks: Iterable[TaskState]
    ) -> None:
        # A task that ends by itself is counted until it is gone, but nobody has to stop it.
        asked = [task for task in tasks if task.desired_status == "RUNNING"]
        running = [task for task in asked if task.started_at]
        if running:
            message = f"has stopped {len(running)} running tasks: {_listed(running)}."
            note(self._region, service, message)
        if len(running) < len(asked):
            note(self._region, service, f"stopped {len(asked) - len(running)} pending tasks.")
        reason = f"Scaling activity initiated by (deployment {primary.id})"
        for task in asked:
            self._life.stop(task, "ServiceSchedulerInitiated", reason)

    def _tell_when_stuck(
        self, service: ServiceState, primary: DeploymentState, missing: int
    ) -> None:
        stuck = missing > 0 and all(task.healthy for task in service.tasks if task.counts)
        if stuck and not primary.stuck_told:
            primary.stuck_told = True
            note(self._region, service, CANNOT_MOVE)


def _split(
    service: ServiceState, primary: DeploymentState
) -> tuple[list[TaskState], list[TaskState]]:
    counted = [task for task in service.tasks if task.counts]
    new = [task for task in counted if task.deployment is primary]
    return new, [task for task in counted if task.deployment is not primary]


def _ceiling(service: ServiceState) -> int:
    percent = whole(service.configuration, "maximumPercent")
    return service.desired * (200 if percent is None else percent) // 100


def _floor(service: ServiceState) -> int:
    percent = whole(service.configuration, "minimumHealthyPercent")
    return ceil(service.desired * (100 if percent is None else percent) / 100)


def _listed(tasks: Iterable[TaskState]) -> str:
    return " ".join(f"(task {task.id})" for task in tasks)
