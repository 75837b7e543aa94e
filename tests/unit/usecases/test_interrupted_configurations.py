"""Requests to apply that are interrupted, wherever it may be: what is in force stays whole."""

import copy
from collections.abc import Callable
from dataclasses import replace

import pytest

from longshore.domain.configuration import Configuration
from longshore.domain.errors import Throttled
from longshore.usecases.control_ports import ContradictedError
from tests.support.applying import Applying, CrashAfter, crash_at, make_document
from tests.support.control_fakes import CrashError
from tests.support.fakes import NOON, InMemoryWakeups


@pytest.fixture
def world() -> Applying:
    return Applying()


FIRST = make_document(staging=["web", "shared"], old=["gone"])
SECOND = make_document(staging=["web", "worker"], new=["shared"])


def count_calls() -> int:
    world, counter = Applying(), CrashAfter(-1, effect=False)
    world.apply(FIRST)
    world.apply(SECOND, 1, around=counter)
    return counter.count


POINTS = range(1, count_calls() + 1)


@pytest.mark.parametrize("effect", [False, True])
@pytest.mark.parametrize("point", POINTS)
def test_a_crash_leaves_a_whole_configuration_in_force_and_a_repeat_repairs(
    point: int,
    effect: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    world = Applying()
    world.apply(FIRST)
    with pytest.raises(CrashError):
        world.apply(SECOND, 1, around=CrashAfter(point, effect))

    after_crash = world.in_force()
    assert after_crash is not None
    assert len(after_crash.stages) == 2  # never a mixture: both have two
    world.check_lookups()

    assert world.apply(SECOND, 1).number == 2
    assert world.state.pointers["checkout"].number == 2
    world.check_lookups()
    world.check_tidy()


@pytest.mark.parametrize("effect", [False, True])
@pytest.mark.parametrize("point", POINTS)
def test_after_a_crash_another_request_finds_its_way_too(
    point: int,
    effect: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    world = Applying()
    world.apply(FIRST)
    with pytest.raises(CrashError):
        world.apply(SECOND, 1, around=CrashAfter(point, effect))
    base = world.state.pointers["checkout"].number

    world.apply(make_document(third=["web"]), base)
    world.apply(make_document("shop", main=["worker", "shared"]))

    world.check_lookups()
    stages = {stage.stage for stage in world.state.stages if stage.application == "checkout"}
    assert stages == {"third"}


def test_until_the_switch_a_stage_is_found_by_what_it_was_and_what_it_will_be(
    world: Applying,
) -> None:
    world.apply(make_document(staging=["web"]))
    followed = next(iter(world.state.followers))
    changed = make_document(staging=["web"])
    changed["images"]["app"]["select"] = {"tag": "main"}
    with pytest.raises(CrashError):
        world.apply(changed, 1, around=crash_at("switch"))

    policies = {str(image.selection) for image in world.state.followers[followed][0].images}
    assert policies == {"semver ^1.4", "tag main"}

    world.apply(changed, 1)
    policies = {str(image.selection) for image in world.state.followers[followed][0].images}
    assert policies == {"tag main"}


def test_requests_that_were_interrupted_before_leave_no_lookup_that_hides_a_stage(
    world: Applying,
) -> None:
    world.apply(make_document(staging=["web"]))
    followed = next(iter(world.state.followers))
    wishes = [copy.deepcopy(make_document(staging=["web"])) for _ in range(2)]
    for tag, wish in zip(("first", "second"), wishes, strict=True):
        wish["images"]["app"]["select"] = {"tag": tag}
        with pytest.raises(CrashError):
            world.apply(wish, 1, around=crash_at("switch"))

    assert world.apply(wishes[0], 1).number == 4

    (image,) = world.state.followers[followed][0].images
    assert str(image.selection) == "tag first"
    world.check_tidy()


def test_a_late_clean_up_takes_nothing_that_is_newer(world: Applying) -> None:
    """What one request removes, the next one adds again, while the first is still tidying."""
    world.apply(make_document(staging=["web", "worker"], extra=["gone"]))
    ran: list[str] = []

    def run_rival(name: str, call: Callable[[], object]) -> object:
        if name == "remove_lookups" and not ran:
            ran.append(name)
            world.apply(make_document(staging=["web", "worker"], extra=["gone"]), 2)
        return call()

    world.apply(make_document(staging=["web"]), 1, around=run_rival)

    assert world.state.pointers["checkout"].number == 3
    world.check_lookups()
    world.check_tidy()


def test_when_waking_fails_the_request_can_be_sent_again(world: Applying) -> None:
    class Busy(InMemoryWakeups):
        def send(self, *_: object, **__: object) -> None:
            raise Throttled("SQS was busy")

    busy = replace(world, wakeups=Busy())
    with pytest.raises(Throttled):
        busy.apply(make_document(staging=["web"]))

    assert world.apply(make_document(staging=["web"])).number == 1
    assert len(world.wakeups.take()) == 1


def test_configurations_that_never_came_in_force_do_not_pile_up_for_ever(world: Applying) -> None:
    for number in range(1, 101):
        configuration = Configuration("checkout", number, (), f"arn:{number}", NOON)
        world.store.write(configuration)

    with pytest.raises(ContradictedError, match="3 times in a row"):
        world.apply(make_document(staging=["web"]))
