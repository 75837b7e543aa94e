"""The way of a push: from the event to a verdict, through the real router and reconcile."""

from dataclasses import replace

import pytest

from longshore.domain.configuration import Base, TargetSpec
from longshore.domain.deployments import Phase
from longshore.domain.errors import Throttled
from longshore.domain.holds import HoldKind
from longshore.domain.observations import DescribedRevision
from longshore.domain.outcomes import EventName
from longshore.domain.places import Home
from tests.support.builders import HOME, REPOSITORY, SERVICE, make_digest, make_spec
from tests.support.harbour import WORKER, WORKER_REPOSITORY, push_event, two_services
from tests.support.voyages import MAIN, make_harbour, of_digest, push_both, semver_spec


def test_a_push_rolls_its_service() -> None:
    harbour = make_harbour()

    harbour.push(2)
    harbour.run(minutes=4)

    assert harbour.running() == of_digest(2)
    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert harbour.told()[1:] == [EventName.DEPLOYMENT_STARTED, EventName.DEPLOYMENT_SUCCEEDED]
    assert set(harbour.ends().values()) == {"applied"}


def test_a_deployment_that_succeeds_takes_few_calls() -> None:
    harbour = make_harbour()
    harbour.registry.reads.clear()

    harbour.push(2)
    harbour.run(minutes=0)
    before_verdict = [call.action for call in harbour.ecs.calls.calls]
    registry_reads = len([read for read in harbour.registry.reads if read == "checkout:main"])
    harbour.run(minutes=4)

    assert before_verdict == [
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:RegisterTaskDefinition",
        "ecs:UpdateService",
    ]
    assert registry_reads == 1
    assert harbour.ecs.count("DescribeServices") <= 1 + 3
    assert harbour.ecs.count("DescribeTasks") == 0


def test_a_newer_push_in_mid_rollout_supersedes() -> None:
    harbour = make_harbour()

    harbour.push(2)
    harbour.run(minutes=0.2)
    harbour.push(3)
    harbour.run(minutes=5)

    assert harbour.deployment(1).phase is Phase.SUPERSEDED
    assert harbour.deployment(2).phase is Phase.SUCCEEDED
    assert harbour.running() == of_digest(3)


def test_a_tag_moved_back_is_held_by_name() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=5)
    harbour.ecs.calls.calls.clear()

    harbour.push(1)
    harbour.run(minutes=40)
    hold = harbour.snapshot.stage.hold

    assert harbour.ecs.writes() == []
    assert hold is not None
    assert hold.kind is HoldKind.MOVED_BACK
    assert harbour.told().count(EventName.STAGE_HELD) == 1


def test_an_older_event_that_comes_late_changes_nothing() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.push(3)
    harbour.run(minutes=5)
    harbour.ecs.calls.calls.clear()

    harbour.deliver(push_event(make_digest(2), "main", harbour.clock.now()))
    harbour.run(minutes=5)

    assert harbour.ecs.writes() == []
    assert "superseded" in harbour.ends().values()


def test_a_second_tag_on_the_live_digest_is_an_alias() -> None:
    harbour = make_harbour(spec=semver_spec())

    harbour.push(1, "1.0.1")
    harbour.run(minutes=5)

    assert harbour.ecs.writes() == []
    assert harbour.ends() == {"push-1.0.1-0001-120600": "duplicate"}


def test_a_deleted_tag_never_moves_a_stage_back() -> None:
    harbour = make_harbour(spec=semver_spec())
    harbour.push(2, "1.1.0")
    harbour.run(minutes=5)
    harbour.ecs.calls.calls.clear()

    harbour.registry.delete_tag(REPOSITORY, "1.1.0")
    harbour.run(minutes=40)

    assert harbour.ecs.writes() == []
    assert harbour.running() == of_digest(2)


