"""Expressions that are not valid, on the simulation's DynamoDB as on others."""

from typing import Any

import pytest

from tests.contract.fakes.clouds import CloudClients
from tests.contract.fakes.dynamodb_worlds import (
    World,
    code,
    given,
    item,
    open_world,
    said,
)


@pytest.fixture
def world(cloud: CloudClients) -> World:
    return open_world(cloud)


INVALID = "ValidationException"


@pytest.mark.parametrize("word", ["name", "Status", "OWNER", "number", "at", "schema", "ttl"])
def test_a_reserved_word_cannot_stand_bare(world: World, word: str) -> None:
    taken = given(x="x")

    assert "reserved" in said(
        lambda: world.put(
            item("p"), ConditionExpression=f"{word} = :x", ExpressionAttributeValues=taken
        )
    )
    assert "reserved" in said(
        lambda: world.update("p", f"SET {word} = :x", ExpressionAttributeValues=taken)
    )


@pytest.mark.parametrize("word", ["kind", "stage", "version", "body", "due_at", "attempts", "id"])
def test_the_ledgers_own_attributes_can(world: World, word: str) -> None:
    world.update("p", f"SET {word} = :x", ExpressionAttributeValues=given(x=1))

    assert world.get("p") == item("p") | {word: {"N": "1"}}


def refuses_condition(world: World, condition: str) -> None:
    used = {name: each for name, each in given(x="x", number=1).items() if name in condition}
    more: dict[str, Any] = {"ExpressionAttributeValues": used} if used else {}

    assert code(lambda: world.put(item("p"), ConditionExpression=condition, **more)) == INVALID


@pytest.mark.parametrize(
    "condition",
    [
        "n",
        "n =",
        "n = :x AND",
        "n == :x",
        "(n = :x",
        "n = :x)",
        "n = :x n = :x",
        "BETWEEN :x AND :x",
        "begins_with(n)",
        "attribute_exists(:x)",
    ],
)
def test_a_condition_that_is_not_well_formed_is_refused(world: World, condition: str) -> None:
    refuses_condition(world, condition)


def test_an_empty_condition_is_refused(world: World) -> None:
    refuses_condition(world, "")


def test_a_function_that_nobody_knows_is_refused(world: World) -> None:
    refuses_condition(world, "is_there(n)")


def test_a_number_begins_with_nothing(world: World) -> None:
    refuses_condition(world, "begins_with(n, :number)")


@pytest.mark.parametrize("condition", ["n = :y", "#y = :x"])
def test_names_and_values_of_a_condition_are_given(world: World, condition: str) -> None:
    refuses_condition(world, condition)


def test_parentheses_around_parentheses_are_refused(world: World) -> None:
    refuses_condition(world, "((n = :x))")


def refuses_update(world: World, expression: str) -> None:
    used = {name: each for name, each in given(x=1, phrase="x").items() if name in expression}
    more: dict[str, Any] = {"ExpressionAttributeValues": used} if used else {}
    world.put(item("p", n=1))

    assert code(lambda: world.update("p", expression, **more)) == INVALID
    assert world.get("p") == item("p", n=1)


@pytest.mark.parametrize("expression", ["", "n = :x", "ADD n :phrase", "SET n = plus(n, :x)"])
def test_an_update_that_says_nothing_is_refused(world: World, expression: str) -> None:
    refuses_update(world, expression)


@pytest.mark.parametrize("expression", ["SET", "SET n", "SET n = :x,"])
def test_an_update_that_is_cut_short_is_refused(world: World, expression: str) -> None:
    refuses_update(world, expression)


@pytest.mark.parametrize("expression", ["SET n = :x, n = :x", "SET n = :x REMOVE n"])
def test_an_update_names_an_attribute_once(world: World, expression: str) -> None:
    refuses_update(world, expression)


def test_an_update_has_each_section_once(world: World) -> None:
    refuses_update(world, "SET n = :x SET m = :x")


def test_a_text_cannot_be_added(world: World) -> None:
    refuses_update(world, "SET n = n + :phrase")


def test_values_of_an_update_are_given(world: World) -> None:
    refuses_update(world, "SET n = :y")


def test_names_of_an_update_are_given(world: World) -> None:
    refuses_update(world, "SET #y = :x")


@pytest.mark.parametrize("expression", ["SET pk = :phrase", "REMOVE sk"])
def test_an_update_leaves_the_key_alone(world: World, expression: str) -> None:
    refuses_update(world, expression)


def test_names_and_values_that_nothing_uses_are_refused(world: World) -> None:
    condition = {"ConditionExpression": "attribute_not_exists(pk)"}
    values = given(x=1)
    names = {"#x": "x"}

    assert "unused" in said(
        lambda: world.put(item("p"), ExpressionAttributeValues=values, **condition)
    )
    assert "unused" in said(
        lambda: world.put(item("p"), ExpressionAttributeNames=names, **condition)
    )
    assert code(lambda: world.put(item("p"), ExpressionAttributeValues=values)) == INVALID
    assert code(lambda: world.put(item("p"), ExpressionAttributeNames=names)) == INVALID
