"""A batch of the executions: the messages of one execution, or build, make one look at it."""

from collections.abc import Iterator, Mapping, Sequence

from longshore.domain.builds import AnyLook, BuildLook
from longshore.domain.executions import Look
from longshore.events.look_messages import parse_look
from longshore.runtime.batch import BatchAnswer, Event, Message, messages_of, run_groups
from longshore.runtime.observability import MESSAGES_IGNORED, MESSAGES_REJECTED, Journal
from longshore.usecases.look_again import merged
from longshore.usecases.watch_build import watch_build
from longshore.usecases.watch_execution import Seen, one_look, watch_execution
from longshore.usecases.watch_ports import WatchPorts


def watch_batch(event: Event, ports: WatchPorts, journal: Journal) -> BatchAnswer:
    """Look at what a batch names, each once; return the messages that must come again."""

    def work(messages: Sequence[Message]) -> None:
        looks = list(_looks(messages, journal))
        if executions := [each for each in looks if isinstance(each, Look)]:
            look = one_look(executions)
            _tell(look, watch_execution(look, ports), journal)
        if builds := [each for each in looks if isinstance(each, BuildLook)]:
            build = merged(builds)
            _tell(build, watch_build(build, ports), journal)

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


def _tell(look: AnyLook, seen: Seen, journal: Journal) -> None:
    what, named = _named(look, seen)
    journal.note(
        f"{what} looked at",
        **named,
        outcome=seen.kind,
        reason=seen.reason,
        told=list(seen.told),
        events=list(look.events),
    )
    for trouble in seen.troubles:
        journal.warn("build not read", reason=trouble, execution=seen.execution)
    if seen.kind == "ignored":
        journal.count(MESSAGES_IGNORED, reason=seen.reason)


def _named(look: AnyLook, seen: Seen) -> tuple[str, Mapping[str, object]]:
    """Return what was looked at, and the names by which a line is found."""
    if isinstance(look, BuildLook):
        return "build", {"build": look.build}
    return "execution", {"pipeline": look.pipeline.name, "execution": seen.execution}
