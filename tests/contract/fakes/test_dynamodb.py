"""Items and updates of them, on the simulation's DynamoDB as on others."""

from typing import Any

import pytest

from tests.contract.fakes.clouds import CloudClients
from tests.contract.fakes.dynamodb_worlds import (
    World,
    code,
    given,
    item,
    open_world,
)


@pytest.fixture
def world(cloud: CloudClients) -> World:
    return open_world(cloud)


# ── items ─────────────────────────────────────────────────────────────────────────────────────


def test_an_item_is_given_back_as_it_was_put(world: World) -> None:
    kept: Any = item("p", phrase="ü", number=7) | {
        "flag": {"BOOL": False},
        "nothing": {"NULL": True},
    }

    world.put(kept)

    assert world.get("p") == kept


def test_there_is_no_item_where_none_was_put(world: World) -> None:
    world.put(item("p"))

    assert world.get("p", "b") is None
    assert world.get("q") is None


def test_a_put_replaces_the_whole_item(world: World) -> None:
    world.put(item("p", first=1))
    world.put(item("p", second=2))

    assert world.get("p") == item("p", second=2)


def test_a_delete_of_what_is_not_there_is_fine(world: World) -> None:
    world.delete("p")

    assert world.get("p") is None


def test_old_values_are_returned_when_asked_for(world: World) -> None:
    world.put(item("p", n=1))

    put = world.put(item("p", n=2), ReturnValues="ALL_OLD")
    deleted = world.delete("p", ReturnValues="ALL_OLD")
    again = world.delete("p", ReturnValues="ALL_OLD")

    assert put["Attributes"] == item("p", n=1)
    assert deleted["Attributes"] == item("p", n=2)
    assert "Attributes" not in again


# ── updates ───────────────────────────────────────────────────────────────────────────────────


def test_an_update_makes_an_item_where_there_is_none(world: World) -> None:
    world.update("p", "SET n = :n", ExpressionAttributeValues=given(n=1))

    assert world.get("p") == item("p", n=1)


def test_an_update_leaves_alone_what_it_does_not_name(world: World) -> None:
    world.put(item("p", n=1, kept="yes", gone="no"))

    world.update("p", "SET n = :n REMOVE gone, never", ExpressionAttributeValues=given(n=2))

    assert world.get("p") == item("p", n=2, kept="yes")


def test_the_first_writer_wins_with_if_not_exists(world: World) -> None:
    expression = "SET #body = if_not_exists(#body, :body)"
    names = {"#body": "body"}

    for body in ("first", "second"):
        world.update(
            "p",
            expression,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=given(body=body),
        )

    assert world.get("p") == item("p", body="first")


def test_operands_are_read_from_the_item_before_the_update(world: World) -> None:
    world.put(item("p", a=1, b=2))

    world.update("p", "SET a = b, b = a")

    assert world.get("p") == item("p", a=2, b=1)


@pytest.mark.parametrize(
    ("expression", "after"),
    [
        ("SET n = n + :m", 12),
        ("SET n = n - :m", 8),
        ("SET n = :m - n", -8),
        ("SET n = if_not_exists(wanting, :m) + :m", 4),
        ("ADD n :m", 12),
    ],
)
def test_numbers_are_added(world: World, expression: str, after: int) -> None:
    world.put(item("p", n=10))

    world.update("p", expression, ExpressionAttributeValues=given(m=2))

    assert world.get("p") == item("p", n=after)


def test_adding_to_what_is_missing_begins_at_zero(world: World) -> None:
    world.update("p", "ADD n :m", ExpressionAttributeValues=given(m=2))

    assert world.get("p") == item("p", n=2)


def test_the_updated_item_is_returned_when_asked_for(world: World) -> None:
    world.put(item("p", n=1))
    asked = {"ExpressionAttributeValues": given(n=2)}

    old = world.update("p", "SET n = :n", ReturnValues="ALL_OLD", **asked)
    new = world.update("p", "SET n = :n", ReturnValues="ALL_NEW", **asked)

    assert old["Attributes"] == item("p", n=1)
    assert new["Attributes"] == item("p", n=2)


@pytest.mark.parametrize("expression", ["SET n = wanting", "SET n = wanting + :one"])
def test_an_operand_that_is_not_there_is_refused(world: World, expression: str) -> None:
    world.put(item("p", n=1))
    asked = {"ExpressionAttributeValues": given(one=1)} if ":one" in expression else {}

    assert code(lambda: world.update("p", expression, **asked)) == "ValidationException"
    assert world.get("p") == item("p", n=1)


def test_nothing_can_be_added_to_a_text(world: World) -> None:
    world.put(item("p", phrase="x"))

    refused = code(
        lambda: world.update("p", "SET phrase = phrase + :n", ExpressionAttributeValues=given(n=1))
    )

    assert refused == "ValidationException"
