"""AWS CodeBuild in memory: one account, one region, no thread and no clock of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from longshore.domain.places import Home
from longshore_local.awsjson.constraints import as_validation_error
from longshore_local.awsjson.contract import service_contract, without_none
from longshore_local.awsjson.errors import ApiError
from longshore_local.codebuild import builds, errors, projects
from longshore_local.codebuild.account import Account
from longshore_local.codebuild.builds import Start
from longshore_local.codebuild.conduct import Context, Runner, always_succeeds
from longshore_local.codebuild.engine import Engine, Operation
from longshore_local.codebuild.pace import Pace
from longshore_local.codebuild.progress import Progress
from longshore_local.codebuild.state import BuildState
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.params import Output, Params
from longshore_local.worlds.surroundings import HOME, Clock, Emit, Gate, open_gate, unheard

OPERATIONS: Mapping[str, Operation] = {**projects.OPERATIONS, **builds.OPERATIONS}


@dataclass(slots=True, kw_only=True)
class BuildWorld:
    """Plays CodeBuild: `call` answers as the API would, `emit` hears what EventBridge would.

    Nothing happens between calls; each first lets everything happen that was due before it. How a
    build goes is told by the `runner`; whoever runs one for real tells of its phases by `entered`,
    `left` and `finished`.
    """

    clock: Clock
    runner: Runner = always_succeeds
    emit: Emit = unheard
    home: Home = HOME
    pace: Pace = field(default_factory=Pace)
    seed: str = "codebuild"
    gate: Gate = open_gate
    validated: bool = True
    _engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        """Begin an empty world at the present moment."""
        account = Account(
            home=self.home,
            runner=self.runner,
            emit=self.emit,
            pace=self.pace,
            ids=Ids(self.seed),
            now=self.clock(),
        )
        self._engine = Engine(account, Progress(account))

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call, with times as datetimes.

        Raises ApiError for what CodeBuild refuses, and ContractError where parameters are not what
        the service model says (an SDK would not have sent them).
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

    def start(self, project: str, start: Start) -> str:
        """Start a build as CodePipeline does, past the API; return its id.

        Raises ApiError where there is no such project.
        """
        return builds.begin(self._engine, self._engine.account.project(project), start).id

    def build(self, build: str) -> BuildState:
        """Return a build by id; raise ApiError without it."""
        return self._engine.account.build(build)

    def entered(self, build: str, phase: str) -> None:
        """Take note that a build which runs elsewhere began a phase."""
        self.settle()
        if not self.build(build).complete:
            self._engine.progress.enter(self.build(build), phase)

    def left(self, build: str, status: str, context: Context) -> None:
        """Take note that the phase of a build which runs elsewhere has ended."""
        self.settle()
        if not self.build(build).complete:
            self._engine.progress.leave(self.build(build), status, context)

    def finished(self, build: str, exported: Mapping[str, str]) -> None:
        """Take note that a build which runs elsewhere has no more phases."""
        self.settle()
        if not self.build(build).complete:
            self._engine.progress.finish(self.build(build), exported)

    def faulted(self, build: str, message: str) -> None:
        """Take note that a build which runs elsewhere cannot go on, through no fault of its own."""
        self.settle()
        if not self.build(build).complete:
            self._engine.progress.interrupt(self.build(build), "FAULT", ("INTERNAL_ERROR", message))

    def _perform(self, operation: str, parameters: Params) -> Output:
        if operation not in OPERATIONS:
            raise ApiError("UnknownOperationException", f"{operation} is not played here.")
        contract = service_contract("codebuild")
        if self.validated:
            contract.check_input(operation, parameters)
            if found := contract.violations(operation, parameters):
                raise errors.invalid(as_validation_error(found))
        self.settle()
        result = OPERATIONS[operation](self._engine, parameters)
        return contract.shape_output(operation, result) if self.validated else without_none(result)
