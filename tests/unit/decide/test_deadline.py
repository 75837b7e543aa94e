"""What can run out, and when: only what ECS was asked for."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from longshore.decide.deadline import has_run_out, next_end
from longshore.decide.verdict import STALE_FOR
from longshore.domain.deployments import Leg, LegState
from tests.support.fakes import NOON

HOUR = timedelta(hours=1)
BEGAN = NOON - 20 * HOUR


def leg(state: LegState, called_at: datetime | None = NOON) -> Leg:
    return Leg(state, called_at=called_at)


@pytest.mark.parametrize("state", LegState)
def test_only_a_rollout_runs_out(state: LegState) -> None:
    ran_out = has_run_out(leg(state), HOUR, BEGAN, NOON + HOUR)

    assert ran_out == (state is LegState.ROLLING)


def test_a_rollout_has_its_time_from_its_own_call_on() -> None:
    rolling = leg(LegState.ROLLING)

    assert not has_run_out(rolling, HOUR, BEGAN, NOON + HOUR - timedelta(seconds=1))
    assert has_run_out(rolling, HOUR, BEGAN, NOON + HOUR)


def test_a_rollout_that_is_not_shown_at_its_end_is_looked_for_first() -> None:
    end = NOON + HOUR
    unseen = replace(leg(LegState.ROLLING), unseen_since=end)

    assert not has_run_out(unseen, HOUR, BEGAN, end + STALE_FOR - timedelta(seconds=1))
    assert has_run_out(unseen, HOUR, BEGAN, end + STALE_FOR)


def test_where_the_call_was_not_kept_the_beginning_stands_for_it() -> None:
    assert has_run_out(leg(LegState.ROLLING, None), HOUR, NOON, NOON + HOUR)
    assert not has_run_out(leg(LegState.ROLLING, None), HOUR, NOON, NOON + HOUR / 2)


def test_the_next_end_is_that_of_the_earliest_call_that_is_not_over() -> None:
    legs = [
        leg(LegState.ROLLING, NOON),
        leg(LegState.CALLING, NOON - HOUR / 4),
        leg(LegState.COMPLETED, NOON - HOUR / 2),
        leg(LegState.PLANNED, None),
        leg(LegState.CALLING, NOON - 15 * HOUR),
    ]

    assert next_end(legs, HOUR, BEGAN, NOON) == NOON + 3 * HOUR / 4


@pytest.mark.parametrize("legs", [[], [leg(LegState.PLANNED, None)], [leg(LegState.FAILED)]])
def test_where_nothing_is_under_way_nothing_runs_out_within_a_deadline(legs: list[Leg]) -> None:
    assert next_end(legs, HOUR, BEGAN, NOON) == NOON + HOUR