def test_the_sweep_repairs_what_lost_events_left() -> None:
    harbour = make_harbour()
    harbour.lose_events = True

    harbour.push(2)
    harbour.run(minutes=35)

    assert harbour.running() == of_digest(2)
    assert harbour.deployment(1).phase is Phase.SUCCEEDED


@pytest.mark.parametrize("lost", [False, True])
def test_two_services_are_one_verdict(*, lost: bool) -> None:
    harbour = make_harbour(spec=two_services())
    harbour.lose_events = lost

    push_both(harbour)
    harbour.run(minutes=40)

    assert harbour.deployment(harbour.snapshot.stage.latest).phase is Phase.SUCCEEDED
    assert harbour.running() == of_digest(2)
    assert harbour.running(WORKER) == of_digest(3, WORKER_REPOSITORY)


def test_a_duplicate_event_writes_nothing_to_ecs() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=5)
    harbour.ecs.calls.calls.clear()

    for _ in range(3):
        harbour.push(2)
    harbour.run(minutes=10)

    assert harbour.ecs.writes() == []


def test_going_back_and_forth_between_releases_reuses_their_revisions() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=5)
    harbour.push(3)
    harbour.run(minutes=5)
    harbour.ecs.calls.calls.clear()

    harbour.push(2)
    harbour.retry("go back to 2")
    harbour.run(minutes=5)

    assert harbour.running() == of_digest(2)
    assert harbour.ecs.writes() == ["UpdateService"]


def test_the_newest_revision_of_the_family_can_be_the_base() -> None:
    target = TargetSpec(SERVICE, base=Base.LATEST)
    harbour = make_harbour(spec=replace(make_spec(), targets=(target,)))
    container = {"name": "web", "image": MAIN, "memory": 128}
    newer = {"family": SERVICE.name, "containerDefinitions": [container]}
    harbour.world.call("RegisterTaskDefinition", newer)

    harbour.push(2)
    harbour.run(minutes=5)

    described = harbour.world.call("DescribeTaskDefinition", {"taskDefinition": SERVICE.name})
    definition = described["taskDefinition"]
    assert isinstance(definition, dict)
    assert definition["containerDefinitions"][0]["memory"] == 128
    assert harbour.running() == of_digest(2)


def test_a_quiet_sweep_writes_nothing() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=5)
    commits = len(harbour.ledger.commits)
    harbour.ecs.calls.calls.clear()

    harbour.run(minutes=60)

    assert len(harbour.ledger.commits) == commits
    assert harbour.ecs.calls.calls == []


def test_a_listing_that_is_not_whole_decides_nothing() -> None:
    harbour = make_harbour(spec=semver_spec())
    harbour.push(2, "1.1.0")
    harbour.registry.failure = Throttled("page 2 of 3")
    harbour.run(minutes=5)

    assert harbour.ecs.writes() == []
    assert harbour.ends() == {}

    harbour.registry.failure = None
    harbour.run(minutes=5)
    assert harbour.running() == of_digest(2)


def test_tags_of_the_revision_survive_but_for_those_only_aws_may_set() -> None:
    harbour = make_harbour()
    described = harbour.ecs.port.describe_revision

    def tagged(home: Home, name: str) -> DescribedRevision:
        found = described(home, name)
        tags = (("team", "shop"), ("aws:cloudformation:stack-name", "shop"))
        return replace(found, tags=(*found.tags, *tags))

    harbour.ecs.port.describe_revision = tagged  # type: ignore[method-assign]  # CloudFormation's part
    harbour.push(2)
    harbour.run(minutes=5)
    harbour.ecs.port.describe_revision = described  # type: ignore[method-assign]  # and back
    service = harbour.ecs.port.describe_services([SERVICE])[SERVICE]
    tags = dict(harbour.ecs.port.describe_revision(HOME, service.task_definition).tags)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert tags.pop("team") == "shop"
    assert set(tags) == {"longshore:fingerprint", "longshore:stage", "longshore:release"}
