"""When a stage comes back that could not be worked on."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.decide.backoff import (
    FIRST_WAIT,
    LONGEST_WAIT,
    LOOK_SOON,
    SOON_LOOKS,
    TRIES_FOR_NOTHING,
    look_after,
    wait_after,
)
from longshore.domain.places import StageId
from tests.support.builders import STAGE
from tests.support.fakes import NOON

SWEEP_EVERY = timedelta(minutes=15)
LONGEST = timedelta(minutes=5)
OFFSETS = st.timedeltas(timedelta(), timedelta(days=1))


def other(number: int) -> StageId:
    return StageId("checkout", f"stage-{number}")


@given(st.integers(0, 1_000), OFFSETS)
def test_each_wait_is_about_twice_the_one_before_up_to_a_bound(
    busy: int, offset: timedelta
) -> None:
    step = min(FIRST_WAIT * 2 ** min(busy, 10), LONGEST_WAIT)

    wait = wait_after(STAGE, busy, NOON + offset)

    assert step / 4 <= wait <= step * 5 / 4
    assert wait <= LONGEST


@given(st.lists(OFFSETS, min_size=2, max_size=20))
def test_whatever_waits_for_one_stage_comes_back_together_in_the_end(
    offsets: list[timedelta],
) -> None:
    later = [NOON + offset for offset in offsets]
    back = [now + wait_after(STAGE, 9, now) for now in later]

    apart = [(moment - back[0]) / LONGEST_WAIT for moment in back]

    assert all(abs(each - round(each)) < 1e-5 for each in apart)


def test_a_thousand_stages_come_back_spread_over_the_step() -> None:
    waits = sorted(wait_after(other(number), 9, NOON) for number in range(1_000))
    seconds = [int(wait.total_seconds()) for wait in waits]

    assert max(seconds.count(second) for second in set(seconds)) < 25


@pytest.mark.parametrize("number", range(50))
def test_what_carries_nothing_has_given_up_before_the_next_sweep(number: int) -> None:
    moment = NOON
    for busy in range(TRIES_FOR_NOTHING):
        moment += wait_after(other(number), busy, moment)

    assert moment - NOON < SWEEP_EVERY


def test_what_ecs_does_not_show_is_looked_for_soon_then_less_and_less_often() -> None:
    waits = [look_after(STAGE, looks, NOON) for looks in range(SOON_LOOKS + 8)]

    assert set(waits[:SOON_LOOKS]) == {LOOK_SOON}
    assert all(wait >= LOOK_SOON for wait in waits)
    assert timedelta(minutes=1) <= waits[-1] <= LONGEST
