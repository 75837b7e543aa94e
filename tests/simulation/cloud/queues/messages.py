"""A message as a queue keeps it, and as it is shown."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True, eq=False)
class Message:
    """A message in a queue; where it stands among the others is the order's business.

    `sequence` is unique in the whole of SQS and grows, `version` counts how often `visible_at`
    was set, so that an entry of a heap can tell that it is out of date.
    """

    id: str
    body: str
    md5: str
    sequence: int
    sent_at: datetime
    visible_at: datetime
    group: str | None = None
    deduplication: str | None = None
    source: str | None = None
    receives: int = 0
    version: int = 0
    present: bool = True
    first_received_at: datetime | None = field(default=None)

    def in_flight(self, now: datetime) -> bool:
        """Whether somebody received it and its time is not over."""
        return self.receives > 0 and self.visible_at > now

    def take(self, now: datetime, hidden: timedelta) -> None:
        """Note that somebody receives it, who has it to himself for a while."""
        self.receives += 1
        if self.first_received_at is None:
            self.first_received_at = now
        self.visible_at = now + hidden


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A message as a test looks at it; `source` is the ARN of the queue that gave it up."""

    id: str
    body: str
    group: str | None
    sent_at: datetime
    visible_at: datetime
    receives: int
    in_flight: bool
    source: str | None


def shown(message: Message, now: datetime) -> QueuedMessage:
    """Return a message as it is at a moment."""
    return QueuedMessage(
        id=message.id,
        body=message.body,
        group=message.group,
        sent_at=message.sent_at,
        visible_at=message.visible_at,
        receives=message.receives,
        in_flight=message.in_flight(now),
        source=message.source,
    )
