"""How the ledger lies in DynamoDB, and what reading and writing it costs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.aws import items, keys
from longshore.domain.configuration import Configuration
from longshore.domain.errors import Refused, UnknownSchema
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot, TargetRecord
from longshore.usecases.ports import Changes, EcsDeploymentLink, KnownRevision
from tests.support.builders import (
    HOME,
    REPOSITORY,
    SERVICE,
    STAGE,
    make_announcement,
    make_configuration,
    make_deployment,
    make_intent,
    make_outcome,
)
from tests.support.fakes import NOON
from tests.support.ledgers import TABLE, DynamoWorld

DAY = 24 * 60 * 60
NOON_SECONDS = int(NOON.timestamp())


def read(world: DynamoWorld) -> StageSnapshot:
    snapshot = world.ledger.read_stage(STAGE)
    assert snapshot is not None
    return snapshot


def start(world: DynamoWorld) -> StageSnapshot:
    if world.ledger.read_stage(STAGE) is None:
        world.install(make_configuration())
    snapshot = read(world)
    stage = replace(snapshot.stage, current=1, latest=1, due_at=NOON)
    target = TargetRecord(STAGE, SERVICE, deployment=1)
    changes = Changes(
        stage=stage,
        deployment=make_deployment(),
        targets=(target,),
        announcements=(make_announcement(),),
        outcomes=(make_outcome(),),
        revisions=(KnownRevision(HOME, "web", "f1", "arn:web:8"),),
        links=(EcsDeploymentLink(HOME, "ecs-svc/1", STAGE),),
    )
    return world.ledger.commit(snapshot, changes)


def plain(item: "items.Item | None") -> dict[str, str]:
    """Return an item's attributes without their types, and without its body."""
    assert item is not None
    return {name: str(next(iter(each.values()))) for name, each in item.items() if name != "body"}


def actions(world: DynamoWorld) -> list[str]:
    return [call.operation for call in world.calls.calls]


def test_every_item_lies_where_the_others_look(dynamo: DynamoWorld) -> None:
    start(dynamo)
    stage = {"stage": "checkout/production", "schema": "1", "version": "1"}
    home = "aws:123456789012:eu-central-1"
    due = keys.due_shard("checkout/production")

    assert plain(dynamo.get(keys.stage(STAGE))) == stage | {
        "pk": "stage#checkout/production",
        "sk": "stage",
        "kind": "stage",
        "due_shard": due,
        "due_at": str(NOON_SECONDS),
    }
    assert plain(dynamo.get(keys.target(STAGE, SERVICE))) == stage | {
        "pk": "stage#checkout/production",
        "sk": f"target#{home}:prod/checkout-web",
        "kind": "target",
    }
    assert plain(dynamo.get(keys.deployment(STAGE, 1))) == stage | {
        "pk": "deployments#checkout/production",
        "sk": "0000000001",
        "kind": "deployment",
    }
    assert plain(dynamo.get(keys.outbox("checkout/production#1", 1))) == stage | {
        "pk": "outbox#checkout/production#1",
        "sk": "000001",
        "kind": "outbox",
        "due_shard": keys.due_shard("checkout/production#1"),
        "due_at": str(NOON_SECONDS + 300),
        "expires_at": str(NOON_SECONDS + 30 * DAY),
    }
    assert plain(dynamo.get(keys.outcome(STAGE, "event-1"))) == stage | {
        "pk": "outcomes#checkout/production",
        "sk": "event-1",
        "kind": "outcome",
        "expires_at": str(NOON_SECONDS + 30 * DAY),
    }
    assert plain(dynamo.get(keys.revision(HOME, "web", "f1"))) == {
        "pk": f"revision#{home}:web",
        "sk": "f1",
        "kind": "revision",
        "schema": "1",
        "version": "1",
        "expires_at": str(NOON_SECONDS + 365 * DAY),
    }
    assert plain(dynamo.get(keys.ecs_deployment(HOME, "ecs-svc/1"))) == stage | {
        "pk": f"ecs-deployment#{home}:ecs-svc/1",
        "sk": "stage",
        "kind": "ecs-deployment",
        "expires_at": str(NOON_SECONDS + 60 * DAY),
    }


