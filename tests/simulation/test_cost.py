"""docs/cost.md says what the code costs now, and a thousand deployments stay below ten cents."""

import pytest

from benchmarks.cost import DEPLOYMENTS, MOST, PAGE, of_deployments, page
from benchmarks.meter import Metered, measure


@pytest.fixture(scope="module")
def metered() -> Metered:
    return measure()


def test_the_page_has_the_figures_of_this_code(metered: Metered) -> None:
    assert page(metered) == PAGE.read_text(), "run `.venv/bin/python -m benchmarks.cost`"


def test_a_thousand_deployments_cost_less_than_ten_cents(metered: Metered) -> None:
    assert DEPLOYMENTS == 1_000
    assert 0 < sum(item.price for item in of_deployments(metered.deployment)) <= MOST


def test_what_is_metered_is_one_whole_deployment(metered: Metered) -> None:
    invocations = metered.deployment.invocations()

    assert set(invocations) == {"router", "reconciler", "announcer", "notifier"}
    assert metered.deployment.units["custom events"] == 2
    assert metered.tick.invocations() == {"router": 1}
