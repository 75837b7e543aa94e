"""Token buckets: so many calls at once, so many a second, shared by all of an account."""

from datetime import timedelta

import pytest

from longshore.domain.rates import PUBLISHED as ASSUMED
from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs.world import OPERATIONS
from tests.contract.fakes.clouds import Memory
from tests.simulation.cloud.api import Output, Params
from tests.simulation.cloud.throttling import ECS_RATES, PUBLISHED, Rate, Throttled, TokenBuckets

UPDATE = "ecs:UpdateService"
REGISTER = "ecs:RegisterTaskDefinition"


class Counted:
    """An API that counts what reaches it."""

    def __init__(self) -> None:
        self.calls = 0

    def call(self, operation: str, parameters: Params) -> Output:
        self.calls += 1
        return {"operation": operation, **parameters}


@pytest.fixture
def buckets(memory: Memory) -> TokenBuckets:
    return TokenBuckets(PUBLISHED, memory.clock)


def taken(buckets: TokenBuckets, action: str, tries: int) -> int:
    return sum(buckets.take(action) for _ in range(tries))


@pytest.mark.parametrize(
    ("action", "burst"),
    [
        (REGISTER, 20),
        (UPDATE, 50),
        ("ecs:DescribeServices", 100),
        ("ecs:DescribeTaskDefinition", 50),
        ("ecs:ListTaskDefinitions", 50),
        ("ecs:DescribeTasks", 100),
        ("ecs:TagResource", 20),
        ("ecr:PutImage", 10),
    ],
)
def test_a_burst_is_as_published(buckets: TokenBuckets, action: str, burst: int) -> None:
    assert taken(buckets, action, 200) == burst


@pytest.mark.parametrize(("action", "a_second"), [(REGISTER, 1), (UPDATE, 5)])
def test_a_bucket_fills_as_published(
    memory: Memory, buckets: TokenBuckets, action: str, a_second: int
) -> None:
    taken(buckets, action, 200)

    memory.later(seconds=1)
    assert taken(buckets, action, 200) == a_second
    memory.later(seconds=4)
    assert taken(buckets, action, 200) == 4 * a_second


def test_a_bucket_is_never_fuller_than_full(memory: Memory, buckets: TokenBuckets) -> None:
    memory.later(days=1)

    assert taken(buckets, UPDATE, 200) == 50


def test_small_steps_of_time_lose_nothing(memory: Memory, buckets: TokenBuckets) -> None:
    taken(buckets, REGISTER, 20)

    for _ in range(7):
        memory.later(seconds=1 / 7)
        buckets.tokens(REGISTER)
    memory.later(microseconds=1)

    assert taken(buckets, REGISTER, 5) == 1


def test_a_clock_that_goes_back_changes_nothing(memory: Memory, buckets: TokenBuckets) -> None:
    taken(buckets, REGISTER, 15)
    memory.later(minutes=-10)

    assert buckets.tokens(REGISTER) == 5


def test_actions_of_a_class_share_a_bucket(buckets: TokenBuckets) -> None:
    taken(buckets, "ecs:CreateService", 30)

    assert taken(buckets, UPDATE, 200) == 20
    assert buckets.tokens("ecs:DescribeServices") == 100


def test_others_of_the_account_use_it_up_too(buckets: TokenBuckets) -> None:
    buckets.drain(UPDATE, 45)
    assert buckets.tokens(UPDATE) == 5
    buckets.drain(UPDATE, 1000)

    assert not buckets.take(UPDATE)


def test_what_nothing_is_known_of_is_never_slowed_down(buckets: TokenBuckets) -> None:
    assert taken(buckets, "sqs:SendMessage", 10_000) == 10_000


def test_it_can_be_told_how_long_calls_take(memory: Memory, buckets: TokenBuckets) -> None:
    assert buckets.time_for(UPDATE, 50) == timedelta()
    assert buckets.time_for(UPDATE, 1000) == timedelta(seconds=190)
    assert buckets.time_for(REGISTER, 1000) == timedelta(seconds=980)

    taken(buckets, UPDATE, 50)
    wait = buckets.time_for(UPDATE, 1)
    memory.now += wait - timedelta(microseconds=1)
    assert not buckets.take(UPDATE)
    memory.later(microseconds=1)
    assert buckets.take(UPDATE)


def test_who_calls_too_often_is_told_and_nothing_happens(memory: Memory) -> None:
    inner, rate = Counted(), Rate("service modify", 2, 1, frozenset({UPDATE}))
    api = Throttled("ecs", inner, TokenBuckets([rate], memory.clock))

    assert api.call("UpdateService", {"service": "web"}) == {
        "operation": "UpdateService",
        "service": "web",
    }
    api.call("UpdateService", {})
    with pytest.raises(ApiError) as caught:
        api.call("UpdateService", {})

    error = caught.value
    assert (error.code, error.message, error.status) == (
        "ThrottlingException",
        "Rate exceeded",
        400,
    )
    assert inner.calls == 2
    assert api.call("DescribeServices", {}) == {"operation": "DescribeServices"}


def test_every_operation_that_is_played_has_a_rate_where_one_is_published() -> None:
    rated = {action for rate in ECS_RATES for action in rate.actions}

    unrated = {f"ecs:{operation}" for operation in OPERATIONS} - rated
    assert unrated == {"ecs:StopServiceDeployment"}


def test_the_product_assumes_what_is_published() -> None:
    rates = {action: rate for rate in ECS_RATES for action in rate.actions}

    for action, assumed in ((REGISTER, ASSUMED.register), (UPDATE, ASSUMED.update)):
        assert rates[action].burst == assumed.burst
        assert timedelta(seconds=1) / rates[action].per_second == assumed.interval
