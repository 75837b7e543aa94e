"""Seeds for every change: the same five hundred, and a hundred that nobody has seen before."""

from os import cpu_count
from random import SystemRandom

import pytest

from tests.simulation.plan import draw_plan
from tests.simulation.regressions import REGRESSIONS
from tests.simulation.sail import Outcome, sail
from tests.simulation.voyage import Voyage

FIXED = range(1, 501)
FRESH = 100
LEAST_CALLS = 150
LEAST_FAULTS = 8
JOBS = cpu_count() or 1


def broken(outcomes: list[Outcome]) -> list[str]:
    """Return what was broken, as the seed to replay it with."""
    return [f"make sim SEED={each.seed}: {each.broken}" for each in outcomes if each.broken]


def test_fixed_seeds_keep_every_promise_in_a_world_that_is_no_toy() -> None:
    outcomes = list(sail(FIXED, JOBS))

    assert broken(outcomes) == []
    assert sum(each.calls for each in outcomes) / len(outcomes) >= LEAST_CALLS
    assert sum(each.faults for each in outcomes) / len(outcomes) >= LEAST_FAULTS


def test_fresh_seeds_keep_every_promise(capsys: pytest.CaptureFixture[str]) -> None:
    base = SystemRandom().randrange(10**6, 10**9)
    with capsys.disabled():
        print(f"\nfresh seeds: make sim SEEDS={FRESH} BASE={base}")

    assert broken(list(sail(range(base, base + FRESH), JOBS))) == []


def test_a_seed_is_no_toy() -> None:
    for seed in FIXED:
        plan = draw_plan(seed)
        stages = [stage for application in plan.applications for stage in application.stages]

        assert len(stages) >= 2
        assert len(plan.services()) >= 3
        assert sum("push" in action.verb for action in plan.actions) >= 5


def test_a_seed_is_replayed_exactly() -> None:
    for seed in range(1, 11):
        first, second = (Voyage(draw_plan(seed)).run() for _ in range(2))

        assert (first.trace, first.calls) == (second.trace, second.calls)


@pytest.mark.parametrize("seed", REGRESSIONS)
def test_a_seed_that_once_broke_a_promise_keeps_it(seed: int) -> None:
    assert Voyage(draw_plan(seed)).run().broken is None, REGRESSIONS[seed]


def test_every_call_of_a_seed_is_what_the_service_models_say() -> None:
    for seed in range(1, 6):
        assert Voyage(draw_plan(seed), validated=True).run().broken is None, seed