def test_the_keys_of_the_other_writers() -> None:
    home = "aws:123456789012:eu-central-1"

    assert keys.intent(STAGE, "w1") == ("stage#checkout/production", "wish#w1")
    assert keys.pointer("checkout") == ("application#checkout", "pointer")
    assert keys.configuration("checkout", 7) == ("application#checkout", "configuration#00000007")
    assert keys.service_owner(SERVICE) == (f"service#{home}:prod/checkout-web", "owner")
    assert keys.notice("checkout/production#1") == ("notice#checkout/production#1", "sns")
    assert keys.repository_lookup(REPOSITORY, STAGE) == (
        f"repository#{home}:checkout",
        "stage#checkout/production",
    )
    assert keys.stage_list(STAGE).pk in set(keys.stage_list_partitions())
    assert keys.stage_list(STAGE).sk == "checkout/production"


def test_stages_are_spread_over_every_shard() -> None:
    stages = [StageId("checkout", f"s{number}") for number in range(100)]

    assert {keys.stage_list(stage).pk for stage in stages} == set(keys.stage_list_partitions())
    assert {keys.due_shard(str(stage)) for stage in stages} == set(keys.due_shards())


def test_a_finished_deployment_is_kept_for_a_year(dynamo: DynamoWorld) -> None:
    snapshot = start(dynamo)
    assert snapshot.deployment is not None
    ended = replace(snapshot.deployment, finished_at=NOON)

    dynamo.ledger.commit(snapshot, Changes(stage=snapshot.stage, deployment=ended))

    item = plain(dynamo.get(keys.deployment(STAGE, 1)))
    assert item["expires_at"] == str(NOON_SECONDS + 365 * DAY)


def test_what_belongs_to_no_deployment_does_not_expire(dynamo: DynamoWorld) -> None:
    dynamo.install(make_configuration())
    known = KnownRevision(HOME, "web", "f1", "arn:web:8")

    dynamo.ledger.commit(read(dynamo), Changes(revisions=(known,)))

    assert "expires_at" not in plain(dynamo.get(keys.revision(HOME, "web", "f1")))


def test_an_idle_stage_is_read_in_two_calls_and_a_busy_one_in_three(dynamo: DynamoWorld) -> None:
    dynamo.install(make_configuration())
    read(dynamo)
    assert actions(dynamo) == ["BatchGetItem", "GetItem", "Query"]

    dynamo.calls.calls.clear()
    read(dynamo)
    assert actions(dynamo) == ["BatchGetItem", "Query"]

    start(dynamo)
    dynamo.calls.calls.clear()
    read(dynamo)
    assert actions(dynamo) == ["BatchGetItem", "Query", "GetItem"]
    first, *others = [call.parameters for call in dynamo.calls.calls]
    assert first["RequestItems"][TABLE]["ConsistentRead"]
    assert all(each["ConsistentRead"] for each in others)


def test_a_transition_is_one_call(dynamo: DynamoWorld) -> None:
    dynamo.install(make_configuration())
    read(dynamo)
    dynamo.calls.calls.clear()

    start(dynamo)

    assert actions(dynamo)[-1:] == ["TransactWriteItems"]
    assert actions(dynamo).count("TransactWriteItems") == 1


def test_nothing_to_record_is_no_call(dynamo: DynamoWorld) -> None:
    dynamo.ledger.record_outcomes([])

    assert actions(dynamo) == []


