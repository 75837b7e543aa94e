"""A batch of the notices: people are told, in order within a subject.

Mail, pagers and whoever subscribed are told by the topic. For the channels of the chat a copy is
queued, in a group of its own, so that a chat which is slow or away keeps nobody else waiting: what
a channel is owed comes again with the copy.
"""

from collections.abc import Callable

from longshore.domain.errors import LongshoreError, NotPermitted, Refused, UnknownReply
from longshore.domain.outcomes import Announcement
from longshore.events.messages import is_chat_group, parse_announcement
from longshore.runtime.batch import (
    BatchAnswer,
    Event,
    Message,
    answer,
    failed_of_each,
    messages_of,
    raise_if_all,
)
from longshore.runtime.observability import (
    CHAT_LOST,
    CHAT_REFUSED,
    CHAT_REPLIES_LOST,
    CHAT_WAITING,
    MESSAGES_REJECTED,
    Journal,
)
from longshore.usecases.chat_ports import ChatPorts
from longshore.usecases.notify import notify
from longshore.usecases.publishing_ports import NotifyPorts
from longshore.usecases.tell_chat import Owed, tell_chat


def notify_batch(event: Event, ports: NotifyPorts, journal: Journal) -> BatchAnswer:
    """Tell people of a batch of announcements; return the messages that must come again."""
    messages = messages_of(event)
    ids = [message.id for message in messages]
    owing: set[str] = set()
    notices = [message for message in messages if not is_chat_group(message.group)]
    chats = [message for message in messages if is_chat_group(message.group)]
    failed = {*failed_of_each(notices, _publishing(ports, journal), journal)}
    if ports.chat is not None:
        failed |= {*failed_of_each(chats, _telling(ports.chat, journal, owing), journal)}
    raise_if_all(ids, failed)
    return answer(ids, failed | owing)


def _publishing(ports: NotifyPorts, journal: Journal) -> Callable[[Message], None]:
    """Return what queues a notice for the channels and publishes it; a repeat does no harm."""

    def publish(message: Message) -> None:
        announcement = _announcement(message, journal)
        if announcement is None:
            return
        try:
            if ports.chat is not None:
                ports.chat.queue.put(announcement)
        finally:  # what cannot be queued comes again, and keeps nobody else waiting
            notified = notify(announcement, ports)
            journal.note("notified", outcome=notified.value, announcement=announcement.id)

    return publish


def _telling(chat: ChatPorts, journal: Journal, owing: set[str]) -> Callable[[Message], None]:
    """Return what tells the channels of a message; those that do not know yet make it `owing`."""
    away: set[str] = set()

    def tell(message: Message) -> None:
        announcement = _announcement(message, journal)
        if announcement is None:
            return
        for owed in tell_chat(announcement, chat, away):
            _say(owed, announcement, journal)
            if not owed.lost:
                owing.add(message.id)

    return tell


def _announcement(message: Message, journal: Journal) -> Announcement | None:
    try:
        return parse_announcement(message.body)
    except ValueError as error:
        journal.warn("message rejected", reason=str(error), message_id=message.id)
        journal.count(MESSAGES_REJECTED, reason=str(error))
        return None


def _say(owed: Owed, announcement: Announcement, journal: Journal) -> None:
    metric = CHAT_LOST if owed.lost else _metric(owed.error)
    kind = type(owed.error).__name__
    told = {"channel": owed.channel, "announcement": announcement.id, "kind": kind}
    journal.warn("channel not told", reason=str(owed.error), **told)
    journal.count(metric, kind=kind)


def _metric(error: LongshoreError) -> str:
    match error:
        case NotPermitted() | Refused():
            return CHAT_REFUSED
        case UnknownReply():
            return CHAT_REPLIES_LOST
        case _:
            return CHAT_WAITING
