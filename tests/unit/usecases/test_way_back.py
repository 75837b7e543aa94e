"""What fails is taken back once, vetoed or held, and explained."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.domain.configuration import Base, TargetSpec
from longshore.domain.deployments import Phase
from longshore.domain.errors import LongshoreError, NotPermitted, Throttled
from longshore.domain.holds import HoldKind
from longshore.domain.outcomes import EventName
from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs.images import CannotBePulled, NeverStarts, Runs
from longshore_local.worlds.params import Output, Params
from longshore_local.worlds.surroundings import open_gate
from tests.support.builders import HOME, SERVICE, make_digest, make_spec
from tests.support.fakes import InMemoryRegistry
from tests.support.hands import move_by_hand
from tests.support.harbour import WORKER, WORKER_REPOSITORY, Harbour, two_services
from tests.support.voyages import CRASH, MAIN, make_harbour, of_digest, push_both, semver_spec


@pytest.mark.parametrize("breaker", [True, False])
def test_a_crashing_release_is_taken_back_vetoed_and_explained(*, breaker: bool) -> None:
    harbour = make_harbour(breaker=breaker)

    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=50)
    deployment = harbour.deployment(1)

    assert deployment.phase is Phase.ROLLED_BACK
    assert deployment.failure is not None
    assert (deployment.failure.container, deployment.failure.exit_code) == ("web", 1)
    assert "exited with code 1" in deployment.reason
    assert harbour.running() == (MAIN if breaker else of_digest(1))
    assert [veto.release.images[0].digest for veto in harbour.snapshot.stage.vetoes] == [
        make_digest(2)
    ]
    assert harbour.told()[1:] == [
        EventName.DEPLOYMENT_STARTED,
        EventName.DEPLOYMENT_FAILED,
        EventName.DEPLOYMENT_ROLLED_BACK,
    ]
    assert harbour.ecs.count("UpdateService") == (1 if breaker else 2)


def test_what_failed_is_not_tried_again_by_sweeps_or_other_tags() -> None:
    harbour = make_harbour(spec=semver_spec())
    harbour.push(2, "1.1.0", conduct=CRASH)
    harbour.run(minutes=30)
    harbour.ecs.calls.calls.clear()

    harbour.push(2, "1.1.1")
    harbour.run(minutes=60)

    assert harbour.ecs.writes() == []
    assert list(harbour.ends().values()).count("held") == 1


def test_after_a_failure_a_newer_push_ships_by_itself() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=30)

    harbour.push(3)
    harbour.run(minutes=5)

    assert harbour.running() == of_digest(3)


def test_retry_lifts_the_veto() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=30)
    harbour.conduct.clear()

    harbour.retry()
    harbour.run(minutes=5)

    assert harbour.running() == of_digest(2)
    assert harbour.deployment(2).trigger.actor == "arn:of:somebody"
    assert harbour.snapshot.stage.vetoes == ()
    assert harbour.snapshot.intents == ()


def test_retry_that_fails_again_is_vetoed_again() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=30)

    harbour.retry()
    harbour.run(minutes=60)

    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    assert len(harbour.snapshot.stage.vetoes) == 1
    assert harbour.snapshot.stage.latest == 2


def test_a_superseding_release_that_fails_returns_to_stable_not_to_the_half_rolled() -> None:
    harbour = make_harbour(breaker=False)

    harbour.push(2)
    harbour.run(minutes=0.2)
    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=50)

    assert harbour.deployment(2).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)


@pytest.mark.parametrize("breaker", [True, False])
def test_if_one_of_two_services_fails_both_are_returned(*, breaker: bool) -> None:
    harbour = make_harbour(spec=two_services(), breaker=breaker)

    push_both(harbour, CRASH)
    harbour.run(minutes=80)
    deployment = harbour.deployment(harbour.snapshot.stage.latest)

    assert deployment.phase is Phase.ROLLED_BACK
    assert deployment.failure is not None
    assert deployment.failure.service == str(WORKER)
    assert harbour.running() in {MAIN, of_digest(1)}
    assert harbour.running(WORKER) in {
        f"{WORKER_REPOSITORY.uri}:main",
        of_digest(1, WORKER_REPOSITORY),
    }


def test_a_release_that_never_starts_meets_the_deadline() -> None:
    harbour = make_harbour(spec=replace(make_spec(), deadline=timedelta(minutes=10)))

    harbour.push(2, conduct=NeverStarts())
    harbour.run(minutes=9)
    assert harbour.deployment(1).phase is Phase.PROGRESSING
    harbour.run(minutes=10)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert "deadline of 10 minutes" in harbour.deployment(1).reason
    assert harbour.running() == of_digest(1)


def test_an_image_that_cannot_be_pulled_is_named() -> None:
    harbour = make_harbour()

    harbour.push(2, conduct=CannotBePulled())
    harbour.run(minutes=50)

    assert "CannotPullContainerError" in harbour.deployment(1).reason


def test_a_desired_count_of_zero_is_registered_unproven() -> None:
    harbour = make_harbour(desired=0)

    harbour.push(2)
    harbour.run(minutes=20)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert "registered, unproven" in harbour.deployment(1).reason
    assert harbour.snapshot.stage.stable != harbour.snapshot.stage.live


def test_a_deleted_service_ends_as_target_gone() -> None:
    harbour = make_harbour()
    harbour.world.call(
        "DeleteService", {"cluster": SERVICE.cluster, "service": SERVICE.name, "force": True}
    )

    harbour.push(2)
    harbour.run(minutes=40)
    hold = harbour.snapshot.stage.hold

    assert harbour.deployment(1).phase is Phase.FAILED
    assert "target gone" in harbour.deployment(1).reason
    assert hold is not None
    assert hold.kind is HoldKind.TARGET_GONE
    assert harbour.snapshot.stage.latest == 1


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"deploymentController": {"type": "CODE_DEPLOY"}}, "CODE_DEPLOY"),
        ({"deploymentController": {"type": "EXTERNAL"}}, "EXTERNAL"),
    ],
)
def test_other_controllers_are_refused_in_words(settings: dict[str, object], word: str) -> None:
    harbour = Harbour(breaker=False)
    harbour.push(1)
    harbour.open_service(SERVICE, MAIN, **settings)
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    harbour.push(2)
    harbour.run(minutes=20)

    assert harbour.deployment(1).phase is Phase.FAILED
    assert word in harbour.deployment(1).reason
    assert harbour.ecs.writes() == []


def test_somebody_else_who_moves_the_service_is_not_fought() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=0.2)
    move_by_hand(harbour, 9)
    harbour.run(minutes=40)
    hold = harbour.snapshot.stage.hold

    assert harbour.deployment(1).phase is Phase.ABORTED
    assert hold is not None
    assert hold.kind is HoldKind.REPLACED
    assert harbour.snapshot.stage.live is None
    assert harbour.ecs.count("UpdateService") == 1


def test_where_somebody_else_moved_one_service_only_the_other_is_said_to_be_back() -> None:
    harbour = make_harbour(spec=two_services())
    push_both(harbour)
    harbour.run(minutes=0.2)
    move_by_hand(harbour, 9)
    harbour.run(minutes=60)

    assert harbour.deployment(1).phase is Phase.ABORTED
    assert "(prod/checkout-web); the rest is back on app main" in harbour.deployment(1).reason
    assert harbour.snapshot.stage.live is None


def test_a_retry_of_what_is_on_its_way_is_no_ticket_for_a_second_try() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=0.2)

    harbour.retry()
    harbour.run(minutes=60)

    assert harbour.snapshot.stage.latest == 1
    assert harbour.deployment(1).phase is Phase.ROLLED_BACK


def test_a_registry_that_may_not_be_read_is_told_once_and_ends_by_itself() -> None:
    harbour = make_harbour()
    harbour.registry.failure = NotPermitted("role R may not ecr:DescribeImages on checkout")

    harbour.push(2)
    harbour.run(minutes=40)
    assert harbour.told().count(EventName.STAGE_HELD) == 1
    assert "ecr:DescribeImages" in str(harbour.snapshot.stage.trouble)

    harbour.registry.failure = None
    harbour.run(minutes=20)
    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.trouble is None


def test_what_others_changed_beside_the_image_survives_a_rollback() -> None:
    harbour = make_harbour(breaker=False)
    harbour.push(2)
    harbour.run(minutes=5)
    container = {"name": "web", "image": of_digest(2), "memory": 256}
    bigger = {"family": SERVICE.name, "containerDefinitions": [container]}
    harbour.world.call("RegisterTaskDefinition", bigger)
    harbour.world.call(
        "UpdateService",
        {"cluster": SERVICE.cluster, "service": SERVICE.name, "taskDefinition": SERVICE.name},
    )
    harbour.run(minutes=5)

    harbour.push(3, conduct=CRASH)
    harbour.run(minutes=60)
    found = harbour.ecs.port.describe_services([SERVICE])[SERVICE]
    revision = harbour.ecs.port.describe_revision(HOME, found.task_definition).definition

    assert revision["containerDefinitions"][0]["memory"] == 256  # type: ignore[index]  # an open document
    assert harbour.running() == of_digest(2)


def test_a_service_that_came_after_adoption_is_returned_to_what_it_ran() -> None:
    harbour = Harbour(breaker=False)
    harbour.push(1)
    harbour.apply()
    harbour.run(minutes=1)
    harbour.open_service(SERVICE, MAIN)
    harbour.run(minutes=5)

    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=60)

    assert harbour.deployment(harbour.snapshot.stage.latest).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)


def test_a_service_of_an_image_that_came_later_returns_to_its_digest() -> None:
    both = two_services()
    one = replace(both, images=both.images[:1], targets=both.targets[:1])
    harbour = make_harbour(spec=one, breaker=False)
    harbour.push(4)
    harbour.run(minutes=10)
    harbour.push(1, repository=WORKER_REPOSITORY)
    harbour.open_service(WORKER, f"{WORKER_REPOSITORY.uri}:main")
    harbour.run(minutes=5)
    harbour.apply(both)
    harbour.run(minutes=5)

    push_both(harbour, CRASH)
    harbour.run(minutes=90)

    assert harbour.running(WORKER) == of_digest(1, WORKER_REPOSITORY)


def test_what_nobody_knows_the_digest_of_is_not_registered_by_its_tag() -> None:
    harbour = Harbour(breaker=False, desired=0)
    harbour.push(1)
    harbour.open_service(SERVICE, MAIN)
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=1)
    service = {"cluster": SERVICE.cluster, "service": SERVICE.name}
    harbour.world.call("UpdateService", {**service, "desiredCount": 1})
    revision = f"{SERVICE.name}:1"
    harbour.world.call("DeregisterTaskDefinition", {"taskDefinition": revision})

    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=90)
    deployment = harbour.deployment(harbour.snapshot.stage.latest)

    assert deployment.phase is Phase.FAILED
    assert "nobody knows which digest that was" in deployment.reason
    assert harbour.ecs.count("RegisterTaskDefinition") == 1


def test_an_alias_that_moved_takes_no_digest_to_another_repository() -> None:
    named = tuple(TargetSpec(service, (("web", "app"),)) for service in (SERVICE, WORKER))
    harbour = Harbour(breaker=False, spec=replace(make_spec(), targets=named))
    harbour.push(1, "old")
    harbour.push(2)
    harbour.open_service(SERVICE, of_digest(1))
    harbour.open_service(WORKER, of_digest(2))
    harbour.run(minutes=5)
    harbour.apply()
    harbour.run(minutes=2)
    moved = replace(harbour.spec.images[0], repository=WORKER_REPOSITORY)
    harbour.push(9, repository=WORKER_REPOSITORY)
    harbour.apply(replace(harbour.spec, images=(moved,)))
    harbour.run(minutes=5)

    harbour.push(7, conduct=CRASH, repository=WORKER_REPOSITORY)
    harbour.run(minutes=90)

    assert (harbour.running(), harbour.running(WORKER)) == (of_digest(1), of_digest(2))


def test_a_container_that_was_called_otherwise_then_goes_back_by_its_digest() -> None:
    spec = make_spec()
    harbour = make_harbour(spec=spec, breaker=False)
    container = {"name": "api", "image": MAIN, "essential": True, "memory": 64}
    family = {"family": SERVICE.name, "containerDefinitions": [container]}
    harbour.world.call("RegisterTaskDefinition", family)
    renamed = replace(spec.targets[0], containers=(("api", "app"),), base=Base.LATEST)
    harbour.apply(replace(spec, targets=(renamed,)))
    harbour.run(minutes=2)

    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=90)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)


@pytest.mark.parametrize("failure", [NotPermitted("denied"), Throttled("no answer")])
def test_a_way_back_does_not_wait_for_a_registry_that_a_new_configuration_asks(
    failure: LongshoreError,
) -> None:
    harbour = make_harbour(breaker=False)
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=1)
    closed = InMemoryRegistry(harbour.clock)
    closed.failure = failure
    harbour.ports = replace(harbour.ports, registry=closed)

    harbour.apply(replace(harbour.spec, deadline=timedelta(minutes=31)))
    harbour.run(minutes=120)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.running() == of_digest(1)


def denying_updates(operation: str, _: Params, perform: Callable[[], Output]) -> Output:
    if operation == "UpdateService":
        raise ApiError("AccessDeniedException", "not authorized to perform: ecs:UpdateService")
    return perform()


def after_a_failed_way_back(**settings: object) -> Harbour:
    """Return a harbour whose service was left on a release that crashes."""
    harbour = make_harbour(breaker=False)
    service = {"cluster": SERVICE.cluster, "service": SERVICE.name}
    harbour.world.call("UpdateService", {**service, **settings})
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=0.2)
    harbour.world.gate = denying_updates
    harbour.run(minutes=60)
    harbour.world.gate = open_gate
    assert harbour.deployment(1).phase is Phase.FAILED
    return harbour


def test_after_a_failed_way_back_no_configuration_makes_the_old_release_live() -> None:
    harbour = after_a_failed_way_back()

    harbour.apply(replace(harbour.spec, deadline=timedelta(minutes=31)))
    harbour.run(minutes=20)
    assert harbour.snapshot.stage.live is None
    harbour.push(1)
    harbour.retry()
    harbour.run(minutes=40)

    assert harbour.running() == of_digest(1)


def test_a_failed_way_back_names_each_service_that_did_not_come_back() -> None:
    harbour = make_harbour(spec=two_services(), breaker=False)
    harbour.conduct[make_digest(1)] = CRASH

    push_both(harbour, CRASH)
    harbour.run(minutes=90)
    deployment = harbour.deployment(1)

    assert deployment.phase is Phase.FAILED
    then = deployment.reason.partition("The way back failed: ")[2]
    assert then.startswith(f"{SERVICE}: it was not done within the deadline")
    assert f"; {WORKER}: it was not done within the deadline" in then
    assert ".." not in then


def test_a_retry_is_not_ended_by_the_failure_before_it() -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    harbour = after_a_failed_way_back(deploymentConfiguration=breaker)
    harbour.conduct[make_digest(2)] = Runs()

    harbour.retry()
    harbour.run(minutes=60)
    first = harbour.deployment(2)
    harbour.retry("once more")
    harbour.run(minutes=60)

    assert "failed earlier" in first.reason
    assert harbour.snapshot.stage.vetoes == ()
    assert harbour.deployment(3).phase is Phase.SUCCEEDED
    assert harbour.running() == of_digest(2)


def test_a_shorter_deadline_does_not_make_the_way_back_wait_for_the_breaker() -> None:
    harbour = make_harbour(spec=replace(make_spec(), deadline=timedelta(hours=3)))
    harbour.push(2, conduct=CRASH)
    while not harbour.snapshot.stage.vetoes:
        harbour.run(minutes=0.1)
    began = harbour.clock.now()

    harbour.apply(replace(harbour.spec, deadline=timedelta(minutes=10)))
    harbour.run(minutes=30)
    deployment = harbour.deployment(1)

    assert deployment.phase is Phase.ROLLED_BACK
    assert deployment.returning_since is not None
    assert deployment.returning_since <= began
