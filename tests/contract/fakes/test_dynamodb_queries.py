"""Queries, on the simulation's DynamoDB as on others."""

from typing import Any

import pytest

from tests.contract.fakes.clouds import CloudClients
from tests.contract.fakes.dynamodb_worlds import (
    Item,
    Reply,
    World,
    code,
    given,
    item,
    key,
    open_world,
)


@pytest.fixture
def world(cloud: CloudClients) -> World:
    return open_world(cloud)


def found(reply: Reply) -> list[str]:
    """Return the sort keys of an answer's items."""
    return [each["sk"]["S"] for each in reply["Items"]]


def fill(world: World, *sort_keys: str) -> None:
    for sort_key in reversed(sort_keys):
        world.put(item("p", sort_key, n=len(sort_key)))
    world.put(item("other", sort_keys[0]))


# ── stretches ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("condition", "operands", "chosen"),
    [
        ("pk = :pk", {}, ["B", "a", "b", "b#1", "b#2", "c", "ü"]),
        ("pk = :pk AND sk = :x", {"x": "b"}, ["b"]),
        ("pk = :pk AND sk >= :x", {"x": "b#1"}, ["b#1", "b#2", "c", "ü"]),
        ("pk = :pk AND sk > :x", {"x": "b#1"}, ["b#2", "c", "ü"]),
        ("pk = :pk AND sk <= :x", {"x": "b#1"}, ["B", "a", "b", "b#1"]),
        ("pk = :pk AND sk < :x", {"x": "b#1"}, ["B", "a", "b"]),
        ("pk = :pk AND begins_with(sk, :x)", {"x": "b"}, ["b", "b#1", "b#2"]),
        ("pk = :pk AND sk BETWEEN :x AND :y", {"x": "b", "y": "c"}, ["b", "b#1", "b#2", "c"]),
        ("sk >= :x AND pk = :pk", {"x": "c"}, ["c", "ü"]),
        ("pk = :pk AND sk >= :x", {"x": "zzz"}, ["ü"]),
        ("pk = :pk AND sk = :x", {"x": "nowhere"}, []),
    ],
)
def test_a_query_reads_a_stretch_in_order(
    world: World, condition: str, operands: dict[str, str], chosen: list[str]
) -> None:
    fill(world, "a", "b", "b#1", "b#2", "c", "B", "ü")

    reply = world.query(condition, given(pk="p", **operands), ConsistentRead=True)

    assert found(reply) == chosen
    assert (reply["Count"], reply["ScannedCount"]) == (len(chosen), len(chosen))


def test_a_query_can_read_backwards(world: World) -> None:
    fill(world, "a", "b", "c")

    reply = world.query("pk = :pk AND sk >= :b", given(pk="p", b="b"), ScanIndexForward=False)

    assert found(reply) == ["c", "b"]


def test_names_may_stand_for_keys(world: World) -> None:
    fill(world, "a", "b")

    reply = world.query(
        "#pk = :pk AND #sk > :a",
        given(pk="p", a="a"),
        ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
    )

    assert found(reply) == ["b"]


def test_a_partition_that_nobody_wrote_to_is_empty(world: World) -> None:
    reply = world.query("pk = :pk", given(pk="p"))

    assert (reply["Items"], reply["Count"]) == ([], 0)
    assert "LastEvaluatedKey" not in reply


# ── pages ─────────────────────────────────────────────────────────────────────────────────────


def pages(world: World, condition: str, operands: Item, **more: object) -> list[Reply]:
    """Return every answer of a query that is asked until nothing is left."""
    replies = [world.query(condition, operands, **more)]
    while replies[-1].get("LastEvaluatedKey"):
        start = replies[-1]["LastEvaluatedKey"]
        replies.append(world.query(condition, operands, ExclusiveStartKey=start, **more))
    return replies


def test_a_limit_ends_a_page_and_the_next_one_goes_on_behind_it(world: World) -> None:
    fill(world, "a", "b", "c", "d", "e")

    first, second, third = pages(world, "pk = :pk", given(pk="p"), Limit=2)

    assert [found(first), found(second), found(third)] == [["a", "b"], ["c", "d"], ["e"]]
    assert first["LastEvaluatedKey"] == key("p", "b")


