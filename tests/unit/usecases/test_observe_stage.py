"""An observing stage tells what it would do, changes nothing, and follows what others do."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from longshore.domain.configuration import Mode, StageSpec
from longshore.domain.deployments import Phase
from longshore.domain.errors import NotPermitted
from longshore.domain.holds import HoldKind
from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import EventName, Outcome
from longshore.domain.places import ServiceRef
from tests.support.builders import HOME, REPOSITORY, SERVICE, make_digest, make_spec
from tests.support.harbour import Harbour
from tests.support.voyages import CRASH, MAIN, make_harbour, of_digest

OBSERVING = replace(make_spec(), mode=Mode.OBSERVE)
WOULD = EventName.STAGE_WOULD_DEPLOY


def observing(spec: StageSpec = OBSERVING) -> Harbour:
    return make_harbour(spec=spec)


def set_mode(harbour: Harbour, mode: Mode, *, deploy: bool = False) -> None:
    harbour.apply(replace(harbour.spec, mode=mode), deploy=deploy)
    harbour.run(minutes=1)


def by_another_tool(harbour: Harbour, number: int, service: ServiceRef = SERVICE) -> None:
    """Deploy an image by its digest, as the team's own tool does."""
    image = f"{REPOSITORY.uri}@{make_digest(number)}"
    container = {"name": "web", "image": image, "essential": True, "memory": 64}
    registered = {"family": service.name, "containerDefinitions": [container]}
    harbour.world.call("RegisterTaskDefinition", registered)
    request = {"cluster": service.cluster, "service": service.name}
    harbour.world.call("UpdateService", {**request, "taskDefinition": service.name})


def live(harbour: Harbour) -> set[str]:
    found = harbour.snapshot.stage.live
    return {image.digest for image in found.images} if found else set()


def reasons(harbour: Harbour) -> dict[str, str]:
    return {event: end.reason for (event, _), end in harbour.state.outcomes.items()}


def test_what_would_be_deployed_is_told_once_and_nothing_is_changed() -> None:
    harbour = observing()

    harbour.push(2)
    harbour.run(minutes=60)
    harbour.push(2, "main")  # the event comes twice
    harbour.run(minutes=60)

    assert harbour.ecs.writes() == []
    assert harbour.running() == MAIN
    assert harbour.told() == [EventName.STAGE_ADOPTED, WOULD]
    assert set(harbour.ends().values()) == {Outcome.HELD}
    would = harbour.snapshot.stage.would
    assert would is not None
    assert would.reason == "main (000000000000) is newer than main (000000000000)"
    assert set(reasons(harbour).values()) == {
        f"observing: would deploy main (000000000000) because {would.reason}"
    }
    detail = harbour.state.announcements()[-1].detail
    assert detail["release"] == {
        "app": {"repository": REPOSITORY.uri, "tag": "main", "digest": make_digest(2)}
    }
    assert detail["why"] == would.reason
    assert detail["observing"] is True


def test_each_choice_is_told() -> None:
    harbour = observing()

    for number in (2, 3, 4):
        harbour.push(number)
        harbour.run(minutes=20)

    assert harbour.told().count(WOULD) == 3


def test_what_another_tool_deploys_is_live_and_nothing_to_complain_of() -> None:
    harbour = observing()

    for number in (2, 3, 4):
        harbour.push(number)
        harbour.run(minutes=3)
        by_another_tool(harbour, number)
        harbour.run(minutes=20)

        assert live(harbour) == {make_digest(number)}
    assert harbour.snapshot.stage.hold is None
    assert harbour.snapshot.stage.stable == harbour.snapshot.stage.live
    assert harbour.told() == [EventName.STAGE_ADOPTED, WOULD, WOULD, WOULD]
    assert harbour.snapshot.targets[0].stable is not None


def test_a_tag_that_another_tool_rolls_again_is_read_again() -> None:
    """The same revision, `main`, runs another digest after a forced deployment."""
    harbour = observing()
    harbour.push(2)
    harbour.run(minutes=3)

    request = {"cluster": SERVICE.cluster, "service": SERVICE.name, "forceNewDeployment": True}
    harbour.world.call("UpdateService", request)
    harbour.run(minutes=20)

    assert harbour.running() == MAIN
    assert live(harbour) == {make_digest(2)}


