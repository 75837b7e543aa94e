"""Conditions of writes, on the simulation's DynamoDB as on others."""

from typing import Any

import pytest

from tests.contract.fakes.clouds import CloudClients
from tests.contract.fakes.dynamodb_worlds import (
    World,
    code,
    given,
    item,
    open_world,
    refusal,
)


@pytest.fixture
def world(cloud: CloudClients) -> World:
    return open_world(cloud)


FAILED = "ConditionalCheckFailedException"

HOLDING = [
    "attribute_exists(pk)",
    "attribute_not_exists(wanting)",
    "n = :ten",
    ":ten = n",
    "n <> :nine",
    "wanting <> :nine",
    "n > :nine",
    "n >= :ten",
    "n < :hundred",
    "n <= :ten",
    "n BETWEEN :nine AND :hundred",
    "n IN (:nine, :ten)",
    "begins_with(words, :start)",
    "NOT n = :nine",
    "NOT (n = :nine OR n = :hundred)",
    "n = :nine OR n = :ten",
    "n = :ten AND words = :words",
    "n = :ten OR n = :nine AND n = :hundred",
    "#n = :ten and #words = :words",
    "attribute_exists(n)AND(n=:ten)",
]
FAILING = [
    "attribute_exists(wanting)",
    "attribute_not_exists(pk)",
    "n = :nine",
    "n <> :ten",
    "n = :words",
    "wanting = :nine",
    "wanting < :nine",
    "n BETWEEN :hundred AND :thousand",
    "n IN (:nine, :hundred)",
    "begins_with(words, :words_and)",
    "begins_with(wanting, :start)",
    "NOT n = :ten",
    "(n = :ten OR n = :nine) AND n = :hundred",
]
GIVEN = given(
    nine=9, ten=10, hundred=100, thousand=1000, words="to be", start="to ", words_and="to be or"
)
NAMES = {"#n": "n", "#words": "words"}


def asked(condition: str) -> dict[str, Any]:
    """Return the parameters of a condition, with the names and values that it uses."""
    tokens = condition.replace("(", " ").replace(")", " ").replace(",", " ").replace("=", " ")
    used = set(tokens.split())
    names = {name: real for name, real in NAMES.items() if name in used}
    some = {name: value for name, value in GIVEN.items() if name in used}
    return {
        "ConditionExpression": condition,
        **({"ExpressionAttributeNames": names} if names else {}),
        **({"ExpressionAttributeValues": some} if some else {}),
    }


@pytest.mark.parametrize("condition", HOLDING)
def test_a_write_happens_when_its_condition_holds(world: World, condition: str) -> None:
    world.put(item("p", n=10, words="to be"))

    world.put(item("p", n=11), **asked(condition))

    assert world.get("p") == item("p", n=11)


@pytest.mark.parametrize("condition", FAILING)
def test_nothing_happens_when_a_condition_fails(world: World, condition: str) -> None:
    world.put(item("p", n=10, words="to be"))

    assert code(lambda: world.put(item("p", n=11), **asked(condition))) == FAILED
    assert code(lambda: world.delete("p", **asked(condition))) == FAILED
    assert world.get("p") == item("p", n=10, words="to be")


@pytest.mark.parametrize("condition", ["n > :words", "words > :ten"])
def test_texts_and_numbers_are_in_no_order(world: World, condition: str) -> None:
    world.put(item("p", n=10, words="to be"))

    assert code(lambda: world.delete("p", **asked(condition))) == FAILED


def test_what_is_not_there_equals_nothing(world: World) -> None:
    world.put(item("p"))

    assert code(lambda: world.delete("p", ConditionExpression="wanting = elsewhere")) == FAILED


def test_an_attribute_that_is_a_number_begins_with_nothing(world: World) -> None:
    world.put(item("p", n=10))

    assert code(lambda: world.delete("p", **asked("begins_with(n, :start)"))) == FAILED


def test_a_failed_condition_says_so(world: World) -> None:
    error = refusal(lambda: world.delete("p", ConditionExpression="attribute_exists(pk)"))

    assert error.response["Error"]["Message"] == "The conditional request failed"


def test_what_stood_in_the_way_of_a_write_is_shown_when_asked_for(world: World) -> None:
    world.put(item("p", n=1))
    absent: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
    shows: dict[str, Any] = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

    shown = refusal(lambda: world.put(item("p", n=2), **absent, **shows))
    hidden = refusal(lambda: world.put(item("p", n=2), **absent))
    missing = refusal(
        lambda: world.delete("q", ConditionExpression="attribute_exists(pk)", **shows)
    )

    assert shown.response["Item"] == item("p", n=1)  # type: ignore[typeddict-item]  # where it is
    assert "Item" not in hidden.response
    assert "Item" not in missing.response


def test_only_the_first_of_two_puts_where_nothing_was_happens(world: World) -> None:
    absent = "attribute_not_exists(pk)"

    world.put(item("p", n=1), ConditionExpression=absent)

    assert code(lambda: world.put(item("p", n=2), ConditionExpression=absent)) == FAILED
    assert world.get("p") == item("p", n=1)


def test_an_update_under_a_condition_makes_no_item_of_one_that_is_gone(world: World) -> None:
    refused = code(
        lambda: world.update("p", "REMOVE due_at", ConditionExpression="attribute_exists(pk)")
    )

    assert refused == FAILED
    assert world.get("p") is None


def test_numbers_compare_by_their_value(world: World) -> None:
    world.put(item("p", n=9))

    world.update(
        "p",
        "SET n = :new",
        ConditionExpression="n < :limit",
        ExpressionAttributeValues=given(new=10, limit=10),
    )

    assert world.get("p") == item("p", n=10)


def test_a_number_that_is_written_otherwise_is_the_same(world: World) -> None:
    world.put(item("p") | {"n": {"N": "7"}})

    world.update(
        "p",
        "SET same = :yes",
        ConditionExpression="n = :n",
        ExpressionAttributeValues={":n": {"N": "7.0"}} | given(yes="yes"),
    )

    assert world.get("p") == item("p", n=7, same="yes")
