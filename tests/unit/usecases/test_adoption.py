"""A stage is taken over as it is: nothing moves until something newer comes or a person asks."""

from dataclasses import replace

from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import Phase
from longshore.domain.errors import NotPermitted, Throttled
from longshore.domain.holds import HoldKind
from longshore.domain.outcomes import EventName
from longshore.domain.places import StageId
from longshore.usecases.round import SLICE
from longshore_local.ecs.images import NeverStarts
from tests.support.builders import REPOSITORY, SERVICE, STAGE, make_spec
from tests.support.harbour import WORKER, Harbour
from tests.support.voyages import CRASH, MAIN, make_harbour, of_digest, semver_spec


def roll_by_hand(harbour: Harbour, number: int) -> None:
    """Bring the service to another image behind Longshore's back."""
    container = {"name": "web", "image": of_digest(number), "essential": True, "memory": 70}
    family = {"family": SERVICE.name, "containerDefinitions": [container]}
    harbour.world.call("RegisterTaskDefinition", family)
    service = {"cluster": SERVICE.cluster, "service": SERVICE.name}
    harbour.world.call("UpdateService", {**service, "taskDefinition": SERVICE.name})


def test_adoption_moves_nothing() -> None:
    harbour = make_harbour()

    assert harbour.ecs.writes() == []
    assert harbour.running() == MAIN
    assert harbour.told() == [EventName.STAGE_ADOPTED]


def test_adoption_holds_what_the_policy_would_choose_at_once() -> None:
    harbour = Harbour()
    harbour.push(1)
    harbour.open_service(SERVICE, MAIN)
    harbour.run(minutes=5)
    harbour.push(2)
    harbour.apply()
    harbour.run(minutes=20)
    hold = harbour.snapshot.stage.hold

    assert harbour.ecs.writes() == []
    assert hold is not None
    assert hold.kind is HoldKind.ADOPTED

    harbour.push(3)
    harbour.run(minutes=4)

    assert harbour.running() == of_digest(3)
    assert harbour.snapshot.stage.hold is None


def test_deleting_what_was_held_at_adoption_deploys_nothing() -> None:
    harbour = Harbour(spec=semver_spec())
    harbour.push(1, "1.0.0")
    harbour.open_service(SERVICE, f"{REPOSITORY.uri}:1.0.0")
    harbour.run(minutes=5)
    harbour.push(2, "1.1.0")
    harbour.push(3, "1.2.0")
    harbour.apply()
    harbour.run(minutes=5)

    harbour.registry.delete_tag(REPOSITORY, "1.2.0")
    harbour.run(minutes=60)

    assert harbour.running() == f"{REPOSITORY.uri}:1.0.0"
    assert harbour.ecs.writes() == []

    harbour.push(4, "1.3.0")
    harbour.run(minutes=5)

    assert harbour.running() == of_digest(4)


def test_apply_may_ask_to_deploy_at_once() -> None:
    harbour = Harbour()
    harbour.push(1)
    harbour.open_service(SERVICE, MAIN)
    harbour.run(minutes=5)
    harbour.push(2)
    harbour.apply(deploy=True)
    harbour.run(minutes=4)

    assert harbour.running() == of_digest(2)
    assert harbour.deployment(1).trigger.actor == "arn:of:applier"


def test_applying_again_changes_nothing_of_what_is_live() -> None:
    harbour = make_harbour(desired=0)
    harbour.push(2)
    harbour.run(minutes=5)
    live = harbour.snapshot.stage.live
    harbour.ecs.calls.calls.clear()

    harbour.apply()
    harbour.run(minutes=20)

    assert harbour.snapshot.stage.live == live
    assert harbour.snapshot.stage.hold is None
    assert harbour.ecs.writes() == []


def test_a_service_added_to_a_stage_waits_for_a_person_or_a_push() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=5)
    harbour.open_service(WORKER, of_digest(1))
    harbour.run(minutes=5)
    wider = replace(make_spec(), targets=(TargetSpec(SERVICE), TargetSpec(WORKER)))

    harbour.apply(wider)
    harbour.run(minutes=20)
    assert harbour.running(WORKER) == of_digest(1)

    harbour.push(3)
    harbour.run(minutes=5)
    assert {harbour.running(), harbour.running(WORKER)} == {of_digest(3)}


def test_a_service_added_with_deploy_is_brought_to_what_the_stage_runs() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=5)
    harbour.open_service(WORKER, of_digest(1))
    harbour.run(minutes=5)
    harbour.ecs.calls.calls.clear()
    wider = replace(make_spec(), targets=(TargetSpec(SERVICE), TargetSpec(WORKER)))

    harbour.apply(wider, deploy=True)
    harbour.run(minutes=5)

    assert {harbour.running(), harbour.running(WORKER)} == {of_digest(2)}
    assert harbour.ecs.count("UpdateService") == 1


