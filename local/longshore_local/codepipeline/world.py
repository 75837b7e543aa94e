"""AWS CodePipeline in memory: one account, one region, no thread and no clock of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from longshore.domain.places import Home
from longshore_local.awsjson.constraints import as_validation_error
from longshore_local.awsjson.contract import service_contract, without_none
from longshore_local.awsjson.errors import ApiError
from longshore_local.codepipeline import errors, executions, jobs, pipelines, states
from longshore_local.codepipeline.account import Account
from longshore_local.codepipeline.engine import Engine, Operation
from longshore_local.codepipeline.pace import Pace
from longshore_local.codepipeline.ports import Outside
from longshore_local.codepipeline.progress import Progress
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.params import Output, Params
from longshore_local.worlds.surroundings import HOME, Clock, Emit, Gate, open_gate, unheard

OPERATIONS: Mapping[str, Operation] = {
    **pipelines.OPERATIONS,
    **executions.OPERATIONS,
    **states.OPERATIONS,
    **jobs.OPERATIONS,
}


@dataclass(slots=True, kw_only=True)
class PipelineWorld:
    """Plays CodePipeline: `call` answers as the API would, `emit` hears what EventBridge would.

    Nothing happens between calls; each first lets everything happen that was due before it. The
    same seed and the same calls at the same times give the same world. What others do (sources,
    builds, functions, the artifact bucket) is asked of `outside`.
    """

    clock: Clock
    outside: Outside
    emit: Emit = unheard
    home: Home = HOME
    pace: Pace = field(default_factory=Pace)
    seed: str = "codepipeline"
    gate: Gate = open_gate
    validated: bool = True
    _engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        """Begin an empty world at the present moment."""
        account = Account(
            home=self.home,
            outside=self.outside,
            emit=self.emit,
            pace=self.pace,
            ids=Ids(self.seed),
            now=self.clock(),
        )
        self._engine = Engine(account, Progress(account))

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call, with times as datetimes.

        Raises ApiError for what CodePipeline refuses, and ContractError where parameters are not
        what the service model says (an SDK would not have sent them).
        """
        return self.gate(operation, parameters, partial(self._perform, operation, parameters))

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        self.advance(self.clock())

    def advance(self, moment: datetime) -> None:
        """Let everything happen that is due by a moment."""
        self._engine.account.run_until(moment)

    @property
    def next_due(self) -> datetime | None:
        """When something happens next, None when nothing ever will unless somebody acts."""
        return self._engine.account.agenda.next_due

    def _perform(self, operation: str, parameters: Params) -> Output:
        if operation not in OPERATIONS:
            raise ApiError("UnknownOperationException", f"{operation} is not played here.")
        contract = service_contract("codepipeline")
        if self.validated:
            contract.check_input(operation, parameters)
            if found := contract.violations(operation, parameters):
                raise errors.invalid(as_validation_error(found))
        self.settle()
        result = OPERATIONS[operation](self._engine, parameters)
        return contract.shape_output(operation, result) if self.validated else without_none(result)
