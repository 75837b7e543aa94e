"""Draw the timeline of an execution from what CodePipeline shows, and join it with what is kept.

Readings come in any order, and some are behind: CodePipeline's lists are eventually consistent.
So joining only ever goes forward, action by action and state by state, and two readings make the
same timeline whichever comes first. An ended attempt is left by a retry alone, which shows as an
action that runs again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from longshore.domain.executions import (
    ActionRun,
    ActionState,
    BuildOutcome,
    Builds,
    ExecutionState,
    SeenExecution,
    Timeline,
)

ROOM = 80 * 1024
"""Bytes that the runs of one timeline may take; the ledger keeps 100 KiB an item."""

_OVERHEAD = 400
"""Bytes of a run beside its texts: names of fields, moments, states."""


def draw(
    seen: SeenExecution, kept: Timeline | None, builds: Builds, *, settled: bool = False
) -> Timeline:
    """Return the timeline after a reading; what was told of it is not touched here.

    A reading is `settled` when it was made again and again and will not be made once more.
    """
    joined = _with_builds(_joined(kept.runs if kept else (), seen.runs), builds)
    runs, attempt, attempt_at = _in_attempts(joined)
    before = kept or Timeline(execution=seen.execution, state=seen.state)
    state = before.state
    if kept is None or not _is_outdated(seen, kept):
        state = _state(_believed(seen, runs, attempt, settled=settled), kept, attempt)
    fitting = _fitting(runs)
    return replace(
        before,
        state=state,
        attempt=max(attempt, before.attempt),
        summary=seen.summary if seen.state is state else before.summary,
        trigger=seen.trigger or before.trigger,
        revisions=seen.revisions or before.revisions,
        author=seen.author or before.author,
        repository=seen.repository or before.repository,
        runs=fitting,
        dropped=max(before.dropped, len(runs) - len(fitting)),
        started_at=before.started_at or min((run.started_at for run in runs), default=None),
        attempt_at=attempt_at if attempt >= before.attempt else before.attempt_at,
        ended_at=_last(runs) if state.ended else None,
        waiting=None if state.ended else _waiting(runs),
    )


def is_behind(timeline: Timeline, seen: SeenExecution) -> bool:
    """Whether a reading cannot be the last word: it shows another state than the one that stands.

    Either the reading is an old one, or its state and its actions contradict each other.
    """
    return seen.state is not timeline.state


def builds_wanted(seen: SeenExecution, kept: Timeline | None) -> Sequence[str]:
    """Return the builds that have ended and that CodeBuild has not been asked about."""
    known = {run.id for run in kept.runs if run.build is not None} if kept else set()
    ended = {ActionState.FAILED, ActionState.SUCCEEDED}
    return sorted(
        {
            run.external_id
            for run in seen.runs
            if run.is_build and run.external_id and run.state in ended and run.id not in known
        }
    )


def _believed(
    seen: SeenExecution, runs: Iterable[ActionRun], attempt: int, *, settled: bool
) -> ExecutionState:
    """Return the state that a reading shows, as far as the actions do not contradict it.

    Where they do, one of the two is behind: the end is that of an earlier attempt, or the actions
    are not all there yet.
    """
    here = {run.state for run in runs if run.attempt == attempt}
    contradicted = {
        ExecutionState.FAILED: ActionState.FAILED not in here,
        ExecutionState.SUCCEEDED: ActionState.FAILED in here,
    }
    early = ActionState.IN_PROGRESS in here or contradicted.get(seen.state, False)
    doubtful = seen.state.ended and early and not settled
    return ExecutionState.IN_PROGRESS if doubtful else seen.state


def _is_outdated(seen: SeenExecution, kept: Timeline) -> bool:
    """Whether a reading shows less than is known: its state is one of earlier, too."""
    running = {run.id for run in seen.runs if run.state is ActionState.IN_PROGRESS}
    shown = {run.id for run in seen.runs}
    return any(run.id not in shown or (_over(run) and run.id in running) for run in kept.runs)


def _over(run: ActionRun) -> bool:
    return run.state is not ActionState.IN_PROGRESS


def _state(believed: ExecutionState, kept: Timeline | None, attempt: int) -> ExecutionState:
    """Return the state that stands: a later attempt's, or the further one of the same attempt."""
    if kept is None or attempt > kept.attempt:
        return believed
    if kept.state.ended or attempt < kept.attempt:
        return kept.state
    stopping = kept.state is ExecutionState.STOPPING and not believed.ended
    return kept.state if stopping else believed


def _joined(kept: Iterable[ActionRun], seen: Iterable[ActionRun]) -> Iterable[ActionRun]:
    runs: dict[str, ActionRun] = {run.id: run for run in kept}
    for run in seen:
        runs[run.id] = _further(runs.get(run.id), run)
    return runs.values()


def _further(kept: ActionRun | None, seen: ActionRun) -> ActionRun:
    """Return the one of two readings of a run that is further; an ended run has ended."""
    if kept is None:
        return seen
    if _over(kept) and not _over(seen):
        return kept
    return replace(seen, build=kept.build)


def _with_builds(runs: Iterable[ActionRun], builds: Builds) -> Iterable[ActionRun]:
    for run in runs:
        outcome = builds.get(run.external_id or "") if run.is_build else None
        yield replace(run, build=outcome) if outcome and not run.build else run


def _in_attempts(
    runs: Iterable[ActionRun],
) -> tuple[Sequence[ActionRun], int, datetime | None]:
    """Return the runs in their order, with their attempts; how many, and when the last one began.

    An action that runs once more begins an attempt. Those that a retry starts side by side are
    new to that attempt, so they begin no further one.
    """
    attempt, begun, places = 1, None, set[str]()
    numbered: list[ActionRun] = []
    for run in sorted(runs, key=lambda run: (run.started_at, run.id)):
        if run.place in places:
            attempt, begun, places = attempt + 1, None, set()
        places.add(run.place)
        begun = begun or run.started_at
        numbered.append(replace(run, attempt=attempt))
    return numbered, attempt, begun


def _last(runs: Iterable[ActionRun]) -> datetime | None:
    return max((run.ended_at or run.started_at for run in runs), default=None)


def _waiting(runs: Iterable[ActionRun]) -> str | None:
    waiting = [run.place for run in runs if run.waits_for_a_person]
    return f"a manual approval: {', '.join(waiting)}" if waiting else None


def _fitting(runs: Sequence[ActionRun]) -> tuple[ActionRun, ...]:
    """Return the newest runs that there is room for."""
    room, count = ROOM, 0
    for run in reversed(runs):
        room -= _size(run)
        if room < 0:
            break
        count += 1
    return tuple(runs[len(runs) - count :])


def _size(run: ActionRun) -> int:
    build = run.build or BuildOutcome()
    texts = (
        *(run.id, run.stage, run.name, run.category, run.provider),
        *(run.external_id, run.url, run.summary, run.error),
        *(build.phase, build.message, build.log, build.digest),
    )
    return _OVERHEAD + sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts)
