"""What the directory promises, held against the fake and against DynamoDB."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from longshore.aws import keys
from longshore.aws.calls import AwsCall
from longshore.aws.directory import LONGEST_WAIT, DynamoDirectory
from longshore.aws.gate import Gate, Perform
from longshore.aws.items import CONFIRM_WITHIN, seconds
from longshore.aws.table import Table
from longshore.domain.configuration import Follower, StageImage
from longshore.domain.intents import Intent, IntentKind
from longshore.domain.outcomes import Outcome
from longshore.domain.pipelines import PipelineFollower, PipelineRef, PipelineSpec
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.policies import SemverPolicy
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import GitRepository, Provider, Startable
from longshore.domain.triggers import PushTrigger
from longshore.usecases.ports import Changes, EcsDeploymentLink
from tests.support.builders import (
    HOME,
    REPOSITORY,
    SERVICE,
    STAGE,
    make_announcement,
    make_configuration,
    make_spec,
)
from tests.support.fakes import NOON
from tests.support.ledgers import TABLE, DynamoWorld, LedgerWorld

ELSEWHERE = Home("aws", HOME.account, "eu-west-1")
STAGING = StageId("checkout", "staging")
BASKET = StageId("basket", "dev")


def commit(world: LedgerWorld, stage: StageId = STAGE, *, due_at: datetime | None) -> None:
    snapshot = world.ledger.read_stage(stage)
    assert snapshot is not None
    world.ledger.commit(snapshot, Changes(stage=replace(snapshot.stage, due_at=due_at)))


def test_a_repository_finds_every_stage_that_chooses_from_it(world: LedgerWorld) -> None:
    world.install(make_configuration(make_spec(), make_spec(STAGING)))
    world.install(make_configuration(make_spec(BASKET)))

    followers = world.directory.followers(REPOSITORY)

    assert {follower.stage for follower in followers} == {STAGE, STAGING, BASKET}
    assert len(followers) == 3


def test_a_follower_says_how_it_chooses_from_that_repository(world: LedgerWorld) -> None:
    other = StageImage("cache", RepositoryRef(HOME, "cache"), SemverPolicy("^1"))
    spec = make_spec()
    world.install(make_configuration(replace(spec, images=(*spec.images, other))))

    assert world.directory.followers(REPOSITORY) == [Follower(STAGE, spec.images)]
    assert world.directory.followers(other.repository) == [Follower(STAGE, (other,))]


def test_a_repository_of_the_same_name_elsewhere_finds_nothing(world: LedgerWorld) -> None:
    world.install(make_configuration())

    for home in (ELSEWHERE, Home("aws", "999999999999", HOME.region)):
        assert world.directory.followers(RepositoryRef(home, "checkout")) == []
    assert world.directory.followers(RepositoryRef(HOME, "checkout-worker")) == []


def test_a_pipeline_finds_the_applications_that_it_serves(world: LedgerWorld) -> None:
    pipeline = PipelineRef(HOME, "monorepo")
    slow = PipelineSpec(pipeline, timedelta(days=1))
    world.install(replace(make_configuration(), pipelines=(slow,)))
    specs = (PipelineSpec(pipeline), PipelineSpec(PipelineRef(HOME, "other")))
    world.install(replace(make_configuration(make_spec(BASKET)), pipelines=specs))

    assert sorted(world.directory.served_by(pipeline), key=lambda each: each.application) == [
        PipelineFollower("basket"),
        PipelineFollower("checkout", timedelta(days=1)),
    ]
    assert world.directory.served_by(PipelineRef(ELSEWHERE, "monorepo")) == []


def test_a_build_project_finds_the_applications_whose_pushes_start_it(world: LedgerWorld) -> None:
    repository = GitRepository(Provider.GITHUB, "acme/monorepo")
    build = PushTrigger(repository, Startable.BUILD, "monorepo")
    pipeline = replace(build, starts=Startable.PIPELINE)
    world.install(replace(make_configuration(), git=(build, build)))
    world.install(replace(make_configuration(make_spec(BASKET)), git=(build,)))
    world.install(replace(make_configuration(make_spec(StageId("search", "dev"))), git=(pipeline,)))

    found = world.directory.started_for_pushes("monorepo")

    assert sorted(found) == [ProjectId("basket", "monorepo"), ProjectId("checkout", "monorepo")]
    assert world.directory.started_for_pushes("mono") == []


def test_a_service_finds_its_owner(world: LedgerWorld) -> None:
    world.install(make_configuration())

    assert world.directory.stage_of_service(SERVICE) == STAGE
    assert world.directory.stage_of_service(replace(SERVICE, cluster="staging")) is None
    assert world.directory.stage_of_service(ServiceRef(ELSEWHERE, "prod", SERVICE.name)) is None


def test_an_ecs_deployment_finds_its_stage(world: LedgerWorld) -> None:
    world.install(make_configuration())
    snapshot = world.ledger.read_stage(STAGE)
    assert snapshot is not None
    link = EcsDeploymentLink(HOME, "ecs-svc/123", STAGE)

    world.ledger.commit(snapshot, Changes(stage=snapshot.stage, links=(link,)))

    directory = world.directory
    assert directory.stage_of_ecs_deployment(HOME, "ecs-svc/123") == STAGE
    assert directory.stage_of_ecs_deployment(HOME, "ecs-svc/124") is None
    assert directory.stage_of_ecs_deployment(ELSEWHERE, "ecs-svc/123") is None


def test_the_sweep_sees_every_stage(world: LedgerWorld) -> None:
    specs = [make_spec(StageId("checkout", f"s{number}")) for number in range(40)]
    world.install(make_configuration(*specs))

    assert world.directory.all_stages() == sorted(spec.id for spec in specs)


def test_a_timer_wakes_its_stage_when_it_is_due_and_not_before(world: LedgerWorld) -> None:
    world.install(make_configuration(make_spec(), make_spec(STAGING)))
    commit(world, due_at=NOON + timedelta(milliseconds=300))
    commit(world, STAGING, due_at=NOON + timedelta(minutes=5))

    def due(after: timedelta) -> list[StageId]:
        return list(world.directory.due_stages(NOON + after))

    assert due(timedelta(milliseconds=299)) == []
    assert due(timedelta(seconds=1)) == [STAGE]
    assert due(timedelta(minutes=5)) == [STAGE, STAGING]


def test_what_is_wanted_of_a_stage_that_is_gone_is_ended(world: LedgerWorld) -> None:
    world.install(make_configuration())
    wish = Intent("wish-0001", STAGE, IntentKind.RETRY, "arn:of:ada", "mended", NOON)
    world.wish(wish)

    world.ledger.end_wishes(STAGE, "no configuration has it", NOON)
    world.ledger.end_wishes(STAGE, "no configuration has it", NOON)
    snapshot, ended = world.ledger.read_stage(STAGE), world.outcome("wish-0001", STAGE)

    assert snapshot is not None
    assert snapshot.intents == ()
    assert ended is not None
    assert ended.outcome is Outcome.REJECTED


def test_a_stage_that_is_silenced_is_due_no_more(world: LedgerWorld) -> None:
    world.install(make_configuration())
    commit(world, due_at=NOON)

    world.ledger.silence(STAGE)
    world.ledger.silence(STAGE)

    assert list(world.directory.due_stages(NOON + timedelta(hours=1))) == []
    assert world.ledger.read_stage(STAGE) is not None


def test_a_timer_that_was_taken_back_wakes_nobody(world: LedgerWorld) -> None:
    world.install(make_configuration())
    commit(world, due_at=NOON)
    commit(world, due_at=None)

    assert world.directory.due_stages(NOON + timedelta(days=1)) == []


def test_timers_of_many_stages_are_all_found(world: LedgerWorld) -> None:
    specs = [make_spec(StageId("checkout", f"s{number}")) for number in range(40)]
    world.install(make_configuration(*specs))
    for spec in specs:
        commit(world, spec.id, due_at=NOON)

    assert world.directory.due_stages(NOON) == sorted(spec.id for spec in specs)


def tell(world: LedgerWorld, *sequences: int) -> None:
    world.install(make_configuration())
    snapshot = world.ledger.read_stage(STAGE)
    assert snapshot is not None
    told = tuple(make_announcement(sequence) for sequence in sequences)
    world.ledger.commit(snapshot, Changes(stage=snapshot.stage, announcements=told))


def test_an_announcement_has_time_to_be_confirmed(world: LedgerWorld) -> None:
    tell(world, 1)

    early = NOON + CONFIRM_WITHIN - timedelta(seconds=1)
    assert world.directory.resend_overdue_announcements(early) == 0
    assert world.delivery(make_announcement(1)) == (0, seconds(NOON + CONFIRM_WITHIN))


def test_what_was_never_confirmed_is_sent_again(world: LedgerWorld) -> None:
    tell(world, 1, 2)
    world.confirm(make_announcement(1))
    late = NOON + timedelta(hours=1)

    assert world.directory.resend_overdue_announcements(late) == 1
    assert world.delivery(make_announcement(1)) == (0, None)
    assert world.delivery(make_announcement(2)) == (1, seconds(late + timedelta(minutes=10)))


def test_each_attempt_waits_longer_up_to_a_limit(world: LedgerWorld) -> None:
    tell(world, 1)
    now, waits = NOON + timedelta(hours=1), []
    for _ in range(8):
        assert world.directory.resend_overdue_announcements(now) == 1
        due_at = world.delivery(make_announcement(1))[1]
        assert due_at is not None
        waits.append((due_at - seconds(now)) // 60)
        now += timedelta(seconds=due_at - seconds(now))

    assert waits == [10, 20, 40, 80, 160, 320, 360, 360]
    assert world.directory.resend_overdue_announcements(now - timedelta(seconds=1)) == 0


def test_what_is_refused_for_weeks_is_tried_on(world: LedgerWorld) -> None:
    tell(world, 1)
    now = NOON + timedelta(hours=1)
    for _ in range(60):  # the doubled wait of the 39th would be longer than any duration
        assert world.directory.resend_overdue_announcements(now) == 1
        now += LONGEST_WAIT

    assert world.delivery(make_announcement(1))[0] == 60


def test_timers_and_announcements_do_not_mix(world: LedgerWorld) -> None:
    tell(world, 1)
    commit(world, due_at=NOON)
    late = NOON + timedelta(hours=1)

    assert world.directory.due_stages(late) == [STAGE]
    assert world.directory.resend_overdue_announcements(late) == 1


def test_what_only_an_index_that_is_behind_shows_as_due_is_not_sent_again(
    dynamo: DynamoWorld,
) -> None:
    tell(dynamo, 1)
    late = NOON + timedelta(hours=1)
    shown = dynamo.client.scan(TableName=TABLE, IndexName=keys.DUE_INDEX)

    def show_the_past(call: AwsCall, perform: Perform) -> object:
        return shown if call.parameters.get("IndexName") == keys.DUE_INDEX else perform()

    directory = DynamoDirectory(Table(Gate(show_the_past), dynamo.client, TABLE))

    assert directory.resend_overdue_announcements(late) == 1
    assert directory.resend_overdue_announcements(late) == 0
    assert dynamo.delivery(make_announcement(1)) == (1, seconds(late + timedelta(minutes=10)))


@pytest.mark.parametrize("moment", ["GetItem", "UpdateItem"])
def test_what_is_confirmed_just_now_is_not_sent_again(dynamo: DynamoWorld, moment: str) -> None:
    tell(dynamo, 1)

    def confirm_first(call: AwsCall, perform: Perform) -> object:
        if call.operation == moment:
            dynamo.confirm(make_announcement(1))
        return perform()

    directory = DynamoDirectory(Table(Gate(confirm_first), dynamo.client, dynamo.table.name))

    assert directory.resend_overdue_announcements(NOON + timedelta(hours=1)) == 0
    assert dynamo.delivery(make_announcement(1)) == (0, None)
