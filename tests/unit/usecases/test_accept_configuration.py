"""Putting a configuration in force: whole or not at all, wherever it is interrupted."""

import copy
from collections.abc import Callable

import pytest

from longshore.domain.errors import Conflict, Refused
from longshore.domain.places import StageId
from longshore.domain.pushes import GitRepository, Provider
from longshore.domain.triggers import PushFollower
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.accept_configuration import Accepted
from longshore.usecases.claim_services import MOST_NEW_SERVICES
from longshore.usecases.control_ports import (
    ContradictedError,
    InvalidError,
)
from tests.support.applying import ME, Applying, crash_at, make_document, make_service
from tests.support.control_fakes import (
    ControlState,
    CrashError,
)
from tests.support.fakes import NOON


@pytest.fixture
def world() -> Applying:
    return Applying()


def test_a_first_configuration_comes_in_force_and_wakes_its_stages(world: Applying) -> None:
    accepted = world.apply(
        make_document(staging=["web"], production=["web-p", "worker"]), deploy=True
    )

    stages = (StageId("checkout", "staging"), StageId("checkout", "production"))
    assert accepted == Accepted("checkout", 1, stages)
    assert world.wakeups.take() == [Wakeup(stage, frozenset({Hint.PERSON})) for stage in stages]
    in_force = world.in_force()
    assert in_force is not None
    assert (in_force.number, in_force.applied_by, in_force.applied_at) == (1, ME, NOON)
    assert in_force.deploy
    world.check_lookups()
    world.check_tidy()


def test_a_change_takes_effect_whole_and_leaves_nothing_behind(world: Applying) -> None:
    world.apply(make_document(staging=["web"], old=["gone"]))
    world.apply(make_document(staging=["worker"], new=["web"]), 1)

    in_force = world.in_force()
    assert in_force is not None
    assert [str(spec.id) for spec in in_force.stages] == ["checkout/staging", "checkout/new"]
    world.check_lookups()
    world.check_tidy()
    assert world.state.pointers["checkout"].tidied == 2


def test_a_git_repository_finds_the_applications_that_name_it_and_no_others(
    world: Applying,
) -> None:
    git = [{"github": "acme/checkout", "branches": ["main"], "pipeline": name} for name in "ab"]
    world.apply(make_document(staging=["web"]) | {"git": git})
    follower = PushFollower(GitRepository(Provider.GITHUB, "acme/checkout"), "checkout")
    assert world.state.git.keys() == {follower}

    world.apply(make_document(staging=["web"]), 1)

    assert world.state.git == {}
    world.check_tidy()


def test_stages_that_left_are_woken_to_end_what_is_wanted_of_them(world: Applying) -> None:
    world.apply(make_document(staging=["web"], old=["gone"]))
    world.wakeups.take()

    world.apply(make_document(staging=["web"]), 1)

    woken = [str(wakeup.stage) for wakeup in world.wakeups.take()]
    assert sorted(woken) == ["checkout/old", "checkout/staging"]


def test_an_invalid_configuration_leaves_the_last_valid_one_in_force(world: Applying) -> None:
    world.apply(make_document(staging=["web"]))
    before = copy.deepcopy(world.state)
    wrong = make_document(staging=["web"])
    wrong["stages"]["staging"]["soak"] = "2h"

    with pytest.raises(InvalidError, match="does not act on 'soak' yet") as caught:
        world.apply(wrong, 1)

    assert caught.value.next_step == "correct the file and apply it again"
    assert world.state == before


def test_a_range_that_is_none_is_refused_with_its_place(world: Applying) -> None:
    wrong = make_document(staging=["web"])
    wrong["images"]["app"]["select"] = {"semver": "1.x || "}

    with pytest.raises(InvalidError, match=r"images\.app\.select\.semver: .*any version"):
        world.apply(wrong)


def test_a_plan_against_another_number_is_out_of_date(world: Applying) -> None:
    world.apply(make_document(staging=["web"]), actor="arn:other")

    with pytest.raises(ContradictedError) as caught:
        world.apply(make_document(staging=["worker"]), 0)

    assert str(caught.value) == (
        "the plan was made against configuration 0 of checkout, but 1 is in force, applied by "
        "arn:other at 2026-11-23 12:00Z"
    )
    assert "plan again" in caught.value.next_step


def test_a_plan_against_a_number_that_was_never_in_force_is_out_of_date(world: Applying) -> None:
    with pytest.raises(ContradictedError, match=r"of checkout, but 0 is in force$"):
        world.apply(make_document(staging=["web"]), 4)


def test_the_same_request_again_is_answered_the_same_and_changes_nothing(world: Applying) -> None:
    first = world.apply(make_document(staging=["web"]))
    before = copy.deepcopy(world.state)
    world.wakeups.take()

    assert world.apply(make_document(staging=["web"])) == first
    assert world.state == before
    assert world.wakeups.take() == [Wakeup(first.stages[0], frozenset({Hint.PERSON}))]


def test_the_same_document_planned_anew_is_a_new_wish(world: Applying) -> None:
    world.apply(make_document(staging=["web"]))

    assert world.apply(make_document(staging=["web"]), 1, deploy=True).number == 2
    assert world.apply(make_document(staging=["web"]), 2, deploy=True).number == 3


