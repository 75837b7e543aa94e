"""The time, and how much of it an invocation has left."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Invocation(Protocol):
    """What Lambda tells of an invocation, as far as it is read here."""

    @property
    def aws_request_id(self) -> str:
        """The invocation's id, which Lambda's own log lines carry too."""
        ...

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""
        ...


class SystemClock:
    """The machine's clock, within one invocation."""

    def __init__(self, invocation: Invocation) -> None:
        """Count down the time that `invocation` has."""
        self._invocation = invocation

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)

    def time_left(self) -> timedelta:
        """Return how long this invocation may still run."""
        return timedelta(milliseconds=self._invocation.get_remaining_time_in_millis())
