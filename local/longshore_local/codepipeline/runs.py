"""The executions of actions: begun, and ended in one of three ways."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from longshore_local.codepipeline import events, state
from longshore_local.codepipeline.account import Account
from longshore_local.codepipeline.declarations import ActionDeclaration
from longshore_local.codepipeline.ports import Location, OutsideError
from longshore_local.codepipeline.state import ActionRun, ArtifactState, ExecutionState

LONGEST_PIPELINE, LONGEST_ARTIFACT, LONGEST_NAME = 20, 10, 7
"""How many characters of each are in the key of an artifact."""


class Runs:
    """Begins and ends runs; `after` hears of each that has ended."""

    def __init__(self, account: Account, after: Callable[[ActionRun], None]) -> None:
        self.account = account
        self._after = after

    def new(self, execution: ExecutionState, action: ActionDeclaration) -> ActionRun:
        """Return a new run of an action, with a place for each of its artifacts."""
        account = self.account
        run = ActionRun(
            id=account.ids.uuid(),
            execution=execution,
            action=action,
            started_at=account.now,
            updated_at=account.now,
            outputs={name: self._place(execution, name) for name in action.outputs},
        )
        execution.history.append(run)
        execution.stages[action.stage].runs[action.name] = run
        return run

    def succeed(self, run: ActionRun, variables: Mapping[str, str], revision: str = "") -> None:
        """End a run: its artifacts and variables are there for later actions."""
        execution = run.execution
        for name, location in run.outputs.items():
            execution.artifacts[name] = ArtifactState(location, revision or None)
        run.variables = dict(variables)
        if run.action.namespace:
            execution.namespaces[run.action.namespace] = dict(variables)
        self._end(run, state.SUCCEEDED, "SUCCEEDED")

    def fail(self, run: ActionRun, code: str, message: str) -> None:
        """End a run with an error; one that has ended stays as it is."""
        run.error_code, run.error_message = code, message
        self._end(run, state.FAILED, "FAILED")

    def abandon(self, run: ActionRun) -> None:
        """Wait for a run no longer."""
        if run.runs:
            run.status, run.updated_at = state.ABANDONED, self.account.now
            events.tell_action(self.account, run, "ABANDONED")
            if run.action.provider == "CodeBuild" and run.external_id:
                with suppress(OutsideError):  # it may have ended by itself
                    self.account.outside.builds.stop(run.external_id)

    def guarded(self, run: ActionRun, step: Callable[[], None]) -> Callable[[], None]:
        """Return a step that is not taken once a run has ended, and fails it where it cannot be."""

        def taken() -> None:
            if not run.runs:
                return
            try:
                step()
            except OutsideError as error:
                self.fail(run, error.code, error.message)

        return taken

    def _end(self, run: ActionRun, status: str, told: str) -> None:
        run.status = status
        run.updated_at = run.execution.updated_at = self.account.now
        events.tell_action(self.account, run, told)
        self._after(run)

    def _place(self, execution: ExecutionState, artifact: str) -> Location:
        pipeline, name = execution.pipeline.name[:LONGEST_PIPELINE], artifact[:LONGEST_ARTIFACT]
        key = f"{pipeline}/{name}/{self.account.ids.hex()[:LONGEST_NAME]}"
        return Location(execution.declaration.bucket, key)
