"""A chat, its routes and its memory, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from longshore.domain.chat import Commit, LastLines, Posted, Telling, Thread
from longshore.domain.errors import LongshoreError
from longshore.domain.outcomes import Announcement
from longshore.domain.routes import Route
from longshore.usecases.chat_ports import ChatPorts
from tests.support.fakes import NOON


@dataclass
class FakeChat:
    """A chat that keeps what it was told, and may fail by channel."""

    living: bool = True
    said: list[tuple[str, str, int]] = field(default_factory=list)
    """What was done, where, and with which sequence number."""
    tellings: list[Telling] = field(default_factory=list)
    failures: dict[str, list[LongshoreError]] = field(default_factory=dict)
    """What the next calls about a channel raise, by what is done there: `open #a`."""
    broadcasts: list[int] = field(default_factory=list)

    def open(self, channel: str, telling: Telling) -> Posted:
        self._say("open", channel, telling)
        return Posted(channel, f"ts-{len(self.said)}")

    def edit(self, message: Posted, telling: Telling) -> None:
        self._say("edit", message.channel, telling)

    def add_step(self, message: Posted, telling: Telling, *, broadcast: bool) -> None:
        self._say("step", message.channel, telling)
        if broadcast:
            self.broadcasts.append(telling.announcement.sequence)

    def _say(self, what: str, channel: str, telling: Telling) -> None:
        failures = self.failures.get(f"{what} {channel}", [])
        if failures:
            raise failures.pop(0)
        self.said.append((what, channel, telling.announcement.sequence))
        self.tellings.append(telling)


@dataclass
class FakeChatQueue:
    """Keeps what was queued; may fail."""

    queued: list[Announcement] = field(default_factory=list)
    failures: list[LongshoreError] = field(default_factory=list)

    def put(self, announcement: Announcement) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.queued.append(announcement)


@dataclass
class FakeRoutes:
    """Routes that are the same for every application."""

    routes: Sequence[Route] = (Route("#a"),)
    failure: LongshoreError | None = None

    def routes_of(self, application: str) -> Sequence[Route]:
        if self.failure is not None:
            raise self.failure
        return self.routes if application else ()


class InMemoryThreads:
    """What channels have been told."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Thread] = {}
        self.failures: list[LongshoreError] = []

    def thread(self, thread: str, channel: str) -> Thread:
        return self.kept.get((thread, channel), Thread())

    def keep(self, announcement: Announcement, channel: str, thread: Thread) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.kept[announcement.thread, channel] = thread


@dataclass
class FakeSources:
    """Commits by digest."""

    commits: dict[str, Commit] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def commit(self, repository: str, digest: str) -> Commit | None:
        self.asked.append(digest)
        return self.commits.get(digest) if repository else None


class FakeTaskLogs:
    """One line for every container."""

    def last_lines(self, definition: str, container: str, task: str) -> LastLines:
        return LastLines(container, (f"{definition} {task} failed",))


@dataclass
class FakeTime:
    """A clock whose time left is set, and how much of it passes from look to look."""

    left: timedelta = timedelta(seconds=30)
    elapse: timedelta = timedelta()

    def now(self) -> datetime:
        return NOON

    def time_left(self) -> timedelta:
        left, self.left = self.left, self.left - self.elapse
        return left


@dataclass
class ChatWorld:
    """All of it, and the ports to it."""

    chat: FakeChat = field(default_factory=FakeChat)
    queue: FakeChatQueue = field(default_factory=FakeChatQueue)
    routes: FakeRoutes = field(default_factory=FakeRoutes)
    threads: InMemoryThreads = field(default_factory=InMemoryThreads)
    sources: FakeSources = field(default_factory=FakeSources)
    time: FakeTime = field(default_factory=FakeTime)

    @property
    def ports(self) -> ChatPorts:
        return ChatPorts(
            self.chat,
            self.queue,
            self.routes,
            self.threads,
            self.sources,
            FakeTaskLogs(),
            self.time,
        )
