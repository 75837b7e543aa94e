"""What a stage ledger promises, held against the fake and against DynamoDB."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from longshore.domain.deployments import Leg, LegState, Phase
from longshore.domain.errors import Conflict
from longshore.domain.outcomes import Outcome
from longshore.domain.places import Home, ServiceRef, StageId
from longshore.domain.stages import StageRecord, StageSnapshot, TargetRecord
from longshore.usecases.ports import Changes, EcsDeploymentLink, KnownRevision
from tests.support.builders import (
    HOME,
    SERVICE,
    STAGE,
    make_announcement,
    make_configuration,
    make_deployment,
    make_intent,
    make_outcome,
    make_release,
    make_spec,
)
from tests.support.fakes import NOON
from tests.support.ledgers import LEDGER, LedgerWorld

WORKER = ServiceRef(HOME, "prod", "checkout-worker")
REVISION = "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:8"


def read(world: LedgerWorld) -> StageSnapshot:
    snapshot = world.ledger.read_stage(STAGE)
    assert snapshot is not None
    return snapshot


def start(world: LedgerWorld) -> StageSnapshot:
    """Install the stage unless it is there, and commit the beginning of its first deployment."""
    if world.ledger.read_stage(STAGE) is None:
        world.install(make_configuration())
    snapshot = read(world)
    stage = replace(snapshot.stage, current=1, latest=1, config=1)
    target = TargetRecord(STAGE, SERVICE, deployment=1, forward=Leg(LegState.REGISTERING))
    changes = Changes(stage=stage, deployment=make_deployment(), targets=(target,))
    return world.ledger.commit(snapshot, changes)


def test_a_stage_that_no_application_declares_is_none(world: LedgerWorld) -> None:
    assert world.ledger.read_stage(STAGE) is None


def test_a_stage_that_its_application_lacks_is_none(world: LedgerWorld) -> None:
    world.install(make_configuration())

    assert world.ledger.read_stage(StageId("checkout", "elsewhere")) is None


def test_a_stage_without_a_record_is_new(world: LedgerWorld) -> None:
    world.install(make_configuration(number=3))

    assert read(world) == StageSnapshot(
        stage=StageRecord(STAGE, version=0),
        spec=make_spec(),
        config=3,
        deploy_wanted=False,
        applied_by="arn:of:whoever",
        applied_at=NOON,
        ledger=LEDGER,
    )


def test_the_configuration_that_the_pointer_names_is_in_force(world: LedgerWorld) -> None:
    world.install(make_configuration())
    read(world)
    later = replace(make_configuration(number=2), deploy=True, applied_by="arn:of:another")

    world.install(later)

    snapshot = read(world)
    assert (snapshot.config, snapshot.deploy_wanted) == (2, True)
    assert snapshot.applied_by == "arn:of:another"


def test_a_transition_is_returned_as_it_is_read(world: LedgerWorld) -> None:
    after = start(world)

    assert after == read(world)
    assert after.stage.version == 1
    assert after.deployment == replace(make_deployment(), version=1)
    assert after.target(SERVICE).version == 1


def test_transitions_follow_each_other_without_reading(world: LedgerWorld) -> None:
    first = start(world)
    worker = TargetRecord(STAGE, WORKER, deployment=1)
    second = world.ledger.commit(first, Changes(stage=first.stage, targets=(worker,)))
    web = replace(second.target(SERVICE), forward=Leg(LegState.CALLING, present=("ecs-svc/1",)))
    third = world.ledger.commit(second, Changes(stage=second.stage, targets=(web,)))

    assert third == read(world)
    assert third.stage.version == 3
    assert [(t.service, t.version) for t in third.targets] == [(SERVICE, 2), (WORKER, 1)]


def test_a_finished_deployment_leaves_the_snapshot_and_stays_in_the_history(
    world: LedgerWorld,
) -> None:
    snapshot = start(world)
    assert snapshot.deployment is not None
    ended = replace(snapshot.deployment, phase=Phase.SUCCEEDED, finished_at=NOON)
    stage = replace(snapshot.stage, current=None, live=make_release())

    after = world.ledger.commit(snapshot, Changes(stage=stage, deployment=ended))

    assert after.deployment is None
    assert after == read(world)
    assert world.deployment(STAGE, 1) == replace(ended, version=2)


def test_one_transition_supersedes_a_deployment_and_begins_the_next(world: LedgerWorld) -> None:
    snapshot = start(world)
    assert snapshot.deployment is not None
    old = replace(snapshot.deployment, phase=Phase.SUPERSEDED, finished_at=NOON)
    stage = replace(snapshot.stage, current=2, latest=2)
    changes = Changes(stage=stage, deployment=make_deployment(2), finished=old)

    after = world.ledger.commit(snapshot, changes)

    assert after == read(world)
    assert after.deployment == replace(make_deployment(2), version=1)
    assert world.deployment(STAGE, 1) == replace(old, version=2)


def test_a_stage_that_moved_is_a_conflict(world: LedgerWorld) -> None:
    world.install(make_configuration())
    stale = read(world)
    start(world)

    with pytest.raises(Conflict):
        world.ledger.commit(stale, Changes(stage=replace(stale.stage, latest=9)))

    assert read(world).stage.latest == 1


def test_the_stage_is_checked_where_it_is_not_written(world: LedgerWorld) -> None:
    stale = start(world)
    world.ledger.commit(stale, Changes(stage=replace(stale.stage, latest=2)))
    target = replace(stale.target(SERVICE), forward=Leg(LegState.ROLLING))

    with pytest.raises(Conflict):
        world.ledger.commit(stale, Changes(targets=(target,)))

    assert read(world).target(SERVICE).forward.state is LegState.REGISTERING


def test_every_transition_is_a_new_generation_of_the_stage(world: LedgerWorld) -> None:
    snapshot = start(world)
    target = replace(snapshot.target(SERVICE), forward=Leg(LegState.ROLLING))

    after = world.ledger.commit(snapshot, Changes(targets=(target,)))

    assert after == read(world)
    assert after.stage == replace(snapshot.stage, version=2)
    assert after.target(SERVICE).version == 2


def test_what_was_decided_on_older_targets_is_a_conflict(world: LedgerWorld) -> None:
    stale = start(world)
    assert stale.deployment is not None
    target = replace(stale.target(SERVICE), forward=Leg(LegState.CALLING))
    world.ledger.commit(stale, Changes(targets=(target,)))
    ended = replace(stale.deployment, phase=Phase.FAILED, reason="No service was moved.")
    changes = Changes(stage=replace(stale.stage, current=None), deployment=ended)

    with pytest.raises(Conflict):
        world.ledger.commit(stale, changes)

    assert read(world).deployment == stale.deployment


def test_a_stage_without_a_record_is_checked_too(world: LedgerWorld) -> None:
    world.install(make_configuration())
    before = read(world)
    fresh = TargetRecord(STAGE, SERVICE)

    assert world.ledger.commit(before, Changes(targets=(fresh,))) == read(world)

    other = TargetRecord(STAGE, WORKER)
    with pytest.raises(Conflict):
        world.ledger.commit(before, Changes(targets=(other,)))


@pytest.mark.parametrize("version", [0, 2])
def test_a_target_of_another_version_is_a_conflict(world: LedgerWorld, version: int) -> None:
    snapshot = start(world)
    other = replace(snapshot.target(SERVICE), version=version)

    with pytest.raises(Conflict):
        world.ledger.commit(snapshot, Changes(stage=snapshot.stage, targets=(other,)))

    assert read(world) == snapshot


@pytest.mark.parametrize("version", [0, 2])
def test_a_deployment_of_another_version_is_a_conflict(world: LedgerWorld, version: int) -> None:
    snapshot = start(world)
    other = replace(make_deployment(), version=version)

    with pytest.raises(Conflict):
        world.ledger.commit(snapshot, Changes(stage=snapshot.stage, deployment=other))

    assert read(world) == snapshot


def test_a_conflict_writes_nothing_at_all(world: LedgerWorld) -> None:
    world.wish(make_intent())
    snapshot = start(world)
    told = make_announcement()
    changes = Changes(
        stage=replace(snapshot.stage, version=7),
        announcements=(told,),
        outcomes=(make_outcome(),),
        consumed=(make_intent(),),
        revisions=(KnownRevision(HOME, "web", "f1", REVISION),),
        links=(EcsDeploymentLink(HOME, "ecs-svc/1", STAGE),),
    )

    with pytest.raises(Conflict):
        world.ledger.commit(snapshot, changes)

    assert read(world).intents == (make_intent(),)
    assert world.outcome("event-1", STAGE) is None
    assert world.ledger.known_revision(HOME, "web", "f1") is None
    assert world.directory.stage_of_ecs_deployment(HOME, "ecs-svc/1") is None
    assert world.directory.resend_overdue_announcements(NOON + timedelta(days=1)) == 0


def test_the_same_transition_sent_again_is_no_conflict(world: LedgerWorld) -> None:
    snapshot = start(world)
    told = make_announcement()
    changes = Changes(stage=replace(snapshot.stage, latest=2), announcements=(told,))

    once = world.ledger.commit(snapshot, changes)
    again = world.ledger.commit(snapshot, changes)

    assert once == again == read(world)


def test_a_number_of_the_outbox_is_used_once(world: LedgerWorld) -> None:
    snapshot = start(world)
    first = Changes(stage=snapshot.stage, announcements=(make_announcement(),))
    snapshot = world.ledger.commit(snapshot, first)
    second = Changes(stage=snapshot.stage, announcements=(make_announcement(at=NOON),))

    with pytest.raises(Conflict):
        world.ledger.commit(snapshot, second)


def test_the_first_outcome_of_a_pair_stays(world: LedgerWorld) -> None:
    snapshot = start(world)
    world.ledger.record_outcomes([make_outcome("event-1"), make_outcome("event-2")])
    late = (make_outcome("event-1", Outcome.DUPLICATE), make_outcome("event-3", Outcome.HELD))

    world.ledger.commit(snapshot, Changes(stage=snapshot.stage, outcomes=late))
    world.ledger.record_outcomes([make_outcome("event-3"), make_outcome("event-2", Outcome.HELD)])

    assert world.outcome("event-1", STAGE) == make_outcome("event-1")
    assert world.outcome("event-2", STAGE) == make_outcome("event-2")
    assert world.outcome("event-3", STAGE) == make_outcome("event-3", Outcome.HELD)


def test_a_pair_may_be_named_twice_at_once(world: LedgerWorld) -> None:
    snapshot = start(world)
    twice = (make_outcome("event-1"), make_outcome("event-1", Outcome.HELD))

    world.ledger.commit(snapshot, Changes(stage=snapshot.stage, outcomes=twice))
    world.ledger.record_outcomes([make_outcome("event-2"), make_outcome("event-2", Outcome.HELD)])

    assert world.outcome("event-1", STAGE) == make_outcome("event-1")
    assert world.outcome("event-2", STAGE) == make_outcome("event-2")


def test_more_outcomes_than_a_transaction_holds_are_all_kept(world: LedgerWorld) -> None:
    snapshot = start(world)
    many = tuple(make_outcome(f"event-{number}") for number in range(230))

    world.ledger.commit(snapshot, Changes(stage=snapshot.stage, outcomes=many))

    assert all(world.outcome(each.event, STAGE) == each for each in many)


def test_no_outcomes_are_nothing_to_do(world: LedgerWorld) -> None:
    world.ledger.record_outcomes([])

    assert world.outcome("event-1", STAGE) is None


def test_wishes_are_read_in_order_and_consumed_once(world: LedgerWorld) -> None:
    late = make_intent("wish-1", after=timedelta(minutes=1))
    early = make_intent("wish-2")
    world.wish(late)
    world.wish(early)
    snapshot = start(world)
    assert snapshot.intents == (early, late)

    after = world.ledger.commit(snapshot, Changes(stage=snapshot.stage, consumed=(early,)))

    assert after.intents == (late,)
    assert after == read(world)


def test_a_revision_is_known_by_home_family_and_content(world: LedgerWorld) -> None:
    snapshot = start(world)
    known = KnownRevision(HOME, "web", "f1", REVISION)
    world.ledger.commit(snapshot, Changes(stage=snapshot.stage, revisions=(known,)))

    ledger = world.ledger
    assert ledger.known_revision(HOME, "web", "f1") == REVISION
    assert ledger.known_revision(HOME, "web", "f2") is None
    assert ledger.known_revision(HOME, "worker", "f1") is None
    assert ledger.known_revision(Home("aws", HOME.account, "eu-west-1"), "web", "f1") is None


def test_a_revision_known_before_is_replaced(world: LedgerWorld) -> None:
    snapshot = start(world)
    for revision in (REVISION, f"{REVISION}9"):
        known = KnownRevision(HOME, "web", "f1", revision)
        changes = Changes(stage=snapshot.stage, revisions=(known,))
        snapshot = world.ledger.commit(snapshot, changes)

    assert world.ledger.known_revision(HOME, "web", "f1") == f"{REVISION}9"


def test_the_newest_numbers_are_found_whatever_the_stage_says(world: LedgerWorld) -> None:
    assert world.ledger.newest_deployment(STAGE) is None
    assert world.ledger.newest_announcement(f"{STAGE}#1") == 0
    snapshot = start(world)
    for number in (9, 10):
        later = replace(make_deployment(), number=number)
        told = make_announcement(number)
        changes = Changes(stage=snapshot.stage, finished=later, announcements=(told,))
        snapshot = world.ledger.commit(snapshot, changes)

    newest = world.ledger.newest_deployment(STAGE)

    assert newest is not None
    assert (newest.number, newest.version) == (10, 1)
    assert world.ledger.newest_announcement(f"{STAGE}#1") == 10


def test_records_survive_to_the_last_field(world: LedgerWorld) -> None:
    snapshot = start(world)
    due_at = datetime(2026, 11, 23, 12, 0, 0, 250, tzinfo=UTC)
    stage = replace(snapshot.stage, due_at=due_at, stable=make_release(1), live=make_release(2))

    world.ledger.commit(snapshot, Changes(stage=stage))

    assert read(world).stage == replace(stage, version=2)