def test_equal_transitions_have_equal_tokens_and_others_do_not(dynamo: DynamoWorld) -> None:
    snapshot = start(dynamo)
    dynamo.calls.calls.clear()
    once = Changes(stage=replace(snapshot.stage, latest=2))
    other = Changes(outcomes=(make_outcome("event-2"),))

    for changes in (once, once, other):
        dynamo.ledger.commit(snapshot if changes is once else read(dynamo), changes)

    writes = [call for call in dynamo.calls.calls if call.operation == "TransactWriteItems"]
    first, again, different = (call.parameters["ClientRequestToken"] for call in writes)
    assert first == again
    assert first != different
    assert {len(first), len(different)} == {36}


def test_a_partition_of_many_pages_is_read_to_its_end(dynamo: DynamoWorld) -> None:
    dynamo.install(make_configuration())
    wishes = [replace(make_intent(f"wish-{n:02}"), reason="x" * 90_000) for n in range(15)]
    for wish in wishes:
        dynamo.wish(wish)

    assert read(dynamo).intents == tuple(wishes)
    assert actions(dynamo).count("Query") == 2


def test_an_item_that_is_too_large_is_not_sent(dynamo: DynamoWorld) -> None:
    snapshot = start(dynamo)
    dynamo.calls.calls.clear()
    target = replace(snapshot.target(SERVICE), stable=None)
    bloated = replace(target, forward=replace(target.forward, reason="ü" * 60_000))

    with pytest.raises(Refused, match="target stage#checkout/production") as caught:
        dynamo.ledger.commit(snapshot, Changes(stage=snapshot.stage, targets=(bloated,)))

    assert caught.value.code == "ItemTooLarge"
    assert actions(dynamo) == []


def test_more_items_than_a_transaction_holds_are_not_sent(dynamo: DynamoWorld) -> None:
    snapshot = start(dynamo)
    dynamo.calls.calls.clear()
    told = tuple(make_announcement(number) for number in range(100, 200))

    with pytest.raises(Refused, match="101 items") as caught:
        dynamo.ledger.commit(snapshot, Changes(announcements=told))

    assert caught.value.code == "TransactionTooLarge"
    assert actions(dynamo) == []


@pytest.mark.parametrize(
    "key",
    [
        keys.stage(STAGE),
        keys.target(STAGE, SERVICE),
        keys.deployment(STAGE, 1),
        keys.pointer("checkout"),
        keys.configuration("checkout", 1),
    ],
)
def test_a_record_of_a_newer_version_is_left_alone(dynamo: DynamoWorld, key: keys.Key) -> None:
    start(dynamo)
    item = dynamo.get(key)
    assert item is not None
    dynamo.put(item | {"schema": items.number(2)})

    with pytest.raises(UnknownSchema, match="schema is 2"):
        dynamo.fresh_ledger().read_stage(STAGE)


def test_items_of_kinds_to_come_are_passed_over(dynamo: DynamoWorld) -> None:
    before = start(dynamo)
    key = keys.Key(keys.stage_partition(STAGE), "veto#1")
    dynamo.put(items.key_of(key) | {"schema": items.number(9)})

    assert read(dynamo) == before


def test_a_configuration_that_is_gone_is_an_outage(dynamo: DynamoWorld) -> None:
    dynamo.install(make_configuration(number=4))
    at = items.key_of(keys.configuration("checkout", 4))
    dynamo.client.delete_item(TableName=dynamo.table.name, Key=at)

    with pytest.raises(LookupError, match="configuration 4 of checkout"):
        read(dynamo)


def test_a_configuration_may_be_as_large_as_an_item() -> None:
    configuration = replace(make_configuration(), applied_by="x" * (items.MOST_BYTES + 1))
    key = keys.configuration("checkout", 1)

    with pytest.raises(Refused, match="configuration application#checkout"):
        items.record_item(key, "configuration", configuration)
    fitting = replace(configuration, applied_by="x" * 50_000)
    item = items.record_item(key, "configuration", fitting)
    assert items.record_of(item, Configuration) == fitting


def test_timers_go_off_late_rather_than_early() -> None:
    assert items.seconds(NOON) == NOON_SECONDS
    assert items.seconds(NOON + timedelta(microseconds=1)) == NOON_SECONDS + 1
