"""A batch of the work queue: the messages of one stage make one reconcile."""

from collections.abc import Iterator, Sequence

from longshore.domain.places import StageId
from longshore.domain.wakeups import Wakeup
from longshore.events.messages import parse_wakeup
from longshore.runtime.batch import BatchAnswer, Event, Message, messages_of, run_groups
from longshore.runtime.observability import MESSAGES_REJECTED, Journal
from longshore.usecases.reconcile import Reconciled, reconcile
from longshore.usecases.round import Ports


def reconcile_batch(event: Event, ports: Ports, journal: Journal) -> BatchAnswer:
    """Reconcile each stage of a batch once; return the messages that must come again."""

    def work(messages: Sequence[Message]) -> None:
        wakeups = list(_wakeups(messages, journal))
        if wakeups:
            _tell(reconcile(wakeups[0].stage, wakeups, ports), journal)

    return run_groups(messages_of(event), work, journal)


def _wakeups(messages: Sequence[Message], journal: Journal) -> Iterator[Wakeup]:
    """Yield what the messages of one group say; a malformed one ends, no retry would mend it."""
    for message in messages:
        try:
            wakeup = parse_wakeup(message.body)
            _check_group(wakeup.stage, message)
        except ValueError as error:
            journal.warn("message rejected", reason=str(error), message_id=message.id)
            journal.count(MESSAGES_REJECTED, reason=str(error))
        else:
            yield wakeup


def _check_group(stage: StageId, message: Message) -> None:
    """A stage in another stage's group could be worked on by two at once."""
    if message.group != str(stage):
        raise ValueError(f"a wake-up of {stage} came in the message group {message.group}")


def _tell(done: Reconciled, journal: Journal) -> None:
    outcomes = [
        {"event": each.event, "outcome": each.outcome.value, "reason": each.reason}
        for each in done.outcomes
    ]
    journal.note("reconciled", stage=str(done.stage), reason=done.summary, outcomes=outcomes)
