"""What can go wrong, sorted by what must happen next.

    LongshoreError
    ├── Throttled            AWS or a network was busy: end the message, wake up later
    ├── Paced                the account's own rate is used up: go on when there are tokens
    ├── Conflict             another writer was first: look again
    ├── NotPermitted         a permission is missing: tell a person which, stop
    ├── Refused              AWS refuses this request whatever the hour: tell a person, stop
    ├── UnknownReply         a write may or may not have taken effect: look before doing it again
    └── UnknownSchema        a record is newer than this code: leave it alone

Anything else that is raised is a defect or an outage: the message counts towards the dead letters.
"""

from datetime import timedelta

from longshore.domain.rates import ApiClass, Rate


class LongshoreError(Exception):
    """The root of what Longshore raises on purpose."""


class Throttled(LongshoreError):
    """AWS asked to be called more slowly, or gave no answer.

    Nothing took effect where the call was RegisterTaskDefinition or UpdateService; any other write
    may have taken effect, and does no harm when it is done again.
    """


class Paced(LongshoreError):
    """A call to ECS has to wait for a token; nothing was written or called.

    `wait` is the time until there is one, counted from the moment of asking; it is negative where
    there are some, but too few. `rate` says when further ones follow, `calls` of which kind.
    """

    def __init__(self, message: str, wait: timedelta, rate: Rate, calls: ApiClass) -> None:
        """Keep time, rate and kind beside the sentence."""
        super().__init__(message)
        self.wait = wait
        self.rate = rate
        self.calls = calls


class Conflict(LongshoreError):
    """A conditional write found another version than the one that was read."""


class NotPermitted(LongshoreError):
    """An AWS identity lacks a permission; the text names action, resource and identity."""


class Refused(LongshoreError):
    """AWS will not do this however often it is asked; `code` is AWS's own error code."""

    def __init__(self, message: str, code: str) -> None:
        """Keep AWS's code beside the sentence."""
        super().__init__(message)
        self.code = code


class UnknownReply(LongshoreError):
    """A write was sent and no answer came: it may have taken effect."""


class UnknownSchema(LongshoreError):
    """A ledger item was written by a newer version than this one."""
