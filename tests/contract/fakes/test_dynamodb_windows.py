"""Windows into the simulation's DynamoDB, and the limits it keeps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from longshore_local.awsjson.errors import ApiError
from tests.contract.fakes.dynamodb_alone import TABLE, Alone, timer
from tests.contract.fakes.dynamodb_worlds import World, code, given, item, key
from tests.simulation.cloud.dynamodb import NotPlayedError


@pytest.fixture
def alone() -> Alone:
    return Alone()


# ── windows ───────────────────────────────────────────────────────────────────────────────────


def test_the_next_timer_is_known(alone: Alone) -> None:
    seen = [alone.fake.next_due(TABLE)]
    for shard, due_at in (("0", 30), ("1", 20), ("2", 100)):
        alone.world.put(item(shard, due_shard=shard, due_at=due_at))
        seen.append(alone.fake.next_due(TABLE))
    alone.world.update("1", "REMOVE due_at, due_shard")
    seen.append(alone.fake.next_due(TABLE))

    assert seen == [None, 30, 20, 20, 30]


def test_a_timer_that_the_index_has_not_seen_is_known_as_well() -> None:
    alone = Alone(index_lag=lambda: timedelta(seconds=30))

    alone.world.put(timer("p", 7))

    assert (alone.due(), alone.fake.next_due(TABLE)) == ([], 7)


def test_a_table_can_be_restored_to_what_it_was(alone: Alone) -> None:
    alone.world.put(timer("kept", 1))
    alone.world.put(timer("changed", 2))
    alone.world.put(timer("removed", 3))
    write = alone.world.putting(item("written"))
    snapshot = alone.fake.snapshot(TABLE)
    alone.world.update("changed", "SET due_at = :x", ExpressionAttributeValues=given(x=9))
    alone.world.delete("removed")
    alone.world.transact(write, ClientRequestToken="token")
    alone.records.clear()

    alone.fake.restore(TABLE, snapshot)

    assert alone.told() == []
    assert alone.due() == ["kept", "changed", "removed"]
    assert alone.world.get("changed") == timer("changed", 2)
    assert alone.world.get("written") is None
    alone.world.transact(write, ClientRequestToken="token")
    assert alone.world.get("written") is not None


STEPS = st.lists(
    st.tuples(
        st.sampled_from("pqrs"),
        st.sampled_from(["put", "timer", "delete", "confirm"]),
        st.integers(0, 3),
    ),
    max_size=30,
)


@drawn(STEPS)
def test_what_grew_by_changes_is_what_is_built_at_once(steps: list[tuple[str, str, int]]) -> None:
    alone, copy = Alone(), Alone()
    for pk, what, number in steps:
        _step(alone.world, pk, what, number)

    copy.fake.restore(TABLE, alone.fake.snapshot(TABLE))

    assert copy.due() == alone.due()
    assert copy.fake.next_due(TABLE) == alone.fake.next_due(TABLE)
    expected = {each["pk"]["S"] for each in alone.fake.items(TABLE) if "due_at" in each}
    assert set(alone.due()) == expected


def _step(world: World, pk: str, what: str, number: int) -> None:
    match what:
        case "put":
            world.put(item(pk, n=number))
        case "timer":
            world.put(timer(pk, number))
        case "delete":
            world.delete(pk)
        case _:
            world.update(pk, "REMOVE due_at, due_shard")


# ── limits ────────────────────────────────────────────────────────────────────────────────────


def test_a_page_can_be_made_small(alone: Alone) -> None:
    small = Alone(page_bytes=100)
    for each in (alone, small):
        for sort_key in "abc":
            each.world.put(item("p", sort_key, body="x" * 60))

    pages = [each.world.query("pk = :p", given(p="p")) for each in (alone, small)]

    assert [page["Count"] for page in pages] == [3, 2]
    assert pages[1]["LastEvaluatedKey"] == key("p", "b")


def test_a_transaction_has_at_most_four_mebibytes(alone: Alone) -> None:
    body = "x" * 380 * 1024
    writes = [alone.world.putting(item("p", f"{number:02d}", body=body)) for number in range(12)]

    assert code(lambda: alone.world.transact(*writes)) == "ValidationException"
    alone.world.transact(*writes[:10])
    assert sum(1 for _ in alone.fake.items(TABLE)) == 10


def test_an_update_in_a_transaction_cannot_make_an_item_too_large(alone: Alone) -> None:
    alone.world.put(item("p", body="x" * 300 * 1024))
    write: Any = {
        "Update": alone.world.member(
            "p",
            UpdateExpression="SET more = :more",
            ExpressionAttributeValues=given(more="x" * 200 * 1024),
        )
    }

    assert code(lambda: alone.world.transact(write)) == "TransactionCanceledException"


@pytest.mark.parametrize("token", ["", "x" * 37])
def test_a_request_token_has_a_length(alone: Alone, token: str) -> None:
    request = {
        "TransactItems": [alone.world.putting(item("p"))],
        "ClientRequestToken": token,
    }

    with pytest.raises(ApiError, match="clientRequestToken"):
        alone.fake.call("TransactWriteItems", request)


def test_an_expression_has_at_most_four_kibibytes(alone: Alone) -> None:
    condition = " OR ".join(["attribute_exists(pk)"] * 200)

    refused = code(lambda: alone.world.put(item("p"), ConditionExpression=condition))

    assert refused == "ValidationException"


@pytest.mark.parametrize(
    "call",
    [
        lambda world: world.client.list_tables(),
        lambda world: world.put(item("p") | {"tags": {"SS": ["a"]}}),
        lambda world: world.put(item("p") | {"list": {"L": []}}),
        lambda world: world.update("p", "REMOVE a.b"),
        lambda world: world.update("p", "DELETE a :x", ExpressionAttributeValues=given(x=1)),
        lambda world: world.delete("p", ConditionExpression="attribute_exists(a[0])"),
        lambda world: world.query("pk = :p", given(p="p"), ProjectionExpression="sk"),
        lambda world: world.delete("p", ReturnConsumedCapacity="TOTAL"),
    ],
)
def test_what_is_not_played_says_so(alone: Alone, call: Callable[[World], object]) -> None:
    with pytest.raises(NotPlayedError):
        call(alone.world)
