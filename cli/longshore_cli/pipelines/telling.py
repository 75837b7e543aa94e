"""Executions told: as documents for programs, as lines and tables for people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from longshore_cli.output import print_line
from longshore_cli.pipelines.executions import (
    FAILED,
    IN_PROGRESS,
    Action,
    Commit,
    Execution,
    StageRun,
)
from longshore_cli.pipelines.failures import Failure
from longshore_cli.tables import print_table
from longshore_cli.wording import NOTHING, age, span

_APPROVAL = "Approval"
_SHORT_ID = 8


@dataclass(frozen=True, slots=True)
class Told:
    """A pipeline, its newest executions, and one of them in full."""

    pipeline: str
    executions: Sequence[Execution]
    execution: Execution | None = None
    commits: Sequence[Commit] = ()
    stages: Sequence[StageRun] = ()
    failures: Sequence[Failure] = ()

    @property
    def actions(self) -> Sequence[Action]:
        """The actions of the execution in full, in order."""
        return [action for stage in self.stages for action in stage.actions]

    @property
    def waiting(self) -> Sequence[Action]:
        """The approvals that somebody has to give or refuse."""
        found = (action for action in self.actions if action.status == IN_PROGRESS)
        return [action for action in found if action.category == _APPROVAL]

    @property
    def next_steps(self) -> Sequence[str]:
        """What a person can do now."""
        name, execution = self.pipeline, self.execution
        if execution is None:
            return ["push to the source, or start it: aws codepipeline start-pipeline-execution"]
        if self.waiting:
            return [f"approve or reject {self.waiting[0].path} in the console"]
        if execution.status == FAILED:
            retry = f"longshore pipelines retry {name} --reason TEXT"
            return [f"{retry} runs what failed again; a newer push runs all of it"]
        if execution.status == IN_PROGRESS:
            return [f"longshore pipelines show {name} shows how it goes on"]
        return []


# ── for programs ──────────────────────────────────────────────────────────────────────────────


def document(told: Told, now: datetime) -> dict[str, object]:
    """Return everything as one document."""
    return {
        "pipeline": told.pipeline,
        "executions": [execution_json(each, now) for each in told.executions],
        "execution": _full_json(told, now) if told.execution else None,
        "next": list(told.next_steps),
    }


def documents(told: Told, now: datetime) -> Iterator[Mapping[str, object]]:
    """Yield the same one thing at a time, each with its kind."""
    for execution in told.executions:
        yield {"kind": "execution", **execution_json(execution, now)}
    for stage in told.stages:
        for action in stage.actions:
            yield {"kind": "action", "stage": stage.name, **_action_json(action, now)}
    for failure in told.failures:
        yield {"kind": "failure", **_failure_json(failure)}


def execution_json(execution: Execution, now: datetime) -> dict[str, Any]:
    """Return an execution without its stages."""
    return {
        "id": execution.id,
        "status": execution.status,
        "summary": execution.summary,
        "started_at": _iso(execution.started_at),
        "updated_at": _iso(execution.updated_at),
        "seconds": _seconds(execution.took(now)),
        "trigger": {"kind": execution.trigger.kind, "detail": execution.trigger.detail},
        "commits": [_commit_json(commit) for commit in execution.commits],
        "stop_reason": execution.stop_reason,
        "rollback": execution.rollback,
    }


def _full_json(told: Told, now: datetime) -> dict[str, object]:
    assert told.execution is not None  # noqa: S101  # who calls has looked
    return {
        **execution_json(told.execution, now),
        "commits": [_commit_json(commit) for commit in told.commits],
        "stages": [
            {
                "name": stage.name,
                "status": stage.status,
                "seconds": _seconds(stage.took(now)),
                "actions": [_action_json(action, now) for action in stage.actions],
            }
            for stage in told.stages
        ],
        "failures": [_failure_json(failure) for failure in told.failures],
    }


def _commit_json(commit: Commit) -> dict[str, object]:
    return {
        "action": commit.action,
        "id": commit.id,
        "message": commit.message,
        "author": commit.author,
        "branch": commit.branch,
        "url": commit.url,
    }


def _action_json(action: Action, now: datetime) -> dict[str, object]:
    return {
        "name": action.name,
        "provider": action.provider,
        "status": action.status,
        "started_at": _iso(action.started_at),
        "seconds": _seconds(action.took(now)),
        "summary": action.summary,
        "external_id": action.external_id,
        "url": action.url,
        "variables": dict(action.variables),
    }


def _failure_json(failure: Failure) -> dict[str, object]:
    return {
        "action": failure.action.path,
        "why": failure.why,
        "phase": failure.phase,
        "log": failure.log,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _seconds(duration: timedelta | None) -> int | None:
    return int(duration.total_seconds()) if duration is not None else None


# ── for people ────────────────────────────────────────────────────────────────────────────────


def tell(told: Told, now: datetime) -> None:
    """Print one execution in full, then the newest ones."""
    if told.execution is None:
        print_line(f"{told.pipeline} has not run in the last year")
    else:
        _tell_execution(told, told.execution, now)
    if len(told.executions) > 1:
        print_line()
        print_table(
            ("EXECUTION", "STATUS", "STARTED", "TOOK", "COMMIT", "TRIGGER"),
            [(each.id[:_SHORT_ID], *execution_cells(each, now)) for each in told.executions],
        )
    for step in told.next_steps:
        print_line(f"next: {step}")


def _tell_execution(told: Told, execution: Execution, now: datetime) -> None:
    status, started, took = execution_cells(execution, now)[:3]
    print_line(f"{told.pipeline}: {status}, {started}, {took}")
    print_line(f"  execution  {execution.id}")
    print_line(f"  trigger    {execution.trigger.text}")
    for commit in told.commits:
        print_line(f"  commit     {commit}")
    if execution.stop_reason:
        print_line(f"  stopped    {execution.stop_reason}")
    if execution.summary:
        print_line(f"  summary    {execution.summary}")
    if told.stages:
        rows = [_row(action, stage, now) for stage in told.stages for action in stage.actions]
        print_table(("STAGE", "ACTION", "STATUS", "TOOK", "WHAT"), rows)
    for failure in told.failures:
        print_line(f"why {failure.action.path} failed: {failure.why}")
        if failure.log:
            print_line(f"  log: {failure.log}")


def _row(action: Action, stage: StageRun, now: datetime) -> Sequence[str]:
    if action.category == _APPROVAL and action.status == IN_PROGRESS:
        what = "waits for somebody to approve it"
    else:
        what = action.summary.partition("\n")[0] if action.category != "Source" else ""
    name = f"{stage.name} ({_took(stage.took(now))})" if len(stage.actions) > 1 else stage.name
    status, took = action.status, _took(action.took(now))
    return name, action.name, status, took, what or action.provider


def execution_cells(execution: Execution, now: datetime) -> Sequence[str]:
    """Return what the tables say of an execution: status, started, took, commit, trigger."""
    commits = ", ".join(commit.short for commit in execution.commits)
    so_far = " so far" if execution.under_way else ""
    return (
        f"{execution.status} (rollback)" if execution.rollback else execution.status,
        age(execution.started_at, now) if execution.started_at else NOTHING,
        f"{_took(execution.took(now))}{so_far}",
        commits or NOTHING,
        execution.trigger.text,
    )


def _took(duration: timedelta | None) -> str:
    return span(duration) if duration is not None else NOTHING
