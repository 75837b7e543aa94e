"""What a FIFO queue remembers of what was sent to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

REMEMBERED = timedelta(minutes=5)
"""How long SQS drops a message with the same deduplication id, from the first one on:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html"""

Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """The first message with a deduplication id; what it was deleted for does not matter."""

    id: str
    sequence: int
    until: datetime


class Deduplication:
    """The deduplication ids of the last five minutes."""

    def __init__(self) -> None:
        self._sent: dict[Key, Sent] = {}

    def first(self, key: Key, now: datetime) -> Sent | None:
        """Return the message that a further one with this key would repeat."""
        self._forget(now)
        return self._sent.get(key)

    def remember(self, key: Key, sent_id: str, sequence: int, now: datetime) -> None:
        """Keep the first message of a key."""
        self._sent[key] = Sent(sent_id, sequence, now + REMEMBERED)

    def _forget(self, now: datetime) -> None:
        """Drop what is too old: the entries stand in the order of their ends."""
        while self._sent:
            key, sent = next(iter(self._sent.items()))
            if sent.until > now:
                return
            del self._sent[key]
