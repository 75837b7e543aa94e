"""A batch of the executions: the messages of one execution, or build, make one look at it."""

from collections.abc import Iterator, Sequence

from longshore.domain.builds import AnyLook, BuildLook
from longshore.domain.executions import Look
from longshore.events.look_messages import parse_look
from longshore.runtime.batch import BatchAnswer, Event, Message, messages_of, run_groups
from longshore.runtime.observability import MESSAGES_IGNORED, MESSAGES_REJECTED, Journal
from longshore.usecases.watch_build import merged_builds, watch_build
from longshore.usecases.watch_execution import Seen, merged, watch_execution
from longshore.usecases.watch_ports import WatchPorts


def watch_batch(event: Event, ports: WatchPorts, journal: Journal) -> BatchAnswer:
    """Look at what a batch names, each once; return the messages that must come again."""

    def work(messages: Sequence[Message]) -> None:
        looks = list(_looks(messages, journal))
        if executions := [each for each in looks if isinstance(each, Look)]:
            look = merged(executions)
            _tell(look, watch_execution(look, ports), journal)
        if builds := [each for each in looks if isinstance(each, BuildLook)]:
            build = merged_builds(builds)
            _tell_build(build, watch_build(build, ports), journal)

    return run_groups(messages_of(event), work, journal)


def _looks(messages: Sequence[Message], journal: Journal) -> Iterator[AnyLook]:
    """Yield what the messages of one group say; a malformed one ends, no retry would mend it."""
    for message in messages:
        try:
            look = parse_look(message.body)
            _check_group(look, message)
        except ValueError as error:
            journal.warn("message rejected", reason=str(error), message_id=message.id)
            journal.count(MESSAGES_REJECTED, reason=str(error))
        else:
            yield look


def _check_group(look: AnyLook, message: Message) -> None:
    """An execution in another one's group could be written by two at once, or for nothing."""
    if message.group != look.group:
        raise ValueError(f"a look at {look.group} came in the message group {message.group}")


def _tell(look: Look, seen: Seen, journal: Journal) -> None:
    journal.note(
        "execution looked at",
        pipeline=look.pipeline.name,
        execution=seen.execution,
        outcome=seen.kind,
        reason=seen.reason,
        told=list(seen.told),
        events=list(look.events),
    )
    for trouble in seen.troubles:
        journal.warn("build not read", reason=trouble, execution=seen.execution)
    if seen.kind == "ignored":
        journal.count(MESSAGES_IGNORED, reason=seen.reason)


def _tell_build(look: BuildLook, seen: Seen, journal: Journal) -> None:
    journal.note(
        "build looked at",
        build=look.build,
        outcome=seen.kind,
        reason=seen.reason,
        told=list(seen.told),
        events=list(look.events),
    )
    if seen.kind == "ignored":
        journal.count(MESSAGES_IGNORED, reason=seen.reason)