def test_what_came_true_is_not_told_again_when_it_is_taken_back_by_others() -> None:
    harbour = observing()
    harbour.push(2)
    harbour.run(minutes=3)
    by_another_tool(harbour, 2)
    harbour.run(minutes=20)
    by_another_tool(harbour, 1)
    harbour.run(minutes=20)

    assert live(harbour) == {make_digest(1)}
    assert harbour.told().count(WOULD) == 1
    assert harbour.snapshot.stage.would is not None


def test_what_would_not_be_deployed_says_that_instead() -> None:
    harbour = observing()
    harbour.push(2)
    harbour.run(minutes=3)
    by_another_tool(harbour, 2)
    harbour.run(minutes=20)

    harbour.push(1)  # the tag is moved back
    harbour.run(minutes=20)

    hold = harbour.snapshot.stage.hold
    assert hold is not None
    assert hold.kind is HoldKind.MOVED_BACK
    assert harbour.snapshot.stage.would is None
    assert harbour.told()[-1] is EventName.STAGE_HELD
    assert harbour.ecs.writes() == []

    by_another_tool(harbour, 1)
    harbour.run(minutes=20)

    assert harbour.snapshot.stage.hold is None


def test_what_is_held_at_adoption_is_live_once_another_tool_brings_it() -> None:
    harbour = make_harbour()
    harbour.registry.push(REPOSITORY, make_digest(2), "main")
    harbour.lose_ledger()
    set_mode(harbour, Mode.OBSERVE)
    hold = harbour.snapshot.stage.hold
    assert hold is not None
    assert hold.kind is HoldKind.ADOPTED

    by_another_tool(harbour, 3)
    harbour.registry.push(REPOSITORY, make_digest(3), "other", pushed_at=harbour.clock.now())
    harbour.run(minutes=20)
    assert harbour.snapshot.stage.hold == hold

    by_another_tool(harbour, 2)
    harbour.run(minutes=20)
    assert harbour.snapshot.stage.hold is None


def test_nothing_to_choose_is_nothing_that_would_be_deployed() -> None:
    harbour = observing()
    harbour.push(2)
    harbour.run(minutes=3)
    assert harbour.snapshot.stage.would is not None

    harbour.registry.delete_tag(REPOSITORY, "main")
    harbour.run(minutes=20)

    assert harbour.snapshot.stage.would is None


def test_a_pause_and_a_freeze_say_so_as_ever() -> None:
    harbour = observing()
    harbour.ask(IntentKind.PAUSE)
    harbour.run(minutes=1)
    harbour.push(2)
    harbour.run(minutes=20)

    assert harbour.snapshot.stage.would is None
    assert "held (paused)" in " ".join(reasons(harbour).values())

    harbour.ask(IntentKind.RESUME)
    harbour.run(minutes=1)

    assert harbour.snapshot.stage.would is not None


def deploy(harbour: Harbour) -> str:
    return harbour.deploy(2)


def roll_back(harbour: Harbour) -> str:
    return harbour.roll_back()


def retry(harbour: Harbour) -> str:
    return harbour.ask(IntentKind.RETRY)


@pytest.mark.parametrize("ask", [deploy, roll_back, retry])
def test_what_a_person_asks_for_is_declined_with_what_to_do(ask: Callable[[Harbour], str]) -> None:
    harbour = observing()
    harbour.push(2)
    harbour.run(minutes=3)
    harbour.registry.failure = NotPermitted("ecr:DescribeImages is not permitted")

    wish = ask(harbour)
    harbour.run(minutes=1)

    assert harbour.ends()[wish] == Outcome.REJECTED
    assert reasons(harbour)[wish] == (
        "checkout/production: it is only observed, and nothing is changed in ECS: set "
        "`mode: deploy` for it in longshore.yaml, then `longshore apply`"
    )
    harbour.registry.failure = None
    harbour.run(minutes=20)
    assert harbour.ecs.writes() == []
    assert harbour.snapshot.stage.paused is None


def test_the_switch_to_deploy_adopts_what_runs_then_and_deploys_nothing() -> None:
    harbour = observing()
    harbour.push(2)
    harbour.run(minutes=20)
    by_another_tool(harbour, 3)
    harbour.registry.push(REPOSITORY, make_digest(3), "other")
    harbour.lose_events = True  # nobody told of it before the switch
    set_mode(harbour, Mode.DEPLOY)
    harbour.run(minutes=60)
    harbour.lose_events = False

    stage = harbour.snapshot.stage
    assert harbour.ecs.writes() == []
    assert live(harbour) == {make_digest(3)}
    assert (stage.observed, stage.would) == (False, None)
    assert stage.hold is not None
    assert stage.hold.kind is HoldKind.ADOPTED
    assert "the stage was only observed till now" in stage.hold.reason

    harbour.push(4)
    harbour.run(minutes=10)
    assert harbour.running() == of_digest(4)


