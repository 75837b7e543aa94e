"""Many services, many stages, many pushes, on an AWS that throttles: calls, time, and no losses.

`python -m tests.simulation.scale` runs larger fleets, as `make bench` does.
"""

from datetime import timedelta

import pytest

from tests.contract.template import parameters
from tests.simulation.fleet import Fleet
from tests.simulation.scale import Measured, measure

A_MINUTE = timedelta(minutes=1)
ONE_STAGE = Fleet(applications=1, stages=1, services=90)
HUNDRED_STAGES = Fleet(applications=10, stages=10, services=1, one_image=True)
ALIKE = (
    Fleet(applications=1, stages=1, services=90, alike=True),
    Fleet(applications=10, stages=10, services=1, alike=True, one_image=True),
)
UNPACED = timedelta(seconds=2)
"""What one push takes where no rate counts: messages, and a slice of services one by one."""


def check(measured: Measured) -> None:
    assert not measured.broken
    assert (measured.lost, measured.double, measured.dead_letters) == (0, 0, 0)
    assert measured.died == 0
    assert measured.throttled.total() == 0


def test_ninety_services_of_a_stage_take_the_calls_and_the_time_that_they_must() -> None:
    measured = measure(ONE_STAGE)

    check(measured)
    assert measured.moved == measured.on_the_way["RegisterTaskDefinition"] == 90
    assert measured.on_the_way.total() <= measured.most_ecs_calls == 3 * 90 + 9
    assert timedelta() < measured.last <= measured.allowed


def test_a_hundred_stages_take_the_time_that_they_must() -> None:
    measured = measure(HUNDRED_STAGES)

    check(measured)
    assert measured.moved == measured.on_the_way["RegisterTaskDefinition"] == 100
    assert timedelta() < measured.last <= measured.allowed
    # Each environment may find out once, by a look at two things, that the rate is used up.
    environments = parameters()["MaximumConcurrency"]["Default"]
    assert measured.on_the_way.total() <= measured.most_ecs_calls + 2 * environments


@pytest.mark.parametrize("fleet", ALIKE, ids=["services", "stages"])
def test_what_is_defined_alike_is_registered_once(fleet: Fleet) -> None:
    measured = measure(fleet)

    check(measured)
    assert measured.calls["ecs:RegisterTaskDefinition"] == 1
    assert measured.moved == fleet.size
    assert measured.on_the_way.total() <= measured.most_ecs_calls
    assert measured.last <= measured.allowed + UNPACED


def test_of_many_pushes_within_a_minute_none_is_lost_and_those_overtaken_coalesce() -> None:
    fleet = Fleet(applications=20, stages=5, services=1)

    measured = measure(fleet, pushes=10, within=A_MINUTE)

    check(measured)
    assert (measured.pushes, measured.deployments) == (200, 10 * fleet.size)
    # What had a token before it was overtaken is out; the rest of the thousand is not.
    rate_of_a_minute = 20 + 60
    assert fleet.size <= measured.moved <= fleet.size + rate_of_a_minute
    assert measured.calls["ecs:RegisterTaskDefinition"] == measured.moved
    assert measured.last <= measured.allowed


def test_the_same_image_again_registers_nothing_and_moves_nothing() -> None:
    measured = measure(Fleet(applications=2, stages=5, services=2), pushes=3, again=True)

    check(measured)
    assert measured.outcomes == {"duplicate": 6 * 5}
    assert measured.moved == measured.calls["ecs:RegisterTaskDefinition"] == 0
    assert measured.calls["ecs:UpdateService"] == 0
