"""What a push is for is started: once, recorded at each step, and never begun without time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from longshore.decide.triggers import Left, Start, plan_starts, token_of, told_to_builds
from longshore.domain.errors import NotPermitted, Refused, Throttled
from longshore.domain.pushes import (
    Push,
    PushLink,
    PushRecord,
    Startable,
    Started,
    linked_execution,
)
from longshore.usecases.push_ports import StartPorts

LEAST_TIME = timedelta(seconds=11)
"""A start is not begun with less: its call and its record may take five seconds each."""


@dataclass(frozen=True, slots=True)
class Began:
    """A start of this push; `started` has the execution, or why AWS refuses it."""

    started: Started
    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """All that there was to do for a push; `known` where it had been done before."""

    began: Sequence[Began] = ()
    left: Sequence[Left] = ()
    known: bool = False


def start_pushed(name: str, push: Push, ports: StartPorts) -> Done:
    """Start what the configurations in force say, and mark the push as done.

    What was recorded is not asked for again; what was asked for and not recorded is asked for by
    the same token, which AWS knows.

    Raises:
        Throttled, UnknownReply: AWS was busy, or the time is up: the same message comes again.
        Conflict: another worker was at the same push.
    """
    record = ports.records.read(name) or PushRecord(
        name, push.repository, push.pusher, ports.clock.now()
    )
    if record.done:
        return Done(known=True)
    plan = plan_starts(push, ports.followers.triggers(push.repository))
    began = []
    for start in _missing(plan.starts, record):
        started, record = _begin(start, push, record, ports)
        began.append(Began(started, start.reason))
    ports.records.keep(replace(record, done=True))
    return Done(began, plan.left)


def _missing(starts: Sequence[Start], record: PushRecord) -> Iterator[Start]:
    for start in starts:
        if record.start_of(start.change.ref, start.trigger.starts, start.trigger.name) is None:
            yield start


def _begin(
    start: Start, push: Push, record: PushRecord, ports: StartPorts
) -> tuple[Started, PushRecord]:
    if ports.clock.time_left() < LEAST_TIME:
        raise Throttled("the time is up: the rest is started when the message comes again")
    trigger = start.trigger
    started = Started(start.change.ref, start.commit, trigger.starts, trigger.name)
    try:
        execution = _call(start, push, record.hash, ports)
    except (NotPermitted, Refused) as error:
        refused = replace(started, reason=str(error))
        return refused, ports.records.keep(record.with_start(refused))
    started = replace(started, execution=execution)
    link = _link(started, push, record, ports)
    return started, ports.records.keep(record.with_start(started), link)


def _call(start: Start, push: Push, name: str, ports: StartPorts) -> str:
    trigger, token, told = start.trigger, token_of(name, start), told_to_builds(push, start)
    match trigger.starts:
        case Startable.PIPELINE:
            variables = {key: told[key] for key in trigger.variables if key in told}
            return ports.starter.start_pipeline(
                trigger.name, trigger.source, start.commit, token, variables
            )
        case Startable.BUILD:
            return ports.starter.start_build(trigger.name, start.commit, token, told)


def _link(started: Started, push: Push, record: PushRecord, ports: StartPorts) -> PushLink:
    whole = started.execution
    if started.kind is Startable.PIPELINE:
        whole = linked_execution(started.name, whole)
    return PushLink(
        execution=whole,
        kind=started.kind,
        name=started.name,
        push=record.hash,
        repository=push.repository,
        ref=started.ref,
        commit=started.commit,
        pusher=push.pusher,
        at=ports.clock.now(),
    )
