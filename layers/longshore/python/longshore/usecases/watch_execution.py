"""Look at an execution of a pipeline: read it back, keep its timeline, tell what is news.

What an event says is never kept. So however often and in whatever order events come, the timeline
is what CodePipeline shows, and each thing is told once: told and timeline are one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from longshore.decide.executions import Keep, Leave, Watched, decide_execution
from longshore.decide.timelines import builds_wanted
from longshore.domain.errors import Conflict, NotPermitted, Refused, Throttled
from longshore.domain.executions import (
    BuildOutcome,
    Builds,
    ExecutionSnapshot,
    Look,
    SeenExecution,
)
from longshore.domain.outcomes import Announcement
from longshore.domain.pipelines import ExecutionRef, PipelineFollower, PipelineId
from longshore.domain.pushes import PushLink
from longshore.events.pipeline_events import execution_detail
from longshore.usecases.look_again import is_last, look_once_more, look_when_free, merged
from longshore.usecases.watch_ports import TimelineChanges, WatchPorts

MOST_TOLD = 40
"""Applications told of one pipeline: what is told is one transaction with the timeline."""

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a look: `kind` is kept, unchanged, ignored or later; `told` are the events."""

    kind: str
    reason: str
    execution: str | None = None
    told: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


def one_look(looks: Sequence[Look]) -> Look:
    """Return the one look that stands for all of one message group."""
    return replace(merged(looks), ended=any(look.ended for look in looks))


def watch_execution(look: Look, ports: WatchPorts) -> Seen:
    """Look at an execution.

    Where AWS is busy, or others moved the record at the same time, it is looked at again later; a
    permission that is missing is raised, for a person has to mend it.
    """
    try:
        return _watch(look, ports)
    except (Throttled, Conflict) as error:
        look_when_free(look, ports.looks)
        return Seen("later", str(error), look.execution)


def _watch(look: Look, ports: WatchPorts) -> Seen:
    served = ports.directory.served_by(look.pipeline)
    if not served:
        return _unwatched(look, ports)
    execution = _execution(look, ports)
    if execution is None:
        return Seen("ignored", f"CodePipeline shows no execution of {look.build}")
    for _ in range(_TRIES - 1):
        try:
            return _look(look, execution, served, ports)
        except Conflict:
            continue
    return _look(look, execution, served, ports)


def _unwatched(look: Look, ports: WatchPorts) -> Seen:
    """Forget the timer of an execution that a configuration asked for once."""
    if look.execution is not None:
        ports.timelines.silence(ExecutionRef(look.pipeline, look.execution))
    reason = f"no application names the pipeline {look.pipeline.name}"
    return Seen("ignored", reason, look.execution)


def _execution(look: Look, ports: WatchPorts) -> ExecutionRef | None:
    if look.execution is not None:
        return ExecutionRef(look.pipeline, look.execution)
    return ports.pipelines.execution_of_build(look.pipeline, look.build or "")


def _look(
    look: Look, execution: ExecutionRef, served: Sequence[PipelineFollower], ports: WatchPorts
) -> Seen:
    kept = ports.timelines.read(execution)
    seen = ports.pipelines.execution(execution)
    if seen is None:
        ports.timelines.silence(execution)
        return Seen("ignored", "CodePipeline does not know the execution", execution.id)
    builds, troubles = _builds(seen, kept, ports)
    decision = decide_execution(
        Watched(
            kept=kept,
            seen=seen,
            builds=builds,
            limit=min(each.limit for each in served),
            now=ports.clock.now(),
            ended=look.ended,
            settled=is_last(look),
        )
    )
    if isinstance(decision, Keep):
        _keep(decision, kept.push, served, ports)
    _look_again(look, decision, ports)
    told = tuple(word.name for word in decision.words) if isinstance(decision, Keep) else ()
    kind = "kept" if isinstance(decision, Keep) else "unchanged"
    return Seen(kind, decision.reason, execution.id, told, troubles)


def _builds(
    seen: SeenExecution, kept: ExecutionSnapshot, ports: WatchPorts
) -> tuple[Builds, tuple[str, ...]]:
    """Return what CodeBuild says of builds that ended; a failure is told without it too."""
    wanted = builds_wanted(seen, kept.timeline)
    if not wanted:
        return {}, ()
    try:
        return ports.builds.outcomes(wanted), ()
    except (NotPermitted, Refused) as error:
        return dict.fromkeys(wanted, BuildOutcome()), (str(error),)


def _keep(
    keep: Keep, push: PushLink | None, served: Sequence[PipelineFollower], ports: WatchPorts
) -> None:
    now = ports.clock.now()
    names = sorted(each.application for each in served)[:MOST_TOLD]
    announcements = [
        announcement for name in names for announcement in _announcements(keep, push, name, now)
    ]
    ports.timelines.commit(
        TimelineChanges(
            timeline=keep.timeline,
            pipeline=keep.pipeline,
            announcements=tuple(announcements),
            images=keep.images,
        )
    )


def _announcements(
    keep: Keep, push: PushLink | None, application: str, now: datetime
) -> Sequence[Announcement]:
    """Return what one application is told, counted as the timeline counts what was told."""
    timeline, words = keep.timeline, keep.words
    first = timeline.announced - len(words) + 1
    return [
        Announcement(
            stage=None,
            subject=f"{application}:{timeline.execution.id}",
            sequence=first + index,
            name=word.name,
            at=now,
            detail=execution_detail(timeline, push, application, word.reason, word.failure),
            pipeline=PipelineId(application, timeline.execution.pipeline.name),
        )
        for index, word in enumerate(words)
    ]


def _look_again(look: Look, decision: Keep | Leave, ports: WatchPorts) -> None:
    if decision.again and not is_last(look):
        look_once_more(look, ports.looks)
