"""Take a token from a bucket that many take from, by arithmetic on one moment.

This is the generic cell rate algorithm (ITU-T I.371): a bucket is the moment at which it would be
full again. A token moves that moment on by the time in which one comes back; it may not be moved
further ahead than a whole bucket. The bucket is a courtesy to AWS and to whoever shares the
account: a token lets nobody do what its intent and versions forbid.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from longshore.domain.rates import Rate

RESERVE = 1
"""Tokens that nobody takes, where a bucket has more than that. Some calls reach AWS a little later
than their token was taken, others sooner: so two may come closer together than their tokens."""

BROKEN_CLOCK = timedelta(seconds=30)
"""How much further ahead than a whole bucket a moment may lie, since clocks differ. One beyond that
was written by a broken clock and counts for nothing: else it would stop everybody until then."""


LONGEST_LINE = timedelta(hours=1)
"""How far ahead a line may end. One that ends later was written by a broken clock, or is so long
that its end says nothing: it starts anew."""

_NOW = timedelta()


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket as it was last seen: `full_at` is when it is full again, None where nobody took."""

    full_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """There is a token; the bucket is full again at `full_at`.

    `afresh` says that the moment starts from now, because the bucket was full or its moment not to
    be believed; otherwise it starts from where the moment was.
    """

    full_at: datetime
    afresh: bool
    reason: str = "the bucket has a token"


@dataclass(frozen=True, slots=True)
class Empty:
    """There is no token before `wait` has passed; further ones follow one interval each."""

    wait: timedelta
    reason: str = "the bucket is empty"


def turn_in(turn_at: datetime | None, now: datetime) -> timedelta | None:
    """Return how long it is until a turn that is still to come, None where there is no such."""
    if turn_at is None or not now < turn_at <= now + LONGEST_LINE:
        return None
    return turn_at - now


def take(bucket: Bucket, rate: Rate, now: datetime) -> Taken | Empty:
    """Take one token from a bucket, or say when there is one."""
    full_at = bucket.full_at
    if full_at is None or full_at <= now or full_at > believable(rate, now):
        return Taken(now + rate.interval, afresh=True)
    if full_at <= last_with_a_token(rate, now):
        return Taken(full_at + rate.interval, afresh=False)
    return Empty(full_at - last_with_a_token(rate, now))


def last_with_a_token(rate: Rate, now: datetime) -> datetime:
    """Return the latest moment of being full at which a bucket has a token now."""
    return now + (max(1, rate.burst - RESERVE) - 1) * rate.interval


def believable(rate: Rate, now: datetime) -> datetime:
    """Return the latest moment of being full that a working clock can have written."""
    return now + rate.burst * rate.interval + BROKEN_CLOCK


def lacking(bucket: Bucket, tokens: int, rate: Rate, now: datetime) -> timedelta | None:
    """Return when there is a first token of a bucket that lacks some of so many; None: it has all.

    The time is negative where it has a few, by one interval for each.
    """
    full_at = bucket.full_at
    if full_at is None or full_at > believable(rate, now):
        return None
    first = max(full_at, now) - last_with_a_token(rate, now)
    return first if first + (worth_waiting(tokens, rate) - 1) * rate.interval > _NOW else None


def wait_for(wait: timedelta, tokens: int, rate: Rate) -> timedelta:
    """Return after which time there are so many tokens, if the first is there after `wait`."""
    return wait + (worth_waiting(tokens, rate) - 1) * rate.interval


def worth_waiting(tokens: int, rate: Rate) -> int:
    """Return how many of so many tokens are waited for together.

    Half a bucket at most: a bucket that fills while nobody comes loses what follows.
    """
    return min(tokens, max(1, rate.burst // 2))
