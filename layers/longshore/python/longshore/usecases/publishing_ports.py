"""What telling the world needs of it: a bus, a queue of notices, a channel, and memories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from longshore.domain.outcomes import Announcement
from longshore.events.notices import Notice
from longshore.usecases.chat_ports import ChatPorts


class EventPublisher(Protocol):
    """The bus that anybody's rules listen to."""

    def publish(self, announcements: Sequence[Announcement]) -> Mapping[str, str]:
        """Publish events; return the reason for each, by its id, that the bus did not take."""
        ...


class NoticeQueue(Protocol):
    """The queue of what people are to be told, in order within a subject."""

    def put(self, announcement: Announcement) -> None:
        """Queue an announcement; the same one put twice within minutes is one."""
        ...


class OutboxStore(Protocol):
    """The outbox, as far as its reader writes to it."""

    def confirm(self, announcement: Announcement) -> None:
        """Remember that an announcement has gone out, so that nobody sends it again."""
        ...


class NoticeStore(Protocol):
    """What people were told last of each thread."""

    def last_told(self, thread: str) -> int:
        """Return the sequence number told last, 0 before the first; read consistently."""
        ...

    def remember(self, announcement: Announcement) -> None:
        """Keep a sequence number as told, unless a later one is kept already."""
        ...


class NoticePublisher(Protocol):
    """A channel that reaches people."""

    def publish(self, notice: Notice) -> None:
        """Tell people; raise what the channel raises when it does not take it."""
        ...


@dataclass(frozen=True, slots=True)
class AnnouncePorts:
    """What the announcer needs."""

    bus: EventPublisher
    notices: NoticeQueue
    outbox: OutboxStore


@dataclass(frozen=True, slots=True)
class NotifyPorts:
    """What the notifier needs."""

    channel: NoticePublisher
    told: NoticeStore
    chat: ChatPorts | None = None
    """Nothing where the installation has no chat."""
