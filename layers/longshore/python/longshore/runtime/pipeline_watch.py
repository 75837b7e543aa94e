"""A batch of the executions: the messages of one execution make one look at it."""

from collections.abc import Iterator, Sequence

from longshore.domain.executions import Look
from longshore.events.look_messages import parse_look
from longshore.runtime.batch import BatchAnswer, Event, Message, messages_of, run_groups
from longshore.runtime.observability import MESSAGES_IGNORED, MESSAGES_REJECTED, Journal
from longshore.usecases.watch_execution import Seen, merged, watch_execution
from longshore.usecases.watch_ports import WatchPorts


def watch_batch(event: Event, ports: WatchPorts, journal: Journal) -> BatchAnswer:
    """Look at each execution of a batch once; return the messages that must come again."""

    def work(messages: Sequence[Message]) -> None:
        looks = list(_looks(messages, journal))
        if looks:
            look = merged(looks)
            _tell(look, watch_execution(look, ports), journal)

    return run_groups(messages_of(event), work, journal)


def _looks(messages: Sequence[Message], journal: Journal) -> Iterator[Look]:
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


def _check_group(look: Look, message: Message) -> None:
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
