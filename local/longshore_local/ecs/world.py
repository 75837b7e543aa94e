"""Amazon ECS in memory: one account, one region, no thread, no clock and no chance of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from longshore.domain.places import Home
from longshore_local.awsjson.contract import service_contract, without_none
from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs import (
    clusters,
    service_deployments,
    services,
    tags,
    task_definitions,
    tasks,
)
from longshore_local.ecs.engine import Engine, Operation
from longshore_local.ecs.images import Exits, Images
from longshore_local.ecs.pace import Pace
from longshore_local.ecs.region import Region
from longshore_local.ecs.rollout import Rollout
from longshore_local.ecs.state import TaskState
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.params import Output, Params
from longshore_local.worlds.surroundings import HOME, Clock, Emit, Gate, open_gate, unheard

OPERATIONS: Mapping[str, Operation] = {
    **clusters.OPERATIONS,
    **task_definitions.OPERATIONS,
    **services.OPERATIONS,
    **service_deployments.OPERATIONS,
    **tasks.OPERATIONS,
    **tags.OPERATIONS,
}


@dataclass(slots=True, kw_only=True)
class EcsWorld:
    """Plays ECS: `call` answers as the API would, and `emit` hears what EventBridge would deliver.

    Nothing happens between calls; each first lets everything happen that was due before it, in
    the order of time, so what is seen does not depend on how often somebody looks. The same seed
    and the same calls at the same times give the same world.

    `validated` checks every input and output against the botocore service model, which costs more
    than the call itself. `heard` limits the events of tasks to these statuses, for who would throw
    away the others: most events are of tasks.
    """

    clock: Clock
    images: Images
    emit: Emit = unheard
    home: Home = HOME
    pace: Pace = field(default_factory=Pace)
    seed: str = "ecs"
    gate: Gate = open_gate
    validated: bool = True
    heard: frozenset[str] | None = None
    _engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        """Begin an empty world at the present moment."""
        region = Region(
            home=self.home,
            images=self.images,
            emit=self.emit,
            pace=self.pace,
            ids=Ids(self.seed),
            now=self.clock(),
            heard=self.heard,
        )
        self._engine = Engine(region, Rollout(region))

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call, with times as datetimes.

        Raises ApiError for what ECS refuses, and ContractError where parameters are not what the
        service model says (an SDK would not have sent them).
        """
        return self.gate(operation, parameters, partial(self._perform, operation, parameters))

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        self._engine.region.run_until(self.clock())

    @property
    def next_due(self) -> datetime | None:
        """When something happens next, None when nothing ever will unless somebody acts."""
        return self._engine.region.agenda.next_due

    def container_started(self, task: str) -> None:
        """Take note that the containers of a task (its ARN) run in a real engine now."""
        self.settle()
        for state in self._tasks(task):
            self._engine.rollout.container_started(state)

    def container_exited(self, task: str, container: str, exits: Exits) -> None:
        """Take note that a container in a real engine ended by itself."""
        self.settle()
        for state in self._tasks(task):
            self._engine.rollout.container_exited(state, container, exits)

    def _tasks(self, arn: str) -> list[TaskState]:
        services = self._engine.region.all_services()
        return [task for service in services for task in service.tasks if task.arn == arn]

    def _perform(self, operation: str, parameters: Params) -> Output:
        if operation not in OPERATIONS:
            raise ApiError("UnknownOperationException", f"{operation} is not played here.")
        if self.validated:
            service_contract("ecs").check_input(operation, parameters)
        self.settle()
        result = OPERATIONS[operation](self._engine, parameters)
        if self.validated:
            return service_contract("ecs").shape_output(operation, result)
        return without_none(result)