def test_the_switch_with_deploy_deploys_at_once() -> None:
    harbour = observing()
    harbour.push(2)
    harbour.run(minutes=20)

    set_mode(harbour, Mode.DEPLOY, deploy=True)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)


def test_what_is_pushed_after_the_switch_was_asked_for_ships() -> None:
    harbour = observing()
    harbour.run(minutes=5)
    harbour.apply(replace(harbour.spec, mode=Mode.DEPLOY))
    harbour.run(minutes=1)
    harbour.push(2)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)


def test_apply_with_deploy_deploys_nothing_while_it_observes() -> None:
    harbour = observing()
    harbour.push(2)
    harbour.run(minutes=3)

    harbour.apply(OBSERVING, deploy=True)
    harbour.run(minutes=20)

    assert harbour.ecs.writes() == []
    assert harbour.snapshot.stage.allowance is None
    assert harbour.told().count(WOULD) == 1  # it is the same choice as before


def test_what_is_under_way_goes_on_to_its_end() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=0.1)
    assert harbour.snapshot.deployment is not None

    harbour.apply(OBSERVING)
    harbour.push(3)
    harbour.run(minutes=30)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert harbour.running() == of_digest(2)
    assert live(harbour) == {make_digest(2)}
    assert harbour.told().count(WOULD) == 1
    assert harbour.snapshot.stage.latest == 1


def test_what_fails_then_is_still_taken_back() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=0.1)

    harbour.apply(OBSERVING)
    harbour.run(minutes=60)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.running() == MAIN
    assert harbour.snapshot.stage.latest == 1
    assert live(harbour) == {make_digest(1)}


def test_what_is_under_way_when_it_deploys_again_is_not_ended() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=0.1)
    harbour.apply(OBSERVING)
    harbour.run(minutes=0.1)

    harbour.apply(make_spec())
    harbour.run(minutes=30)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert harbour.snapshot.stage.observed is False


def test_services_that_differ_run_no_common_release() -> None:
    other = replace(OBSERVING.targets[0], service=ServiceRef(HOME, "prod", "other"))
    spec = replace(OBSERVING, targets=(*OBSERVING.targets, other))
    harbour = Harbour(spec=spec)
    harbour.push(1)
    for target in spec.targets:
        harbour.open_service(target.service, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    assert live(harbour) == {make_digest(1)}

    harbour.push(2)
    by_another_tool(harbour, 2, spec.targets[0].service)
    harbour.run(minutes=20)

    assert live(harbour) == set()
    assert harbour.snapshot.stage.found is not None

    by_another_tool(harbour, 2, spec.targets[1].service)
    harbour.run(minutes=20)
    assert live(harbour) == {make_digest(2)}


def test_more_services_than_a_slice_are_read_in_several_rounds() -> None:
    targets = tuple(
        replace(OBSERVING.targets[0], service=ServiceRef(HOME, "prod", f"part-{n:02}"))
        for n in range(12)
    )
    harbour = Harbour(spec=replace(OBSERVING, targets=targets))
    harbour.push(1)
    for target in targets:
        harbour.open_service(target.service, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)

    harbour.lose_events = True
    harbour.push(2)
    for target in targets:
        by_another_tool(harbour, 2, target.service)
    harbour.run(minutes=20)

    assert live(harbour) == {make_digest(2)}
    assert {target.stable.digests for target in harbour.snapshot.targets if target.stable} == {
        (("app", make_digest(2)),)
    }


def test_a_service_that_is_gone_or_never_settles_stays_as_it_was_known() -> None:
    harbour = observing()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=3)
    by_another_tool(harbour, 2)
    harbour.run(minutes=2)
    assert live(harbour) == {make_digest(1)}

    request = {"cluster": SERVICE.cluster, "service": SERVICE.name, "force": True}
    harbour.world.call("DeleteService", request)
    harbour.run(minutes=40)

    assert live(harbour) == {make_digest(1)}
    assert harbour.snapshot.stage.hold is None


def test_a_quiet_stage_is_written_no_more() -> None:
    harbour = observing()
    harbour.push(2)
    harbour.run(minutes=40)
    commits = len(harbour.ledger.commits)

    harbour.run(minutes=60)

    assert len(harbour.ledger.commits) == commits
