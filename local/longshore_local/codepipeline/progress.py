"""Moves executions through the stages of their pipelines.

A stage holds one execution at a time (but for PARALLEL): the next one waits before it. Who waits is
superseded by whoever comes after (SUPERSEDED), or has others queue behind (QUEUED). Within a stage
actions of one run order run side by side.

https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
"""

from longshore_local.codepipeline import events, state
from longshore_local.codepipeline.account import Account
from longshore_local.codepipeline.declarations import SUPERSEDED, ActionDeclaration
from longshore_local.codepipeline.ports import OutsideError
from longshore_local.codepipeline.providers import provider_of
from longshore_local.codepipeline.runs import Runs
from longshore_local.codepipeline.state import ActionRun, ExecutionState, StageRun
from longshore_local.codepipeline.variables import resolved

PARALLEL = "PARALLEL"


class Progress:
    """The one who decides what comes next."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.runs = Runs(account, self._after)

    def begin(self, execution: ExecutionState) -> None:
        """Start an execution that is new."""
        execution.pipeline.executions.append(execution)
        events.tell_pipeline(self._account, execution, "STARTED")
        execution.waiting = True
        self._account.later(self._account.pace.stepping, lambda: self._arrive(execution))

    def stop(self, execution: ExecutionState, reason: str | None, *, abandon: bool) -> None:
        """Stop an execution: once its actions have ended, or at once and abandon them."""
        execution.stop_reason = reason
        self._set(execution, state.STOPPING)
        events.tell_pipeline(self._account, execution, "STOPPING")
        current = execution.current
        if abandon:
            for run in list(current.runs.values()) if current else []:
                self.runs.abandon(run)
        if current is None or not any(run.runs for run in current.runs.values()):
            self._stopped(execution)

    def retry(self, execution: ExecutionState, *, failed_only: bool) -> None:
        """Pass through the stage once more in which an execution failed."""
        name = execution.stage.name
        before = execution.stages[name].runs
        kept = {
            name: run for name, run in before.items() if failed_only and run.status == "Succeeded"
        }
        execution.attempt += 1
        execution.stages[name] = StageRun(execution.stage, runs=kept)
        self._occupy(execution)
        self._set(execution, state.IN_PROGRESS)
        events.tell_pipeline(self._account, execution, "RESUMED")
        events.tell_stage(self._account, execution, name, "RESUMED")
        self._proceed(execution)

    def _arrive(self, execution: ExecutionState) -> None:
        if execution.status != state.IN_PROGRESS:
            return
        stage = execution.pipeline.stage(execution.stage.name)
        if execution.mode == PARALLEL or stage.occupant is None:
            self._enter(execution)
            return
        if execution.mode == SUPERSEDED:
            for older in stage.waiting:
                self._supersede(older, execution)
            stage.waiting.clear()
        execution.waiting = True
        stage.waiting.append(execution)

    def _enter(self, execution: ExecutionState) -> None:
        execution.waiting = False
        execution.stages[execution.stage.name] = StageRun(execution.stage)
        self._occupy(execution)
        events.tell_stage(self._account, execution, execution.stage.name, "STARTED")
        self._proceed(execution)

    def _occupy(self, execution: ExecutionState) -> None:
        stage = execution.pipeline.stage(execution.stage.name)
        stage.latest = execution
        if execution.mode != PARALLEL:
            stage.occupant = execution

    def _after(self, run: ActionRun) -> None:
        """Go on once an action has ended, a moment later as CodePipeline does."""
        execution = run.execution
        self._account.later(self._account.pace.stepping, lambda: self._proceed(execution))

    def _proceed(self, execution: ExecutionState) -> None:
        """Begin the actions that are next, or end the stage."""
        current = execution.current
        if current is None or current.status != state.IN_PROGRESS:
            return
        if any(run.runs for run in current.runs.values()):
            return
        if execution.status == state.STOPPING:
            self._stopped(execution)
        elif any(run.status == state.FAILED for run in current.runs.values()):
            self._failed(execution)
        elif upcoming := _upcoming(current):
            for action in upcoming:
                self._begin_action(execution, action)
        else:
            self._passed(execution)

    def _begin_action(self, execution: ExecutionState, action: ActionDeclaration) -> None:
        run = self.runs.new(execution, action)
        events.tell_action(self._account, run, "STARTED")
        try:
            run.configuration = resolved(execution, action.configuration)
            provider_of(action).begin(self.runs, run)
        except OutsideError as error:
            self.runs.fail(run, error.code, error.message)

    def _passed(self, execution: ExecutionState) -> None:
        self._end_stage(execution, state.SUCCEEDED, "SUCCEEDED")
        if execution.position + 1 == len(execution.declaration.stages):
            self._end(execution, state.SUCCEEDED, "SUCCEEDED")
            return
        execution.position += 1
        execution.waiting = True
        self._account.later(self._account.pace.stepping, lambda: self._arrive(execution))

    def _failed(self, execution: ExecutionState) -> None:
        self._end_stage(execution, state.FAILED, "FAILED")
        self._end(execution, state.FAILED, "FAILED")

    def _stopped(self, execution: ExecutionState) -> None:
        if execution.current is not None:
            self._end_stage(execution, state.STOPPED, "STOPPED")
        waiting = execution.pipeline.stage(execution.stage.name).waiting
        if execution in waiting:
            waiting.remove(execution)
        self._end(execution, state.STOPPED, "STOPPED")

    def _supersede(self, older: ExecutionState, newer: ExecutionState) -> None:
        older.summary = f"Superseded by execution {newer.id}"
        self._end(older, state.SUPERSEDED, "SUPERSEDED")

    def _end_stage(self, execution: ExecutionState, status: str, told: str) -> None:
        name = execution.stage.name
        execution.stages[name].status = status
        events.tell_stage(self._account, execution, name, told)
        stage = execution.pipeline.stage(name)
        if stage.occupant is execution:
            stage.occupant = None
            if stage.waiting:
                # At once: whoever arrives in between must not overtake the one that waited.
                self._enter(stage.waiting.pop(0))

    def _end(self, execution: ExecutionState, status: str, told: str) -> None:
        self._set(execution, status)
        events.tell_pipeline(self._account, execution, told)

    def _set(self, execution: ExecutionState, status: str) -> None:
        execution.status = status
        execution.updated_at = self._account.now


def _upcoming(current: StageRun) -> list[ActionDeclaration]:
    left = [action for action in current.stage.actions if action.name not in current.runs]
    first = min((action.order for action in left), default=0)
    return [action for action in left if action.order == first]
