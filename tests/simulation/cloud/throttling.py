"""How many calls AWS takes: token buckets, shared by all who call in an account and region."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from longshore_local.awsjson.errors import ApiError
from longshore_local.worlds.surroundings import Clock
from tests.simulation.cloud.api import Api, Output, Params

_WHOLE = 1_000_000
"""A token in the unit that is counted in: what comes in a microsecond at one token a second."""
_MICROSECOND = timedelta(microseconds=1)
_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket: how many calls at once, how many a second in the long run, and of which actions."""

    name: str
    burst: int
    per_second: int
    actions: frozenset[str]


def _rate(name: str, burst: int, per_second: int, *actions: str) -> Rate:
    return Rate(name, burst, per_second, frozenset(actions))


ECS_RATES: Sequence[Rate] = (
    _rate("cluster modify", 20, 1, "ecs:CreateCluster", "ecs:DeleteCluster"),
    _rate("cluster read", 50, 20, "ecs:DescribeClusters", "ecs:ListClusters"),
    _rate(
        "task definition modify",
        20,
        1,
        "ecs:DeregisterTaskDefinition",
        "ecs:RegisterTaskDefinition",
    ),
    _rate(
        "task definition read",
        50,
        20,
        "ecs:DescribeTaskDefinition",
        "ecs:ListTaskDefinitions",
        "ecs:ListTaskDefinitionFamilies",
    ),
    _rate("tag modify", 20, 10, "ecs:TagResource", "ecs:UntagResource"),
    _rate("tag read", 50, 20, "ecs:ListTagsForResource"),
    _rate("cluster resource modify", 100, 40, "ecs:RunTask", "ecs:StartTask", "ecs:StopTask"),
    _rate("cluster resource read", 100, 20, "ecs:DescribeTasks", "ecs:ListTasks"),
    _rate("service modify", 50, 5, "ecs:CreateService", "ecs:DeleteService", "ecs:UpdateService"),
    _rate("service read", 100, 20, "ecs:DescribeServices", "ecs:ListServices"),
    _rate(
        "service deployment",
        50,
        20,
        "ecs:DescribeServiceDeployments",
        "ecs:ListServiceDeployments",
    ),
    _rate("service revision", 50, 20, "ecs:DescribeServiceRevisions"),
)
"""What ECS publishes, for the actions that are played:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html"""

ECR_RATES: Sequence[Rate] = (
    _rate("image push", 10, 10, "ecr:PutImage"),
    _rate("image read", 100, 20, "ecr:DescribeImages"),
)
"""PutImage as published; of DescribeImages AWS says nothing, so it has what ECS gives its reads:
https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html"""

PUBLISHED: Sequence[Rate] = (*ECS_RATES, *ECR_RATES)


@dataclass(slots=True)
class _Bucket:
    rate: Rate
    tokens: int
    """In millionths, so that filling is exact whatever the steps of the clock."""
    at: datetime

    def fill(self, now: datetime) -> None:
        """Add what has come since; a clock that went back changes nothing."""
        if now <= self.at:
            return
        came = (now - self.at) // _MICROSECOND * self.rate.per_second
        self.tokens = min(self.rate.burst * _WHOLE, self.tokens + came)
        self.at = now


class TokenBuckets:
    """The buckets of one account and region. An action without a rate is never slowed down."""

    def __init__(self, rates: Iterable[Rate], clock: Clock) -> None:
        """Begin with full buckets."""
        self._clock = clock
        now = clock()
        buckets = [_Bucket(rate, rate.burst * _WHOLE, now) for rate in rates]
        self._buckets: Mapping[str, _Bucket] = {
            action: bucket for bucket in buckets for action in bucket.rate.actions
        }

    def take(self, action: str) -> bool:
        """Take a token for a call of an action, as `ecs:UpdateService`; say whether there is one.

        A call that is slowed down costs none.
        """
        bucket = self._buckets.get(action)
        if bucket is None:
            return True
        bucket.fill(self._clock())
        if bucket.tokens < _WHOLE:
            return False
        bucket.tokens -= _WHOLE
        return True

    def drain(self, action: str, tokens: int) -> None:
        """Let another user of the account take tokens, as many as there are."""
        bucket = self._buckets[action]
        bucket.fill(self._clock())
        bucket.tokens = max(0, bucket.tokens - tokens * _WHOLE)

    def tokens(self, action: str) -> int:
        """Return how many calls of an action would be taken now."""
        bucket = self._buckets[action]
        bucket.fill(self._clock())
        return bucket.tokens // _WHOLE

    def time_for(self, action: str, calls: int) -> timedelta:
        """Return how long so many calls take from now on, if nobody else calls."""
        bucket = self._buckets[action]
        bucket.fill(self._clock())
        missing = calls * _WHOLE - bucket.tokens
        return max(_NOTHING, -(-missing // bucket.rate.per_second) * _MICROSECOND)


class Throttled:
    """An API that slows down who calls too often: nothing of such a call has any effect."""

    def __init__(self, service: str, inner: Api, buckets: TokenBuckets) -> None:
        """Play `inner`, a service by its botocore name, under the rates of `buckets`."""
        self._prefix = f"{service}:"
        self._inner = inner
        self._buckets = buckets

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call; raise ApiError, ThrottlingException among them."""
        if not self._buckets.take(self._prefix + operation):
            raise ApiError("ThrottlingException", "Rate exceeded")
        return self._inner.call(operation, parameters)
