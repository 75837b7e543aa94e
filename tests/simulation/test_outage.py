"""ECS is away for fifteen hours: a fleet comes to its newest release by itself, and in time.

`python -m tests.simulation.outage --ticking --under-way` is the whole of it; here the clocks stand
still while nothing happens. docs/reliability.md tells what came of more fleets.
"""

import pytest

from tests.simulation.cruise import ALLOWED
from tests.simulation.fleet import Fleet
from tests.simulation.outage import Course, Measured, measure

A_THOUSAND = Fleet(applications=25, stages=4, services=10)


def check(measured: Measured) -> None:
    assert not measured.broken
    assert (measured.died, measured.dead_letters) == (0, 0)
    assert len(measured.forward) == measured.services
    assert set(measured.forward.values()) == {1}
    assert measured.last <= measured.allowed
    assert measured.is_good


def test_a_thousand_services_are_called_once_as_fast_as_ecs_allows() -> None:
    measured = measure(A_THOUSAND, Course(deaf=True))

    check(measured)
    assert measured.services == 1_000
    assert measured.last - measured.first <= ALLOWED * measured.dictated
    assert measured.throttled["ecs:RegisterTaskDefinition"] <= 5
    assert measured.throttled["ecs:UpdateService"] == 0
    assert measured.throttled.total() <= 100
    assert measured.calls["ecs:DescribeServices"] < 10 * measured.dictated.total_seconds()


@pytest.mark.parametrize(
    "fleet", [Fleet(5, 2, 10), Fleet(2, 1, 50), Fleet(1, 1, 90)], ids=["many", "slices", "largest"]
)
def test_what_an_outage_cut_short_is_not_called_for_twice(fleet: Fleet) -> None:
    measured = measure(fleet, Course(under_way=True))

    check(measured)
    assert 0 < measured.begun < measured.services
    assert measured.throttled.total() <= 5
