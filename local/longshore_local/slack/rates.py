"""How often Slack lets itself be called: https://docs.slack.dev/apis/web-api/rate-limits.

One message a second and channel, short bursts allowed; chat.update is of Tier 3, 50 a minute and
more. How long a burst may be is not published: these are buckets that fill evenly.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from longshore_local.slack.errors import RateLimited

MINUTE = 60.0
UNTOLD = 1e-4
"""Calls; less is the error of seconds since 1970 in a float."""

TIER_3 = frozenset({"chat.update", "conversations.info"})
"""Methods that share a figure; auth.test has hundreds a minute and is let through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """How many calls pass; a burst is what passes in one moment after a pause."""

    posts_per_second: float = 1.0
    post_burst: int = 5
    calls_per_minute: float = 50.0
    call_burst: int = 50


PUBLISHED = RateLimits()
STRICT = RateLimits(post_burst=1, call_burst=1)
"""No burst at all: a second between two messages, 1.2 s between two edits."""


@dataclass(slots=True)
class Buckets:
    """Counts the calls against limits, None for no limit."""

    limits: RateLimits | None
    clock: Callable[[], float]
    _full: dict[str, float] = field(default_factory=dict)
    """When the bucket of a key will be full again."""

    def post(self, channel: str) -> None:
        """Count a message to a channel, however it is sent; raise RateLimited when too early."""
        if self.limits:
            self._take(channel, self.limits.posts_per_second, self.limits.post_burst)

    def call(self, method: str) -> None:
        """Count a call of a method; raise RateLimited when it comes too early."""
        if self.limits and method in TIER_3:
            self._take(method, self.limits.calls_per_minute / MINUTE, self.limits.call_burst)

    def _take(self, key: str, per_second: float, burst: int) -> None:
        now = self.clock()
        full = max(self._full.get(key, now), now)
        missing = (full - now) * per_second + 1
        if missing > burst + UNTOLD:
            raise RateLimited(max(1, math.ceil((missing - burst) / per_second - UNTOLD)))
        self._full[key] = full + 1 / per_second
