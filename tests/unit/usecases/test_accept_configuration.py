"""Putting a configuration in force: whole or not at all, wherever it is interrupted."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from longshore.domain.configuration import Configuration
from longshore.domain.errors import Conflict, Refused, Throttled
from longshore.domain.places import ServiceRef, StageId
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.accept_configuration import (
    Accepted,
    ConfigurationRequest,
    accept_configuration,
)
from longshore.usecases.claim_services import MOST_NEW_SERVICES
from longshore.usecases.control_ports import (
    ConfigurationStore,
    ContradictedError,
    ControlPorts,
    InvalidError,
)
from longshore.usecases.lookups import lookups_of, services_of
from tests.support.builders import HOME
from tests.support.control_fakes import (
    ControlState,
    CrashError,
    InMemoryConfigurationStore,
    InMemoryIntentStore,
    Interrupted,
)
from tests.support.fakes import NOON, FakeClock, InMemoryWakeups

Document = dict[str, Any]
Around = Callable[[str, Callable[[], object]], object]

ME = "arn:aws:iam::123456789012:user/me"


def document(application: str = "checkout", **stages: list[str]) -> Document:
    """Return a configuration whose stages have these services, all of one repository."""
    return {
        "apiVersion": "longshore/v1",
        "application": application,
        "images": {"app": {"repository": application, "select": {"semver": "^1.4"}}},
        "stages": {
            name: {"targets": [{"service": f"prod/{service}"} for service in services]}
            for name, services in stages.items()
        },
    }


def service(name: str) -> ServiceRef:
    return ServiceRef(HOME, "prod", name)


@dataclass
class World:
    """A ledger, and a function that takes requests; each request may be interrupted."""

    state: ControlState = field(default_factory=ControlState)
    wakeups: InMemoryWakeups = field(default_factory=InMemoryWakeups)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def store(self) -> InMemoryConfigurationStore:
        return InMemoryConfigurationStore(self.state)

    def apply(
        self,
        wanted: object,
        base: int = 0,
        *,
        deploy: bool = False,
        actor: str = ME,
        around: Around | None = None,
    ) -> Accepted:
        store: ConfigurationStore = self.store
        if around is not None:
            store = cast("ConfigurationStore", Interrupted(store, around))
        ports = ControlPorts(store, InMemoryIntentStore(), self.wakeups, self.clock, HOME)
        return accept_configuration(ConfigurationRequest(wanted, deploy, base, actor), ports)

    def in_force(self, application: str = "checkout") -> Configuration | None:
        return self.state.in_force(application)

    def check_lookups(self) -> None:
        """Every stage of a configuration in force is found, every service has its one owner."""
        for application in self.state.pointers:
            configuration = self.in_force(application)
            assert configuration is not None
            for way, follower in lookups_of(configuration).followers.items():
                assert set(follower.images) <= set(self.state.followers[way][0].images)
            assert lookups_of(configuration).stages <= self.state.stages.keys()
            for target, stage in services_of(configuration).items():
                assert self.state.owners[target].stage == stage

    def check_tidy(self) -> None:
        """Nothing is left of what is not in force."""
        configurations = [c for a in self.state.pointers if (c := self.in_force(a))]
        wanted = lookups_of(*configurations)
        assert {way: f for way, (f, _) in self.state.followers.items()} == wanted.followers
        assert self.state.stages.keys() == wanted.stages
        owners = {s: stage for each in configurations for s, stage in services_of(each).items()}
        assert {s: owner.stage for s, owner in self.state.owners.items()} == owners


@pytest.fixture
def world() -> World:
    return World()


def test_a_first_configuration_comes_in_force_and_wakes_its_stages(world: World) -> None:
    accepted = world.apply(document(staging=["web"], production=["web-p", "worker"]), deploy=True)

    stages = (StageId("checkout", "staging"), StageId("checkout", "production"))
    assert accepted == Accepted("checkout", 1, stages)
    assert world.wakeups.take() == [Wakeup(stage, frozenset({Hint.PERSON})) for stage in stages]
    in_force = world.in_force()
    assert in_force is not None
    assert (in_force.number, in_force.applied_by, in_force.applied_at) == (1, ME, NOON)
    assert in_force.deploy
    world.check_lookups()
    world.check_tidy()


def test_a_change_takes_effect_whole_and_leaves_nothing_behind(world: World) -> None:
    world.apply(document(staging=["web"], old=["gone"]))
    world.apply(document(staging=["worker"], new=["web"]), 1)

    in_force = world.in_force()
    assert in_force is not None
    assert [str(spec.id) for spec in in_force.stages] == ["checkout/staging", "checkout/new"]
    world.check_lookups()
    world.check_tidy()
    assert world.state.pointers["checkout"].tidied == 2


def test_stages_that_left_are_woken_to_end_what_is_wanted_of_them(world: World) -> None:
    world.apply(document(staging=["web"], old=["gone"]))
    world.wakeups.take()

    world.apply(document(staging=["web"]), 1)

    woken = [str(wakeup.stage) for wakeup in world.wakeups.take()]
    assert sorted(woken) == ["checkout/old", "checkout/staging"]


def test_an_invalid_configuration_leaves_the_last_valid_one_in_force(world: World) -> None:
    world.apply(document(staging=["web"]))
    before = copy.deepcopy(world.state)
    wrong = document(staging=["web"])
    wrong["stages"]["staging"]["soak"] = "2h"

    with pytest.raises(InvalidError, match="does not act on 'soak' yet") as caught:
        world.apply(wrong, 1)

    assert caught.value.next_step == "correct the file and apply it again"
    assert world.state == before


def test_a_range_that_is_none_is_refused_with_its_place(world: World) -> None:
    wrong = document(staging=["web"])
    wrong["images"]["app"]["select"] = {"semver": "1.x || "}

    with pytest.raises(InvalidError, match=r"images\.app\.select\.semver: .*any version"):
        world.apply(wrong)


def test_a_plan_against_another_number_is_out_of_date(world: World) -> None:
    world.apply(document(staging=["web"]), actor="arn:other")

    with pytest.raises(ContradictedError) as caught:
        world.apply(document(staging=["worker"]), 0)

    assert str(caught.value) == (
        "the plan was made against configuration 0 of checkout, but 1 is in force, applied by "
        "arn:other at 2026-11-23 12:00Z"
    )
    assert "plan again" in caught.value.next_step


def test_a_plan_against_a_number_that_was_never_in_force_is_out_of_date(world: World) -> None:
    with pytest.raises(ContradictedError, match=r"of checkout, but 0 is in force$"):
        world.apply(document(staging=["web"]), 4)


def test_the_same_request_again_is_answered_the_same_and_changes_nothing(world: World) -> None:
    first = world.apply(document(staging=["web"]))
    before = copy.deepcopy(world.state)
    world.wakeups.take()

    assert world.apply(document(staging=["web"])) == first
    assert world.state == before
    assert world.wakeups.take() == [Wakeup(first.stages[0], frozenset({Hint.PERSON}))]


def test_the_same_document_planned_anew_is_a_new_wish(world: World) -> None:
    world.apply(document(staging=["web"]))

    assert world.apply(document(staging=["web"]), 1, deploy=True).number == 2
    assert world.apply(document(staging=["web"]), 2, deploy=True).number == 3


def test_a_repeat_mends_what_is_missing(world: World) -> None:
    world.apply(document(staging=["web", "worker"]))
    del world.state.owners[service("web")]
    world.state.followers.clear()
    world.state.stages.clear()

    assert world.apply(document(staging=["web", "worker"])).number == 1

    world.check_lookups()


# ── services ─────────────────────────────────────────────────────────────────────────────────


def test_a_service_that_another_application_has_in_force_is_refused_by_name(world: World) -> None:
    world.apply(document("shop", main=["web"]))
    before = copy.deepcopy(world.state)

    with pytest.raises(ContradictedError) as caught:
        world.apply(document(staging=["free", "web"]))

    assert str(caught.value) == (
        "the service prod/web is owned by the stage shop/main, and a service has one owner"
    )
    assert caught.value.next_step == (
        "remove it from the targets of checkout/staging, or from those of shop/main first"
    )
    assert world.state == before  # nothing was claimed before the refusal


def test_a_service_that_was_given_up_can_be_taken(world: World) -> None:
    world.apply(document("shop", main=["web", "worker"]))
    world.apply(document("shop", main=["worker"]), 1)

    world.apply(document(staging=["web"]))

    assert world.state.owners[service("web")].stage == StageId("checkout", "staging")
    world.check_tidy()


def test_a_claim_that_an_interrupted_clean_up_left_can_be_taken_over(world: World) -> None:
    world.apply(document("shop", main=["web", "worker"]))
    with pytest.raises(CrashError):
        world.apply(document("shop", main=["worker"]), 1, around=crash_at("release"))
    assert world.state.owners[service("web")].stage == StageId("shop", "main")

    world.apply(document(staging=["web"]))

    world.check_lookups()
    with pytest.raises(ContradictedError, match="owned by the stage checkout/staging"):
        world.apply(document("shop", main=["web", "worker"]), 2)


def test_a_service_can_move_between_stages_of_one_application(world: World) -> None:
    world.apply(document(staging=["web"], production=["worker"]))
    world.apply(document(staging=["worker"], production=["web"]), 1)

    world.check_lookups()
    world.check_tidy()


@pytest.mark.parametrize("moment", ["owner", "write", "write_lookups", "switch"])
def test_of_two_applications_that_want_a_service_at_once_one_gets_it(
    world: World, moment: str
) -> None:
    """The other one's request runs whole at a moment inside the first one's."""
    rival = document("shop", main=["web"])
    ran: list[str] = []

    def run_rival(name: str, call: Callable[[], object]) -> object:
        if name == moment and not ran:
            ran.append(name)
            world.apply(rival)
        return call()

    with pytest.raises(ContradictedError, match="owned by the stage shop/main"):
        world.apply(document(staging=["web"]), around=run_rival)

    assert ran == [moment]
    assert world.in_force("checkout") is None
    world.check_lookups()


@pytest.mark.parametrize("moment", ["pointer", "configuration", "owner", "write", "switch"])
def test_of_two_requests_for_one_application_the_later_switch_is_refused(
    world: World, moment: str
) -> None:
    world.apply(document(staging=["web"]))
    ran: list[str] = []

    def run_rival(name: str, call: Callable[[], object]) -> object:
        result = call() if name == "pointer" else None
        if name == moment and not ran:
            ran.append(name)
            world.apply(document(staging=["rival"]), 1)
        return result if name == "pointer" else call()

    with pytest.raises(ContradictedError, match=r"but [23] is in force"):
        world.apply(document(staging=["web", "worker"]), 1, around=run_rival)

    world.check_lookups()


def test_conflicts_without_end_are_told(world: World) -> None:
    def conflict(name: str, call: Callable[[], object]) -> object:
        if name == "switch":
            raise Conflict("another writer was first")
        return call()

    with pytest.raises(ContradictedError, match="3 times in a row"):
        world.apply(document(staging=["web"]), around=conflict)


def test_more_new_services_than_a_transaction_takes_are_refused_before_any_claim(
    world: World,
) -> None:
    names = [f"web-{number}" for number in range(MOST_NEW_SERVICES + 1)]

    with pytest.raises(InvalidError, match="100 services are new to checkout"):
        world.apply(document(staging=names[:50], production=names[50:]))

    assert world.state == ControlState()
    assert world.apply(document(staging=names[1:50], production=names[50:])).number == 1
    later = document(staging=names[:50], production=names[50:])
    assert world.apply(later, 1).number == 2  # a few at a time


def test_a_configuration_larger_than_an_item_is_refused(world: World) -> None:
    def too_large(name: str, call: Callable[[], object]) -> object:
        if name == "write":
            raise Refused("the configuration is 200000 bytes long", "ItemTooLarge")
        return call()

    with pytest.raises(InvalidError, match="200000 bytes") as caught:
        world.apply(document(staging=["web"]), around=too_large)

    assert caught.value.next_step == "split the application into several"
    assert world.in_force() is None


# ── interruptions ────────────────────────────────────────────────────────────────────────────


def crash_at(name: str) -> Around:
    def around(called: str, call: Callable[[], object]) -> object:
        if called == name:
            raise CrashError
        return call()

    return around


@dataclass
class CrashAfter:
    """Ends the function before or after its n-th call."""

    calls: int
    effect: bool
    count: int = 0

    def __call__(self, _: str, call: Callable[[], object]) -> object:
        self.count += 1
        if self.count == self.calls:
            if self.effect:
                call()
            raise CrashError
        return call()


FIRST = document(staging=["web", "shared"], old=["gone"])
SECOND = document(staging=["web", "worker"], new=["shared"])


def count_calls() -> int:
    world, counter = World(), CrashAfter(-1, effect=False)
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
    world = World()
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
    world = World()
    world.apply(FIRST)
    with pytest.raises(CrashError):
        world.apply(SECOND, 1, around=CrashAfter(point, effect))
    base = world.state.pointers["checkout"].number

    world.apply(document(third=["web"]), base)
    world.apply(document("shop", main=["worker", "shared"]))

    world.check_lookups()
    stages = {stage.stage for stage in world.state.stages if stage.application == "checkout"}
    assert stages == {"third"}


def test_until_the_switch_a_stage_is_found_by_what_it_was_and_what_it_will_be(
    world: World,
) -> None:
    world.apply(document(staging=["web"]))
    followed = next(iter(world.state.followers))
    changed = document(staging=["web"])
    changed["images"]["app"]["select"] = {"tag": "main"}
    with pytest.raises(CrashError):
        world.apply(changed, 1, around=crash_at("switch"))

    policies = {str(image.selection) for image in world.state.followers[followed][0].images}
    assert policies == {"semver ^1.4", "tag main"}

    world.apply(changed, 1)
    policies = {str(image.selection) for image in world.state.followers[followed][0].images}
    assert policies == {"tag main"}


def test_requests_that_were_interrupted_before_leave_no_lookup_that_hides_a_stage(
    world: World,
) -> None:
    world.apply(document(staging=["web"]))
    followed = next(iter(world.state.followers))
    wishes = [copy.deepcopy(document(staging=["web"])) for _ in range(2)]
    for tag, wish in zip(("first", "second"), wishes, strict=True):
        wish["images"]["app"]["select"] = {"tag": tag}
        with pytest.raises(CrashError):
            world.apply(wish, 1, around=crash_at("switch"))

    assert world.apply(wishes[0], 1).number == 4

    (image,) = world.state.followers[followed][0].images
    assert str(image.selection) == "tag first"
    world.check_tidy()


def test_a_late_clean_up_takes_nothing_that_is_newer(world: World) -> None:
    """What one request removes, the next one adds again, while the first is still tidying."""
    world.apply(document(staging=["web", "worker"], extra=["gone"]))
    ran: list[str] = []

    def run_rival(name: str, call: Callable[[], object]) -> object:
        if name == "remove_lookups" and not ran:
            ran.append(name)
            world.apply(document(staging=["web", "worker"], extra=["gone"]), 2)
        return call()

    world.apply(document(staging=["web"]), 1, around=run_rival)

    assert world.state.pointers["checkout"].number == 3
    world.check_lookups()
    world.check_tidy()


def test_when_waking_fails_the_request_can_be_sent_again(world: World) -> None:
    class Busy(InMemoryWakeups):
        def send(self, *_: object, **__: object) -> None:
            raise Throttled("SQS was busy")

    busy = replace(world, wakeups=Busy())
    with pytest.raises(Throttled):
        busy.apply(document(staging=["web"]))

    assert world.apply(document(staging=["web"])).number == 1
    assert len(world.wakeups.take()) == 1


def test_configurations_that_never_came_in_force_do_not_pile_up_for_ever(world: World) -> None:
    for number in range(1, 101):
        configuration = Configuration("checkout", number, (), f"arn:{number}", NOON)
        world.store.write(configuration)

    with pytest.raises(ContradictedError, match="3 times in a row"):
        world.apply(document(staging=["web"]))
