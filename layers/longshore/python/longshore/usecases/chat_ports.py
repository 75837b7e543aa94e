"""What telling a chat needs of the world."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from longshore.domain.chat import Commit, LastLines, Posted, Telling, Thread
from longshore.domain.errors import LongshoreError, Refused
from longshore.domain.outcomes import Announcement
from longshore.domain.routes import Route
from longshore.usecases.ports import Clock


class MessageGone(LongshoreError):
    """The message is not there any more, or may not be edited: another takes its place."""


class NotTaken(Refused):
    """The chat takes a message in no form, at no time: a defect of ours."""


class Chat(Protocol):
    """A chat that people read.

    Every method raises Throttled where the chat is away or busy, UnknownReply where a message may
    have been posted, NotPermitted where a person has to mend something there (the text says what),
    NotTaken where the chat does not take what we say.
    """

    @property
    def living(self) -> bool:
        """Whether messages can be edited and have threads, and channels can be chosen."""
        ...

    def open(self, channel: str, telling: Telling) -> Posted:
        """Post a message."""
        ...

    def edit(self, message: Posted, telling: Telling) -> None:
        """Make a message say what is true now; raise MessageGone."""
        ...

    def add_step(self, message: Posted, telling: Telling, *, broadcast: bool) -> None:
        """Add a step to a message's thread; `broadcast` shows it in the channel too.

        Raises MessageGone as `edit` does.
        """
        ...


class ChatQueue(Protocol):
    """The queue of what channels are to be told, in order within a thread."""

    def put(self, announcement: Announcement) -> None:
        """Queue an announcement; the same one put twice within minutes is one."""
        ...


class Routes(Protocol):
    """The routes of the configuration in force."""

    def routes_of(self, application: str) -> Sequence[Route]:
        """Return an application's routes."""
        ...


class ThreadStore(Protocol):
    """What each channel has been told."""

    def thread(self, thread: str, channel: str) -> Thread:
        """Return what a channel has been told of a thread; read consistently."""
        ...

    def keep(self, announcement: Announcement, channel: str, thread: Thread) -> None:
        """Remember what a channel has been told, unless something later is kept already."""
        ...


class Sources(Protocol):
    """Where an image came from."""

    def commit(self, repository: str, digest: str) -> Commit | None:
        """Return the commit that an image's labels name; None also where it cannot be read."""
        ...


class TaskLogs(Protocol):
    """What the containers of tasks wrote."""

    def last_lines(self, definition: str, container: str, task: str) -> LastLines:
        """Return the last lines of a container, free of secrets, or why there are none."""
        ...


@dataclass(frozen=True, slots=True)
class ChatPorts:
    """What telling a chat needs."""

    chat: Chat
    queue: ChatQueue
    routes: Routes
    threads: ThreadStore
    sources: Sources
    logs: TaskLogs
    clock: Clock
