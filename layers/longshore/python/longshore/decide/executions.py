"""Decide what a look at an execution changes, and what of it is worth telling.

A failure is always told, and once more when it is mended; a success alone is no news. Whatever is
told is told once an attempt: it is written down with the timeline that it tells of.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from longshore.decide.timelines import draw, is_behind
from longshore.domain.executions import (
    ActionRun,
    ActionState,
    Builds,
    ExecutionSnapshot,
    ExecutionState,
    FailedExecution,
    PipelineFailure,
    PipelineRecord,
    SeenExecution,
    Timeline,
)
from longshore.domain.origins import BuiltImage, Origin
from longshore.domain.outcomes import EventName


@dataclass(frozen=True, slots=True)
class Word:
    """Something to tell of an execution."""

    name: EventName
    reason: str
    failure: PipelineFailure | None = None


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep a timeline, and tell what there is to tell; `pipeline` is None where it stands."""

    timeline: Timeline
    reason: str
    pipeline: PipelineRecord | None = None
    words: tuple[Word, ...] = ()
    images: tuple[BuiltImage, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Leave:
    """Nothing is to be written; `again` says that the reading cannot be the last word."""

    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a decision is made from: what is kept, what was read, and how long it may take.

    `ended` says that an event told of an end, `settled` that nobody will look again for it.
    """

    kept: ExecutionSnapshot
    seen: SeenExecution
    builds: Builds
    limit: timedelta
    now: datetime
    ended: bool = False
    settled: bool = False


def decide_execution(watched: Watched) -> Keep | Leave:
    """Decide what becomes of an execution's timeline after a look at it."""
    seen, kept = watched.seen, watched.kept.timeline
    if not seen.runs and kept is None and not seen.state.ended:
        return Leave("nothing of it has begun", again=watched.ended and not watched.settled)
    drawn = draw(seen, kept, watched.builds, settled=watched.settled)
    if kept is not None and drawn.attempt > kept.attempt:
        drawn = replace(drawn, told=())
    pipeline, words = _words(drawn, watched)
    told = replace(drawn, told=drawn.told + tuple(word.name for word in words))
    timeline = replace(
        told, announced=told.announced + len(words), due_at=due_at(told, watched.limit)
    )
    again = not watched.settled and _is_early(timeline, watched)
    if timeline == kept and pipeline == watched.kept.pipeline:
        return Leave(f"it is {timeline.state}, as was known", again)
    changed = pipeline if pipeline != watched.kept.pipeline else None
    return Keep(timeline, _reason(timeline), changed, words, _images(timeline, kept), again)


def due_at(timeline: Timeline, limit: timedelta) -> datetime | None:
    """Return when an execution will have taken too long; None where nobody waits for that.

    Waiting for a person is not being stuck: the time begins anew when somebody has approved.
    """
    begun = timeline.attempt_at
    if begun is None or timeline.state.ended or timeline.waiting:
        return None
    if EventName.PIPELINE_STUCK in timeline.told:
        return None
    return _last_approval(timeline, begun) + limit


def failure_of(timeline: Timeline) -> PipelineFailure:
    """Return why an execution failed: by the first of its actions that did, and its build."""
    latest = [run for run in timeline.runs if run.attempt == timeline.attempt]
    failed = [run for run in latest if run.state is ActionState.FAILED]
    if not failed:
        summary = timeline.summary or "CodePipeline names no action that failed"
        return PipelineFailure(summary)
    first = min(failed, key=lambda run: (run.ended_at or run.started_at, run.id))
    build = first.build
    return PipelineFailure(
        summary=_cause(first),
        stage=first.stage,
        action=first.name,
        phase=build.phase if build else None,
        log=build.log if build else None,
        url=first.url,
    )


def _cause(run: ActionRun) -> str:
    if run.build and run.build.phase:
        return f"{run.place} failed{run.build.where_and_why}"
    words = run.error or run.summary
    return f"{run.place} failed: {words}" if words else f"{run.place} failed and does not say why"


def _words(timeline: Timeline, watched: Watched) -> tuple[PipelineRecord, tuple[Word, ...]]:
    """Return the pipeline as it stands now, and what was not told yet."""
    pipeline = watched.kept.pipeline
    words = tuple(word for word in _news(timeline, watched) if word.name not in timeline.told)
    return _standing(pipeline, timeline), words


def _news(timeline: Timeline, watched: Watched) -> Iterator[Word]:
    match timeline.state:
        case ExecutionState.FAILED:
            failure = failure_of(timeline)
            yield Word(EventName.PIPELINE_FAILED, failure.summary, failure)
        case ExecutionState.SUCCEEDED:
            broken = watched.kept.pipeline.failing
            if broken is not None and _mends(timeline, broken):
                yield Word(EventName.PIPELINE_SUCCEEDED, _mended(timeline, broken))
        case ExecutionState.SUPERSEDED:
            reason = timeline.summary or "a newer execution went past it"
            yield Word(EventName.PIPELINE_SUPERSEDED, reason)
        case ExecutionState.STOPPED | ExecutionState.CANCELLED:
            reason = timeline.summary or f"it was {timeline.state.lower()}"
            yield Word(EventName.PIPELINE_STOPPED, reason)
        case ExecutionState.IN_PROGRESS | ExecutionState.STOPPING:
            due = due_at(timeline, watched.limit)
            if due is not None and due <= watched.now:
                yield Word(EventName.PIPELINE_STUCK, _stuck(timeline, watched))


def _mends(timeline: Timeline, broken: FailedExecution) -> bool:
    if timeline.execution.id == broken.id:
        return True
    return timeline.started_at is not None and timeline.started_at > broken.started_at


def _mended(timeline: Timeline, broken: FailedExecution) -> str:
    if timeline.execution.id == broken.id:
        return f"it succeeded at attempt {timeline.attempt}, after it had failed"
    return f"it succeeded, after the execution {broken.id} had failed"


def _standing(pipeline: PipelineRecord, timeline: Timeline) -> PipelineRecord:
    """Return how a pipeline stands: only an execution that began later speaks for it."""
    begun = timeline.started_at
    if begun is None:
        return pipeline
    if timeline.state is ExecutionState.SUCCEEDED:
        broken = pipeline.failing
        mended = broken is not None and _mends(timeline, broken)
        passed = max(begun, pipeline.passed_at or begun)
        return replace(pipeline, passed_at=passed, failing=None if mended else broken)
    if timeline.state is not ExecutionState.FAILED:
        return pipeline
    if pipeline.passed_at is not None and begun < pipeline.passed_at:
        return pipeline
    if pipeline.failing is not None and begun < pipeline.failing.started_at:
        return pipeline
    return replace(pipeline, failing=FailedExecution(timeline.execution.id, begun))


def _stuck(timeline: Timeline, watched: Watched) -> str:
    running = [run for run in timeline.runs if run.state is ActionState.IN_PROGRESS]
    what = ", ".join(f"{run.place} runs since {run.started_at:%Y-%m-%d %H:%M}Z" for run in running)
    what = what or "no action runs: it waits behind another execution, or a transition is disabled"
    hours = watched.limit.total_seconds() / 3600
    return f"in progress for longer than {hours:g} hours; {what}"


def _last_approval(timeline: Timeline, begun: datetime) -> datetime:
    approvals = [
        run.ended_at
        for run in timeline.runs
        if run.category == "Approval" and run.ended_at and run.attempt == timeline.attempt
    ]
    return max([begun, *approvals])


def _is_early(timeline: Timeline, watched: Watched) -> bool:
    """Whether CodePipeline will show more than it does now."""
    unseen = watched.ended and not timeline.state.ended
    return unseen or is_behind(timeline, watched.seen)


def _reason(timeline: Timeline) -> str:
    attempt = f" at attempt {timeline.attempt}" if timeline.attempt > 1 else ""
    waiting = f", waiting for {timeline.waiting}" if timeline.waiting else ""
    return f"it is {timeline.state}{attempt}{waiting}"


def _images(timeline: Timeline, kept: Timeline | None) -> tuple[BuiltImage, ...]:
    """Return the images that builds pushed and that were not known yet, with their origin."""
    known = {run.id for run in kept.runs if run.build is not None} if kept else set()
    return tuple(
        BuiltImage(
            digest=run.build.digest,
            origin=_origin(timeline),
            build=run.external_id or "",
            repository=timeline.repository,
        )
        for run in timeline.runs
        if run.build and run.build.digest and run.id not in known
    )


def _origin(timeline: Timeline) -> Origin:
    commit, trigger = timeline.commit, timeline.trigger
    return Origin(
        pipeline=timeline.execution.pipeline.name,
        execution=timeline.execution.id,
        commit=commit.id if commit else None,
        url=commit.url if commit else None,
        author=timeline.author,
        trigger=trigger.kind if trigger else None,
    )
