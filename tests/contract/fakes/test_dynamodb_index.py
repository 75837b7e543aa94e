"""The sparse index of timers, on the simulation's DynamoDB as on others."""

import pytest

from tests.contract.fakes.clouds import CloudClients
from tests.contract.fakes.dynamodb_worlds import (
    Reply,
    World,
    given,
    item,
    open_world,
)


@pytest.fixture
def world(cloud: CloudClients) -> World:
    return open_world(cloud)


def put_timer(world: World, pk: str, due_at: int, shard: str = "0") -> None:
    world.put(item(pk, due_shard=shard, due_at=due_at, kind="stage", stage=pk, body="long"))


def due(world: World, now: int, **more: object) -> Reply:
    return world.query(
        "due_shard = :shard AND due_at <= :now",
        given(shard="0", now=now),
        IndexName="due",
        **more,
    )


def test_the_index_knows_what_has_both_its_keys_in_the_order_of_numbers(world: World) -> None:
    put_timer(world, "ten", 10)
    put_timer(world, "nine", 9)
    put_timer(world, "hundred", 100)
    put_timer(world, "elsewhere", 9, shard="1")
    world.put(item("half", due_shard="0"))
    world.put(item("none"))

    assert [each["pk"]["S"] for each in due(world, 99)["Items"]] == ["nine", "ten"]


def test_the_index_has_only_what_it_projects(world: World) -> None:
    put_timer(world, "p", 5)

    (seen,) = due(world, 5)["Items"]

    assert seen == item("p", due_shard="0", due_at=5, kind="stage", stage="p")


def test_an_item_leaves_the_index_with_its_keys_and_moves_with_them(world: World) -> None:
    for pk in ("confirmed", "postponed", "deleted"):
        put_timer(world, pk, 5)

    world.update("confirmed", "REMOVE due_at, due_shard")
    world.update("postponed", "SET due_at = :later", ExpressionAttributeValues=given(later=50))
    world.delete("deleted")

    assert due(world, 49)["Items"] == []
    assert [each["pk"]["S"] for each in due(world, 50)["Items"]] == ["postponed"]


def test_pages_of_the_index_go_on_behind_the_items_own_key(world: World) -> None:
    for pk in ("a", "b", "c"):
        put_timer(world, pk, 5)

    first = due(world, 5, Limit=2)
    second = due(world, 5, Limit=2, ExclusiveStartKey=first["LastEvaluatedKey"])

    seen = [each["pk"]["S"] for each in first["Items"] + second["Items"]]
    assert sorted(seen) == ["a", "b", "c"]
    assert set(first["LastEvaluatedKey"]) == {"pk", "sk", "due_shard", "due_at"}


def test_the_index_is_filtered_by_what_it_projects(world: World) -> None:
    put_timer(world, "p", 5)
    filtered = {"FilterExpression": "kind = :kind", "IndexName": "due"}
    condition = "due_shard = :shard AND due_at <= :now"

    stages = world.query(condition, given(shard="0", now=9, kind="stage"), **filtered)
    others = world.query(condition, given(shard="0", now=9, kind="outbox"), **filtered)

    assert (stages["Count"], others["Count"], others["ScannedCount"]) == (1, 0, 1)
