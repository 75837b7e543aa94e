"""In which order a queue gives its messages, and when it has one to give."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from typing import Protocol

from tests.simulation.cloud.queues.messages import Message

Pick = Callable[[int], int]
"""Says which of so many visible messages a standard queue gives next, as an index."""


def oldest(_visible: int) -> int:
    """Give what became visible first."""
    return 0


class Order(Protocol):
    """Which messages are visible, in which order."""

    def place(self, message: Message) -> None:
        """Take in a message that is new, or whose `visible_at` changed."""
        ...

    def remove(self, message: Message) -> None:
        """Forget a message."""
        ...

    def visible(self, now: datetime) -> Iterator[Message]:
        """Give what can be received now; whoever takes or removes one says so afterwards."""
        ...

    def next_visible(self) -> datetime | None:
        """When a message can be received, in the past where one could be by now."""
        ...


class StandardOrder:
    """A standard queue promises no order; `pick` breaks it as it likes."""

    def __init__(self, pick: Pick = oldest) -> None:
        self._pick = pick
        self._hidden: list[tuple[datetime, int, int, Message]] = []
        self._ready: list[Message] = []

    def place(self, message: Message) -> None:
        message.version += 1
        entry = (message.visible_at, message.sequence, message.version, message)
        heappush(self._hidden, entry)

    def remove(self, message: Message) -> None:
        message.present = False

    def visible(self, now: datetime) -> Iterator[Message]:
        self._show(now)
        while self._ready:
            message = self._ready.pop(self._pick(len(self._ready)))
            if message.present:
                yield message

    def next_visible(self) -> datetime | None:
        for message in self._ready:
            if message.present:
                return message.visible_at
        while self._hidden and _is_stale(self._hidden[0]):
            heappop(self._hidden)
        return self._hidden[0][0] if self._hidden else None

    def _show(self, now: datetime) -> None:
        while self._hidden and self._hidden[0][0] <= now:
            entry = heappop(self._hidden)
            if not _is_stale(entry):
                self._ready.append(entry[3])


def _is_stale(entry: tuple[datetime, int, int, Message]) -> bool:
    _, _, version, message = entry
    return version != message.version or not message.present


@dataclass(slots=True, eq=False)
class _Group:
    """The messages of a group, oldest first: those in flight stand at the front."""

    name: str
    messages: deque[Message] = field(default_factory=deque)
    version: int = 0

    def free_at(self) -> datetime:
        """When nothing of the group is in flight and its oldest message is visible."""
        free = self.messages[0].visible_at
        for message in self.messages:
            if message.receives == 0:
                break
            free = max(free, message.visible_at)
        return free


class FifoOrder:
    """A FIFO queue: in each group one after another, and nothing while one is in flight.

    Several messages of a group may come in one receive, in their order:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
    """

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self._locked: list[tuple[datetime, int, int, _Group]] = []
        self._free: list[tuple[int, int, _Group]] = []

    def place(self, message: Message) -> None:
        name = message.group or ""
        group = self._groups.get(name)
        if group is None:
            group = self._groups[name] = _Group(name)
        behind_others = message.version == 0 and bool(group.messages)
        if message.version == 0:
            group.messages.append(message)
        message.version += 1
        if not behind_others:  # else the group is free when it would have been without it
            self._schedule(group)

    def remove(self, message: Message) -> None:
        message.present = False
        group = self._groups[message.group or ""]
        group.messages.remove(message)
        if group.messages:
            self._schedule(group)
        else:
            group.version += 1
            del self._groups[group.name]

    def visible(self, now: datetime) -> Iterator[Message]:
        self._unlock(now)
        while self._free:
            _, version, group = heappop(self._free)
            if version != group.version:
                continue
            # A copy: what is given here is removed or hidden before the next one is asked for.
            for message in tuple(group.messages):
                if message.visible_at > now:
                    break
                yield message

    def next_visible(self) -> datetime | None:
        while self._free and self._free[0][1] != self._free[0][2].version:
            heappop(self._free)
        if self._free:
            return self._free[0][2].free_at()
        while self._locked and self._locked[0][2] != self._locked[0][3].version:
            heappop(self._locked)
        return self._locked[0][0] if self._locked else None

    def _schedule(self, group: _Group) -> None:
        group.version += 1
        entry = (group.free_at(), group.messages[0].sequence, group.version, group)
        heappush(self._locked, entry)

    def _unlock(self, now: datetime) -> None:
        while self._locked and self._locked[0][0] <= now:
            _, sequence, version, group = heappop(self._locked)
            if version == group.version:
                heappush(self._free, (sequence, version, group))
