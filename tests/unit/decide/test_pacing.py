"""Token buckets, by the arithmetic of their moments."""

from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.decide.pacing import (
    BROKEN_CLOCK,
    LONGEST_LINE,
    RESERVE,
    Bucket,
    Empty,
    Taken,
    lacking,
    take,
    turn_in,
    wait_for,
    worth_waiting,
)
from longshore.domain.rates import PUBLISHED, Rate
from tests.support.fakes import NOON

SECOND = timedelta(seconds=1)
THREE = Rate(3, SECOND)
RATES = st.builds(Rate, st.integers(1, 60), st.timedeltas(SECOND / 100, 3 * SECOND))


def assert_within(rate: Rate, calls: list[datetime]) -> None:
    """Hold calls to what a bucket of AWS with this rate lets through."""
    for first, begin in enumerate(calls):
        for last in range(first, len(calls)):
            allowed = rate.burst + (calls[last] - begin) / rate.interval
            assert last - first + 1 <= allowed + 1e-6


def drain(rate: Rate, now: datetime, bucket: Bucket) -> tuple[int, Bucket]:
    """Take tokens until there are none; return how many there were."""
    count = 0
    while isinstance(taken := take(bucket, rate, now), Taken):
        bucket = Bucket(taken.full_at)
        count += 1
    return count, bucket


def test_a_bucket_that_nobody_took_from_is_full() -> None:
    count, bucket = drain(THREE, NOON, Bucket())

    assert count == 3 - RESERVE
    assert take(bucket, THREE, NOON) == Empty(SECOND)


def test_a_bucket_of_one_has_no_reserve() -> None:
    assert drain(Rate(1, SECOND), NOON, Bucket())[0] == 1


def test_tokens_come_back_one_an_interval() -> None:
    _, bucket = drain(THREE, NOON, Bucket())

    assert drain(THREE, NOON + SECOND, bucket)[0] == 1
    assert drain(THREE, NOON + 2.5 * SECOND, bucket)[0] == 2
    assert drain(THREE, NOON + 100 * SECOND, bucket)[0] == 3 - RESERVE


def test_a_token_of_a_full_bucket_is_counted_from_now() -> None:
    assert take(Bucket(NOON), THREE, NOON) == Taken(NOON + SECOND, afresh=True)
    assert take(Bucket(NOON + SECOND), THREE, NOON) == Taken(NOON + 2 * SECOND, afresh=False)


@given(
    RATES,
    st.lists(st.timedeltas(timedelta(), SECOND), max_size=60),
    st.randoms(use_true_random=False),
)
def test_calls_that_come_a_little_later_than_their_tokens_are_within_the_rate_all_the_same(
    rate: Rate, steps: list[timedelta], draws: Random
) -> None:
    now, bucket, called = NOON, Bucket(), list[datetime]()
    for step in steps:
        now += step
        while isinstance(taken := take(bucket, rate, now), Taken):
            bucket = Bucket(taken.full_at)
            called.append(now + RESERVE * rate.interval * draws.random() * 0.99)

    if rate.burst > RESERVE:
        assert_within(rate, sorted(called))


@given(RATES, st.lists(st.timedeltas(timedelta(), 5 * SECOND), max_size=100))
def test_however_it_is_asked_no_more_is_taken_than_the_rate_allows(
    rate: Rate, steps: list[timedelta]
) -> None:
    now, bucket, taken = NOON, Bucket(), list[datetime]()
    for step in steps:
        now += step
        count, bucket = drain(rate, now, bucket)
        taken += [now] * count

    assert_within(rate, taken)


@given(RATES, st.integers(1, 10))
def test_after_the_wait_there_are_the_tokens_and_not_before(rate: Rate, tokens: int) -> None:
    _, bucket = drain(rate, NOON, Bucket())
    empty = take(bucket, rate, NOON)
    assert isinstance(empty, Empty)

    wait, worth = wait_for(empty.wait, tokens, rate), worth_waiting(tokens, rate)

    assert drain(rate, NOON + wait, bucket)[0] == worth
    assert drain(rate, NOON + wait - SECOND / 1000, bucket)[0] == worth - 1


@given(RATES, st.integers(0, 60), st.integers(1, 10), st.timedeltas(timedelta(), 9 * SECOND))
def test_what_a_bucket_lacks_is_known_before_it_is_asked(
    rate: Rate, taken: int, tokens: int, later: timedelta
) -> None:
    bucket = Bucket()
    for _ in range(taken):
        had = take(bucket, rate, NOON)
        bucket = Bucket(had.full_at) if isinstance(had, Taken) else bucket

    wait = lacking(bucket, tokens, rate, NOON + later)

    there, wanted = drain(rate, NOON + later, bucket)[0], worth_waiting(tokens, rate)
    assert (wait is not None) == (there < wanted)
    if wait is not None:
        moment = NOON + later + wait_for(wait, tokens, rate)
        assert drain(rate, moment + SECOND / 10**6, bucket)[0] >= wanted


def test_what_a_broken_clock_wrote_lacks_nothing() -> None:
    assert lacking(Bucket(NOON + timedelta(days=1)), 3, THREE, NOON) is None


@pytest.mark.parametrize(
    ("turn_at", "left"),
    [
        (None, None),
        (NOON - SECOND, None),
        (NOON, None),
        (NOON + SECOND, SECOND),
        (NOON + LONGEST_LINE, LONGEST_LINE),
        (NOON + LONGEST_LINE + SECOND, None),
    ],
)
def test_a_turn_is_waited_for_unless_a_broken_clock_gave_it_out(
    turn_at: datetime | None, left: timedelta | None
) -> None:
    assert turn_in(turn_at, NOON) == left


@pytest.mark.parametrize("skew", [timedelta(minutes=10), timedelta(days=300)])
def test_a_broken_clock_stops_nobody(skew: timedelta) -> None:
    ahead = take(Bucket(), PUBLISHED.register, NOON + skew)
    assert isinstance(ahead, Taken)

    taken = take(Bucket(ahead.full_at), PUBLISHED.register, NOON)

    assert taken == Taken(NOON + SECOND, afresh=True)


def test_clocks_that_differ_a_little_are_believed() -> None:
    _, bucket = drain(THREE, NOON + BROKEN_CLOCK, Bucket())

    assert take(bucket, THREE, NOON) == Empty(BROKEN_CLOCK + SECOND)


@pytest.mark.parametrize(("stages", "services"), [(1, 1_000), (100, 10)])
def test_whoever_waits_for_its_tokens_uses_the_rate_up(stages: int, services: int) -> None:
    """Stages that come when they were told to, two seconds late, and take ten at most."""
    rate, late, slice_ = PUBLISHED.register, timedelta(seconds=2), 10
    left = dict.fromkeys(range(stages), services)
    due = dict.fromkeys(left, NOON)
    bucket, end = Bucket(), NOON
    while any(left.values()):
        stage = min((each for each in left if left[each]), key=due.__getitem__)
        now, wait = due[stage], timedelta()
        for _ in range(min(slice_, left[stage])):
            taken = take(bucket, rate, now)
            if isinstance(taken, Empty):
                wait = wait_for(taken.wait, min(slice_, left[stage]), rate)
                break
            bucket, end = Bucket(taken.full_at), now
            left[stage] -= 1
        due[stage] = now + wait + late

    at_best = (1_000 - rate.burst) * rate.interval
    assert at_best / (end - NOON) > 0.92
