"""A worker may die at any call, before it or after it took effect: the next one repairs it."""

from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial
from random import SystemRandom

import pytest

from tests.simulation.climate import Fate
from tests.simulation.crash.reach import functions, reached
from tests.simulation.crash.scenarios import SCENARIOS
from tests.simulation.crash.sweep import (
    FATES,
    Point,
    Share,
    first_bad,
    in_peace,
    live,
    points_of,
    story_of,
    sweep,
    visit,
    workers,
)
from tests.simulation.mutants import pushing
from tests.simulation.mutants.mutant import Mutant

MOST_STORIES = 3
ONE_IN = 12
"""Calls of which one is visited: another one each time, and every one by `make sim-crashes`."""


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with workers() as made:
        yield made


@pytest.fixture(scope="module")
def share() -> Share:
    return Share(ONE_IN, SystemRandom().randrange(ONE_IN))


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_is_lost_wherever_a_scenario_is_stopped(
    name: str, pool: Executor, share: Share
) -> None:
    swept = sweep(name, pool, share)

    stories = "\n".join(story_of(bad.point) for bad in swept.bad[:MOST_STORIES])
    assert not swept.bad, "\n".join([stories, *map(str, swept.bad)])
    assert swept.points >= len(FATES)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_shows_what_it_is_for(name: str) -> None:
    life = live(SCENARIOS[name], in_peace)

    story = "\n".join(map(str, life.result.story.lines))
    assert life.result.broken is None, story
    assert [what for what in SCENARIOS[name].shows if what not in story] == [], story


@pytest.mark.parametrize("mutant", pushing.MUTANTS, ids=lambda mutant: mutant.name)
def test_a_weak_way_of_starting_is_seen_by_a_scenario(mutant: Mutant) -> None:
    with mutant.weaken():
        assert first_bad("commit to many") is not None, mutant.what


def test_the_scenarios_reach_every_function_of_the_use_cases() -> None:
    come_to: set[str] = set()
    for scenario in SCENARIOS.values():
        come_to |= reached(partial(live, scenario, in_peace))

    assert functions() - come_to == frozenset()


def test_a_point_is_visited_again_exactly() -> None:
    point = Point("breaker", 12, Fate.DIES_AFTER)

    assert visit(point).result.trace == visit(point).result.trace


def test_every_call_is_a_point_three_ways() -> None:
    points = points_of("lost event")

    assert len(points) % len(FATES) == 0
    assert len(set(points)) == len(points) > 100
