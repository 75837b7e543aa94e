"""Transactions, on the simulation's DynamoDB as on others."""

from collections.abc import Callable, Sequence
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

ABSENT = "attribute_not_exists(pk)"
PRESENT = "attribute_exists(pk)"
CANCELED = "TransactionCanceledException"


@pytest.fixture
def world(cloud: CloudClients) -> World:
    return open_world(cloud)


def reasons(call: Callable[[], object]) -> Sequence[Any]:
    """Return why a transaction was cancelled."""
    response: Any = refusal(call).response
    assert response["Error"]["Code"] == CANCELED
    found: Sequence[Any] = response["CancellationReasons"]
    return found


def codes(call: Callable[[], object]) -> list[str]:
    return [reason["Code"] for reason in reasons(call)]


def test_all_kinds_of_writes_happen_together(world: World) -> None:
    for pk in ("put", "updated", "deleted", "checked"):
        world.put(item(pk, n=1))

    world.transact(
        world.putting(item("put", n=2)),
        {
            "Update": world.member(
                "updated",
                UpdateExpression="SET n = n + :one",
                ExpressionAttributeValues=given(one=1),
            )
        },
        {"Delete": world.member("deleted")},
        {"ConditionCheck": world.member("checked", PRESENT)},
    )

    assert [world.get(pk) for pk in ("put", "updated", "deleted", "checked")] == [
        item("put", n=2),
        item("updated", n=2),
        None,
        item("checked", n=1),
    ]


def test_nothing_happens_when_one_condition_fails(world: World) -> None:
    world.put(item("there", n=1))

    found = codes(
        lambda: world.transact(
            world.putting(item("new")),
            {"Delete": world.member("there", ABSENT)},
            {"Update": world.member("other", UpdateExpression="REMOVE n")},
            {"ConditionCheck": world.member("missing", PRESENT)},
        )
    )

    failed = "ConditionalCheckFailed"
    assert found == ["None", failed, "None", failed]
    assert world.get("new") is None
    assert world.get("other") is None
    assert world.get("there") == item("there", n=1)


def test_the_item_that_stood_in_the_way_is_shown_when_asked_for(world: World) -> None:
    world.put(item("there", n=1))
    shows: dict[str, Any] = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

    shown, hidden, absent = reasons(
        lambda: world.transact(
            {"ConditionCheck": world.member("there", ABSENT, **shows)},
            {"ConditionCheck": world.member("hidden", PRESENT)},
            {"ConditionCheck": world.member("missing", PRESENT, **shows)},
        )
    )

    assert shown["Item"] == item("there", n=1)
    assert "Item" not in hidden
    assert "Item" not in absent


def test_conditions_see_the_items_as_they_were_before_all_writes(world: World) -> None:
    world.transact(
        world.putting(item("p", n=1)),
        {"ConditionCheck": world.member("q", ABSENT)},
        world.putting(item("r"), ConditionExpression=ABSENT),
    )

    assert world.get("p") == item("p", n=1)


def test_a_hundred_writes_are_taken_and_one_more_is_not(world: World) -> None:
    writes = [world.putting(item("p", f"{number:03d}")) for number in range(101)]

    assert code(lambda: world.transact(*writes)) == "ValidationException"
    assert world.get("p", "000") is None
    world.transact(*writes[:100])
    assert world.get("p", "099") is not None


@pytest.mark.parametrize("kind", ["ConditionCheck", "Delete", "Update"])
def test_an_item_is_named_only_once(world: World, kind: str) -> None:
    second: dict[str, Any] = {
        "ConditionCheck": {"ConditionExpression": ABSENT},
        "Delete": {},
        "Update": {"UpdateExpression": "REMOVE n"},
    }
    more: Any = {kind: world.member("p", **second[kind])}

    refused = code(lambda: world.transact(world.putting(item("p")), more))

    assert refused == "ValidationException"
    assert world.get("p") is None


def test_a_table_that_does_not_exist_is_refused(world: World) -> None:
    def elsewhere() -> None:
        world.transact({"Put": {"TableName": "nowhere", "Item": item("p")}})

    assert code(elsewhere) == "ResourceNotFoundException"


def test_an_update_that_cannot_be_done_cancels(world: World) -> None:
    world.put(item("p", phrase="x"))

    found = codes(
        lambda: world.transact(
            world.putting(item("q")),
            {
                "Update": world.member(
                    "p",
                    UpdateExpression="SET phrase = phrase + :one",
                    ExpressionAttributeValues=given(one=1),
                )
            },
        )
    )

    assert found == ["None", "ValidationError"]
    assert world.get("q") is None


# ── request tokens ────────────────────────────────────────────────────────────────────────────


def test_a_transaction_under_the_same_token_succeeds_without_a_second_effect(world: World) -> None:
    write = world.putting(item("p", n=1), ConditionExpression=ABSENT)
    world.transact(write, ClientRequestToken=world.table)
    world.put(item("p", n=2))

    world.transact(write, ClientRequestToken=world.table)

    assert world.get("p") == item("p", n=2)


def test_another_content_under_a_known_token_is_refused(world: World) -> None:
    world.transact(world.putting(item("p", n=1)), ClientRequestToken=world.table)

    refused = code(
        lambda: world.transact(world.putting(item("p", n=2)), ClientRequestToken=world.table)
    )

    assert refused == "IdempotentParameterMismatchException"
    assert world.get("p") == item("p", n=1)


def test_a_token_whose_transaction_was_cancelled_is_still_good(world: World) -> None:
    write = world.putting(item("p", n=2), ConditionExpression=ABSENT)
    world.put(item("p", n=1))
    assert code(lambda: world.transact(write, ClientRequestToken=world.table)) == CANCELED
    world.delete("p")

    world.transact(write, ClientRequestToken=world.table)

    assert world.get("p") == item("p", n=2)


def test_without_a_token_the_second_time_is_another_transaction(world: World) -> None:
    write: Any = {
        "Update": world.member(
            "p", UpdateExpression="ADD n :one", ExpressionAttributeValues=given(one=1)
        )
    }

    for _ in range(2):
        world.transact(write)

    assert world.get("p") == item("p", n=2)