def test_services_that_are_not_there_yet_keep_no_others_waiting() -> None:
    spec = make_spec()
    absent = [replace(SERVICE, name=f"absent-{number}") for number in range(SLICE + 1)]
    targets = tuple(TargetSpec(service) for service in (*absent, SERVICE))
    harbour = Harbour(spec=replace(spec, targets=targets))
    harbour.push(1)
    harbour.open_service(SERVICE, MAIN)
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)

    assert harbour.told() == [EventName.STAGE_ADOPTED]
    assert harbour.snapshot.target(SERVICE).stable is not None


def test_a_rollout_that_is_under_way_is_not_taken_for_proven() -> None:
    harbour = Harbour()
    harbour.push(1)
    harbour.open_service(SERVICE, of_digest(1))
    harbour.run(minutes=5)
    harbour.push(2, "hand", conduct=CRASH)
    roll_by_hand(harbour, 2)
    harbour.apply()
    harbour.run(minutes=20)

    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=90)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)


def test_a_rollout_that_ended_well_after_the_adoption_is_what_a_failure_returns_to() -> None:
    harbour = Harbour(breaker=False)
    harbour.push(1)
    harbour.open_service(SERVICE, of_digest(1))
    harbour.run(minutes=5)
    harbour.push(2, "hand")
    roll_by_hand(harbour, 2)
    harbour.apply()
    harbour.run(minutes=60)

    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=90)

    assert harbour.running() == of_digest(2)


def test_an_image_that_gets_a_name_later_is_read_then() -> None:
    side = replace(REPOSITORY, name="side")
    harbour = Harbour(breaker=False)
    harbour.push(1)
    harbour.push(1, repository=side)
    harbour.open_service(SERVICE, MAIN)
    containers = [
        {"name": name, "image": image, "essential": True, "memory": 64}
        for name, image in (("web", MAIN), ("side", f"{side.uri}:main"))
    ]
    family = {"family": SERVICE.name, "containerDefinitions": containers}
    harbour.world.call("RegisterTaskDefinition", family)
    service = {"cluster": SERVICE.cluster, "service": SERVICE.name}
    harbour.world.call("UpdateService", {**service, "taskDefinition": SERVICE.name})
    harbour.run(minutes=10)
    harbour.apply()
    harbour.run(minutes=5)
    named = replace(harbour.spec.images[0], alias="side", repository=side)

    harbour.apply(replace(harbour.spec, images=(*harbour.spec.images, named)))
    harbour.run(minutes=5)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=90)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)


def test_a_service_that_never_came_up_has_nothing_to_go_back_to_yet() -> None:
    harbour = Harbour(breaker=False)
    harbour.push(1, conduct=NeverStarts())
    harbour.open_service(SERVICE, of_digest(1))
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)

    assert harbour.snapshot.target(SERVICE).stable is None
    assert harbour.snapshot.stage.live is None


def test_more_targets_can_be_left_out_than_one_transaction_takes() -> None:
    services = [replace(SERVICE, name=f"web-{number:03}") for number in range(150)]
    harbour = Harbour()
    harbour.push(1)
    for service in services:
        harbour.open_service(service, of_digest(1))
    harbour.run(minutes=5)

    def apply(first: int, end: int) -> None:
        targets = tuple(TargetSpec(service) for service in services[first:end])
        harbour.apply(replace(harbour.spec, targets=targets))
        harbour.run(minutes=10)

    apply(0, 60)
    harbour.registry.failure = Throttled("no answer")
    apply(60, 120)
    harbour.registry.failure = None
    apply(120, 150)
    known = [target for target in harbour.snapshot.targets if target.stable is not None]

    assert harbour.snapshot.stage.config == 3
    assert len(known) == 30


def test_while_the_registry_is_closed_each_service_is_looked_at_once() -> None:
    harbour = Harbour()
    harbour.registry.failure = NotPermitted("the role may not ecr:DescribeImages")
    harbour.apply()
    harbour.run(minutes=40)

    assert harbour.told() == [EventName.STAGE_HELD]
    assert harbour.snapshot.target(SERVICE).version == 1


def test_a_lost_ledger_moves_nothing() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=5)
    harbour.lose_ledger()
    harbour.ecs.calls.calls.clear()

    harbour.run(minutes=40)

    assert harbour.ecs.writes() == []
    assert harbour.snapshot.stage.live is not None


def test_a_stage_taken_out_of_the_configuration_in_mid_rollout_wakes_no_more() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=1)
    other = replace(make_spec(), id=StageId(STAGE.application, "other"))

    harbour.apply(other)
    harbour.run(minutes=60)
    woken = [done for done in harbour.handled if "no configuration" in done.summary]

    assert harbour.router.directory.due_stages(harbour.clock.now()) == []
    assert len(woken) == 2  # by apply and once by the timer
