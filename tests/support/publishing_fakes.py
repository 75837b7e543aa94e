"""Where announcements go, in memory."""

from collections.abc import Mapping, Sequence

from longshore.domain.errors import LongshoreError
from longshore.domain.outcomes import Announcement
from longshore.events.notices import Notice


class FakeBus:
    """A bus that may be down, or not take some events."""

    def __init__(self) -> None:
        self.published: list[str] = []
        self.seen: list[Announcement] = []
        self.failure: LongshoreError | None = None
        self.refused: dict[str, str] = {}

    def publish(self, announcements: Sequence[Announcement]) -> Mapping[str, str]:
        if self.failure is not None:
            raise self.failure
        self.seen += announcements
        names = [announcement.id for announcement in announcements]
        self.published += [name for name in names if name not in self.refused]
        return {name: self.refused[name] for name in names if name in self.refused}


class FakeNoticeQueue:
    """A queue that may fail for some announcements."""

    def __init__(self) -> None:
        self.queued: list[str] = []
        self.failures: dict[str, LongshoreError] = {}

    def put(self, announcement: Announcement) -> None:
        if announcement.id in self.failures:
            raise self.failures[announcement.id]
        self.queued.append(announcement.id)


class FakeOutboxStore:
    """The outbox as its reader writes to it."""

    def __init__(self) -> None:
        self.confirmed: list[str] = []
        self.failure: LongshoreError | None = None

    def confirm(self, announcement: Announcement) -> None:
        if self.failure is not None:
            raise self.failure
        self.confirmed.append(announcement.id)


class FakeChannel:
    """A channel to people that may be down."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.failure: Exception | None = None

    def publish(self, notice: Notice) -> None:
        if self.failure is not None:
            raise self.failure
        self.notices.append(notice)


class InMemoryNoticeStore:
    """What was told last of each thread."""

    def __init__(self) -> None:
        self.told: dict[str, int] = {}
        self.failure: LongshoreError | None = None

    def last_told(self, thread: str) -> int:
        return self.told.get(thread, 0)

    def remember(self, announcement: Announcement) -> None:
        if self.failure is not None:
            raise self.failure
        last = self.told.get(announcement.thread, 0)
        self.told[announcement.thread] = max(last, announcement.sequence)
