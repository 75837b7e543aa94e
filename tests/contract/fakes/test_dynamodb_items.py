"""What can be an item and its key, on the simulation's DynamoDB as on others."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.contract.fakes.clouds import CloudClients
from tests.contract.fakes.dynamodb_worlds import (
    Item,
    World,
    code,
    create_table,
    given,
    item,
    key,
    open_world,
)


@pytest.fixture
def world(cloud: CloudClients) -> World:
    return open_world(cloud)


INVALID = "ValidationException"
MOST_BYTES = 400 * 1024

WRONG_KEYS: list[Item] = [
    {"pk": {"S": ""}, "sk": {"S": "a"}},
    {"pk": {"S": "p"}, "sk": {"S": ""}},
    {"pk": {"N": "1"}, "sk": {"S": "a"}},
    {"pk": {"S": "p"}, "sk": {"BOOL": True}},
    {"pk": {"S": "p" * 2049}, "sk": {"S": "a"}},
    {"pk": {"S": "p"}, "sk": {"S": "a" * 1025}},
]
NAMES = ["empty-hash", "empty-range", "number", "flag", "long-hash", "long-range"]


@pytest.mark.parametrize("wrong", WRONG_KEYS, ids=NAMES)
def test_nothing_is_put_under_what_is_no_key(world: World, wrong: Item) -> None:
    assert code(lambda: world.put(wrong)) == INVALID


@pytest.mark.parametrize("wrong", WRONG_KEYS, ids=NAMES)
def test_nothing_is_read_under_what_is_no_key(world: World, wrong: Item) -> None:
    assert code(lambda: world.client.get_item(TableName=world.table, Key=wrong)) == INVALID


@pytest.mark.parametrize("wrong", WRONG_KEYS, ids=NAMES)
def test_nothing_is_deleted_under_what_is_no_key(world: World, wrong: Item) -> None:
    assert code(lambda: world.client.delete_item(TableName=world.table, Key=wrong)) == INVALID


def test_half_a_key_is_none(world: World) -> None:
    half: Any = {"pk": {"S": "p"}}

    assert code(lambda: world.put(half)) == INVALID
    assert code(lambda: world.client.get_item(TableName=world.table, Key=half)) == INVALID
    assert code(lambda: world.client.delete_item(TableName=world.table, Key=half)) == INVALID


def test_a_key_has_no_other_attribute(world: World) -> None:
    more: Any = key("p") | given(n=1)

    assert code(lambda: world.client.get_item(TableName=world.table, Key=more)) == INVALID


def test_a_key_of_the_greatest_length_is_taken(world: World) -> None:
    world.put(item("p" * 2048, "a" * 1024))

    assert world.get("p" * 2048, "a" * 1024) is not None


@pytest.mark.parametrize("value", [{"S": "soon"}, {"BOOL": True}])
def test_an_index_keeps_only_its_own_type(world: World, value: Mapping[str, object]) -> None:
    assert code(lambda: world.put(item("p") | {"due_at": value})) == INVALID
    assert (
        code(lambda: world.update("p", "SET due_at = :x", ExpressionAttributeValues={":x": value}))
        == INVALID
    )


def test_an_index_keeps_no_empty_key(world: World) -> None:
    assert code(lambda: world.put(item("p", due_shard="", due_at=1))) == INVALID


@pytest.mark.parametrize("number", ["", "seven", "0x10", "NaN", "1e-131"])
def test_what_is_no_number_is_refused(world: World, number: str) -> None:
    assert code(lambda: world.put(item("p") | {"n": {"N": number}})) == INVALID


@pytest.mark.parametrize("number", ["1e126", "1" * 39], ids=["large", "long"])
def test_a_number_that_is_too_large_or_too_exact_is_refused(world: World, number: str) -> None:
    assert code(lambda: world.put(item("p") | {"n": {"N": number}})) == INVALID


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("007", "7"),
        ("1.50", "1.5"),
        ("-0", "0"),
        ("1e3", "1000"),
        ("+5", "5"),
        ("1e-3", "0.001"),
    ],
)
def test_a_number_comes_back_in_its_normal_form(world: World, written: str, kept: str) -> None:
    world.put(item("p") | {"n": {"N": written}})

    assert world.get("p") == item("p") | {"n": {"N": kept}}


def test_thirty_eight_digits_are_kept(world: World) -> None:
    long = {"n": {"N": "1" * 38}}

    world.put(item("p") | long)

    assert world.get("p") == item("p") | long


def test_an_item_has_at_most_400_kibibytes(world: World) -> None:
    rest = len("pk" + "p" + "sk" + "a" + "body")

    world.put(item("p", body="x" * (MOST_BYTES - rest)))

    assert code(lambda: world.put(item("p", body="x" * (MOST_BYTES - rest + 1)))) == INVALID


def test_an_update_cannot_make_an_item_larger_than_that(world: World) -> None:
    world.put(item("p", body="x" * 300_000))

    refused = code(
        lambda: world.update(
            "p", "SET more = :more", ExpressionAttributeValues=given(more="x" * 150_000)
        )
    )

    assert refused == INVALID
    assert "more" not in (world.get("p") or {})


def test_a_table_that_does_not_exist_is_refused(world: World) -> None:
    missing = "ResourceNotFoundException"
    client = world.client

    assert code(lambda: client.get_item(TableName="nowhere", Key=key("p"))) == missing
    assert code(lambda: client.put_item(TableName="nowhere", Item=item("p"))) == missing
    assert code(lambda: client.describe_table(TableName="nowhere")) == missing


# ── tables ────────────────────────────────────────────────────────────────────────────────────


def test_a_table_is_described_as_it_was_created(world: World) -> None:
    described = world.client.describe_table(TableName=world.table)["Table"]

    assert described["TableStatus"] == "ACTIVE"
    assert described["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    (index,) = described["GlobalSecondaryIndexes"]
    assert index["Projection"] == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": ["kind", "stage"],
    }
    assert described["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"


def test_a_table_is_created_only_once(world: World) -> None:
    assert code(lambda: create_table(world.client, world.table)) == "ResourceInUseException"
