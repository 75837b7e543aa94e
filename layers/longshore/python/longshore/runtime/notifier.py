"""A batch of the notices: people are told, in order within a subject."""

from longshore.events.messages import parse_announcement
from longshore.runtime.batch import BatchAnswer, Event, Message, messages_of, run_each
from longshore.runtime.observability import MESSAGES_REJECTED, Journal
from longshore.usecases.notify import notify
from longshore.usecases.publishing_ports import NotifyPorts


def notify_batch(event: Event, ports: NotifyPorts, journal: Journal) -> BatchAnswer:
    """Tell people of a batch of announcements; return the messages that must come again."""

    def work(message: Message) -> None:
        try:
            announcement = parse_announcement(message.body)
        except ValueError as error:
            journal.warn("message rejected", reason=str(error), message_id=message.id)
            journal.count(MESSAGES_REJECTED, reason=str(error))
            return
        notified = notify(announcement, ports)
        journal.note("notified", outcome=notified.value, announcement=announcement.id)

    return run_each(messages_of(event), work, journal)