def test_pages_go_backwards_too(world: World) -> None:
    fill(world, "a", "b", "c")

    first, second = pages(world, "pk = :pk", given(pk="p"), Limit=2, ScanIndexForward=False)

    assert [found(first), found(second)] == [["c", "b"], ["a"]]


def test_what_is_written_between_two_pages_is_read_where_it_lies(world: World) -> None:
    fill(world, "b", "d", "f")
    first = world.query("pk = :pk", given(pk="p"), Limit=2)
    for sort_key in ("a", "e"):
        world.put(item("p", sort_key))
    world.client.delete_item(TableName=world.table, Key=key("p", "d"))

    second = world.query("pk = :pk", given(pk="p"), ExclusiveStartKey=first["LastEvaluatedKey"])

    assert found(second) == ["e", "f"]


def test_a_page_ends_at_a_megabyte(world: World) -> None:
    for number in range(5):
        world.put(item("p", f"{number}", body="x" * 300 * 1024))

    replies = pages(world, "pk = :pk", given(pk="p"))

    assert [sort_key for reply in replies for sort_key in found(reply)] == ["0", "1", "2", "3", "4"]
    assert len(replies) == 2


def test_a_filter_leaves_out_what_was_read(world: World) -> None:
    fill(world, "a", "bb", "c", "dd")

    replies = pages(
        world,
        "pk = :pk",
        given(pk="p", two=2),
        FilterExpression="n = :two",
        Limit=3,
    )

    assert [found(reply) for reply in replies] == [["bb"], ["dd"]]
    assert [reply["ScannedCount"] for reply in replies] == [3, 1]


def test_a_page_may_be_empty_and_still_not_the_last(world: World) -> None:
    fill(world, "a", "b", "cc")

    replies = pages(world, "pk = :pk", given(pk="p", two=2), FilterExpression="n = :two", Limit=1)

    assert [found(reply) for reply in replies[:3]] == [[], [], ["cc"]]


# ── refusals ──────────────────────────────────────────────────────────────────────────────────


def refuses(world: World, condition: str, values: Item, **more: object) -> None:
    world.put(item("a"))

    assert code(lambda: world.query(condition, values, **more)) == "ValidationException"


def test_the_index_is_not_read_consistently(world: World) -> None:
    refuses(world, "due_shard = :x", given(x="0"), IndexName="due", ConsistentRead=True)


def test_an_index_that_does_not_exist_is_not_read(world: World) -> None:
    refuses(world, "due_shard = :x", given(x="0"), IndexName="nowhere")


@pytest.mark.parametrize(
    ("condition", "operands"),
    [
        ("sk = :x", {"x": "a"}),
        ("pk > :x", {"x": "a"}),
        ("pk = :x AND owned = :y", {"x": "a", "y": "b"}),
        ("pk = :x AND sk = :y AND n = :z", {"x": "a", "y": "b", "z": 1}),
    ],
)
def test_a_query_asks_for_a_hash_and_perhaps_a_range(
    world: World, condition: str, operands: dict[str, Any]
) -> None:
    refuses(world, condition, given(**operands))


@pytest.mark.parametrize("operands", [{"x": 1, "y": "b"}, {"x": "a", "y": 1}])
def test_a_query_asks_for_values_of_the_keys_own_type(
    world: World, operands: dict[str, Any]
) -> None:
    refuses(world, "pk = :x AND sk = :y", given(**operands))


def test_a_query_asks_for_one_stretch(world: World) -> None:
    refuses(world, "pk = :x OR sk = :y", given(x="a", y="b"))


def test_a_stretch_does_not_end_before_it_begins(world: World) -> None:
    refuses(world, "pk = :x AND sk BETWEEN :y AND :z", given(x="a", y="c", z="b"))


def test_values_that_a_query_does_not_use_are_refused(world: World) -> None:
    refuses(world, "pk = :x", given(x="a", y="unused"))


def test_a_filter_does_not_read_the_key(world: World) -> None:
    refuses(world, "pk = :x", given(x="a", y="b"), FilterExpression="sk = :y")


def test_a_start_lies_in_the_stretch(world: World) -> None:
    stretch = ("pk = :pk AND sk >= :b", given(pk="a", b="b"))

    refuses(world, *stretch, ExclusiveStartKey=key("a", "a"))
    refuses(world, *stretch, ExclusiveStartKey=key("elsewhere", "c"))
    refuses(world, *stretch, ExclusiveStartKey={"pk": {"S": "a"}})