def test_a_repeat_mends_what_is_missing(world: Applying) -> None:
    world.apply(make_document(staging=["web", "worker"]))
    del world.state.owners[make_service("web")]
    world.state.followers.clear()
    world.state.stages.clear()

    assert world.apply(make_document(staging=["web", "worker"])).number == 1

    world.check_lookups()


# ── services ─────────────────────────────────────────────────────────────────────────────────


def test_a_service_that_another_application_has_in_force_is_refused_by_name(
    world: Applying,
) -> None:
    world.apply(make_document("shop", main=["web"]))
    before = copy.deepcopy(world.state)

    with pytest.raises(ContradictedError) as caught:
        world.apply(make_document(staging=["free", "web"]))

    assert str(caught.value) == (
        "the service prod/web is owned by the stage shop/main, and a service has one owner"
    )
    assert caught.value.next_step == (
        "remove it from the targets of checkout/staging, or from those of shop/main first"
    )
    assert world.state == before  # nothing was claimed before the refusal


def test_a_service_that_was_given_up_can_be_taken(world: Applying) -> None:
    world.apply(make_document("shop", main=["web", "worker"]))
    world.apply(make_document("shop", main=["worker"]), 1)

    world.apply(make_document(staging=["web"]))

    assert world.state.owners[make_service("web")].stage == StageId("checkout", "staging")
    world.check_tidy()


def test_a_claim_that_an_interrupted_clean_up_left_can_be_taken_over(world: Applying) -> None:
    world.apply(make_document("shop", main=["web", "worker"]))
    with pytest.raises(CrashError):
        world.apply(make_document("shop", main=["worker"]), 1, around=crash_at("release"))
    assert world.state.owners[make_service("web")].stage == StageId("shop", "main")

    world.apply(make_document(staging=["web"]))

    world.check_lookups()
    with pytest.raises(ContradictedError, match="owned by the stage checkout/staging"):
        world.apply(make_document("shop", main=["web", "worker"]), 2)


def test_a_service_can_move_between_stages_of_one_application(world: Applying) -> None:
    world.apply(make_document(staging=["web"], production=["worker"]))
    world.apply(make_document(staging=["worker"], production=["web"]), 1)

    world.check_lookups()
    world.check_tidy()


@pytest.mark.parametrize("moment", ["owner", "write", "write_lookups", "switch"])
def test_of_two_applications_that_want_a_service_at_once_one_gets_it(
    world: Applying, moment: str
) -> None:
    """The other one's request runs whole at a moment inside the first one's."""
    rival = make_document("shop", main=["web"])
    ran: list[str] = []

    def run_rival(name: str, call: Callable[[], object]) -> object:
        if name == moment and not ran:
            ran.append(name)
            world.apply(rival)
        return call()

    with pytest.raises(ContradictedError, match="owned by the stage shop/main"):
        world.apply(make_document(staging=["web"]), around=run_rival)

    assert ran == [moment]
    assert world.in_force("checkout") is None
    world.check_lookups()


@pytest.mark.parametrize("moment", ["pointer", "configuration", "owner", "write", "switch"])
def test_of_two_requests_for_one_application_the_later_switch_is_refused(
    world: Applying, moment: str
) -> None:
    world.apply(make_document(staging=["web"]))
    ran: list[str] = []

    def run_rival(name: str, call: Callable[[], object]) -> object:
        result = call() if name == "pointer" else None
        if name == moment and not ran:
            ran.append(name)
            world.apply(make_document(staging=["rival"]), 1)
        return result if name == "pointer" else call()

    with pytest.raises(ContradictedError, match=r"but [23] is in force"):
        world.apply(make_document(staging=["web", "worker"]), 1, around=run_rival)

    world.check_lookups()


def test_conflicts_without_end_are_told(world: Applying) -> None:
    def conflict(name: str, call: Callable[[], object]) -> object:
        if name == "switch":
            raise Conflict("another writer was first")
        return call()

    with pytest.raises(ContradictedError, match="3 times in a row"):
        world.apply(make_document(staging=["web"]), around=conflict)


def test_more_new_services_than_a_transaction_takes_are_refused_before_any_claim(
    world: Applying,
) -> None:
    names = [f"web-{number}" for number in range(MOST_NEW_SERVICES + 1)]

    with pytest.raises(InvalidError, match="100 services are new to checkout"):
        world.apply(make_document(staging=names[:50], production=names[50:]))

    assert world.state == ControlState()
    assert world.apply(make_document(staging=names[1:50], production=names[50:])).number == 1
    later = make_document(staging=names[:50], production=names[50:])
    assert world.apply(later, 1).number == 2  # a few at a time


def test_a_configuration_larger_than_an_item_is_refused(world: Applying) -> None:
    def too_large(name: str, call: Callable[[], object]) -> object:
        if name == "write":
            raise Refused("the configuration is 200000 bytes long", "ItemTooLarge")
        return call()

    with pytest.raises(InvalidError, match="200000 bytes") as caught:
        world.apply(make_document(staging=["web"]), around=too_large)

    assert caught.value.next_step == "split the application into several"
    assert world.in_force() is None
