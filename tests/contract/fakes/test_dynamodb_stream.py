"""What the simulation's DynamoDB tells of changes, and what it does as time passes."""

from datetime import timedelta
from typing import Any

import pytest

from tests.contract.fakes.clouds import NOON
from tests.contract.fakes.dynamodb_alone import TABLE, Alone, seconds, timer
from tests.contract.fakes.dynamodb_worlds import code, given, item, key


@pytest.fixture
def alone() -> Alone:
    return Alone()


# ── the stream ────────────────────────────────────────────────────────────────────────────────


def test_each_change_is_told_as_a_function_gets_it(alone: Alone) -> None:
    alone.world.put(item("p", n=1))

    (record,) = alone.records
    change: Any = record["dynamodb"]
    assert record["eventSource"] == "aws:dynamodb"
    assert record["awsRegion"] == "eu-west-1"
    assert str(record["eventSourceARN"]).endswith("table/ledger/stream/2026-01-01T00:00:00.000")
    assert change["Keys"] == key("p")
    assert change["NewImage"] == item("p", n=1)
    assert change["StreamViewType"] == "NEW_IMAGE"
    assert change["ApproximateCreationDateTime"] == seconds(NOON)


def test_a_record_says_what_kind_of_change_it_was(alone: Alone) -> None:
    alone.world.put(item("p", n=1))
    alone.world.update("p", "SET n = :n", ExpressionAttributeValues=given(n=2))
    alone.world.delete("p")

    told = alone.told()

    assert [name for name, _ in told] == ["INSERT", "MODIFY", "REMOVE"]
    assert [change.get("NewImage") for _, change in told] == [item("p", n=1), item("p", n=2), None]
    numbers = [change["SequenceNumber"] for _, change in told]
    assert numbers == sorted(set(numbers))


def test_what_changes_nothing_is_not_told(alone: Alone) -> None:
    alone.world.put(item("p", n=1))
    alone.told()

    alone.world.put(item("p", n=1))
    alone.world.update("p", "SET n = :n", ExpressionAttributeValues=given(n=1))
    alone.world.update("p", "REMOVE nowhere")
    alone.world.delete("q")

    assert alone.told() == []


def test_a_write_that_is_refused_is_not_told(alone: Alone) -> None:
    write = alone.world.putting(item("p"))
    check: Any = {"ConditionCheck": alone.world.member("q", "attribute_exists(pk)")}

    assert code(lambda: alone.world.transact(write, check)) == "TransactionCanceledException"

    assert alone.told() == []


def test_a_transaction_tells_each_of_its_changes_once(alone: Alone) -> None:
    writes = [alone.world.putting(item(pk)) for pk in ("p", "q")]
    check: Any = {"ConditionCheck": alone.world.member("r", "attribute_not_exists(pk)")}

    for _ in range(2):
        alone.world.transact(*writes, check, ClientRequestToken="token")

    assert [change["Keys"] for _, change in alone.told()] == [key("p"), key("q")]


def test_what_was_told_does_not_change_later(alone: Alone) -> None:
    alone.world.put(item("p", n=1))
    ((_, change),) = alone.told()

    change["NewImage"]["n"] = {"N": "99"}
    change["Keys"].clear()

    assert alone.world.get("p") == item("p", n=1)


def test_what_was_given_and_returned_is_nobody_elses(alone: Alone) -> None:
    mine: Any = item("p", n=1)
    alone.fake.call("PutItem", {"TableName": TABLE, "Item": mine})
    request = {"TableName": TABLE, "Key": key("p")}
    read: Any = alone.fake.call("GetItem", request)["Item"]

    mine["n"] = {"N": "2"}
    read["n"] = {"N": "3"}

    assert alone.world.get("p") == item("p", n=1)


# ── time ──────────────────────────────────────────────────────────────────────────────────────


def test_a_request_token_is_known_for_ten_minutes(alone: Alone) -> None:
    write: Any = {
        "Update": alone.world.member(
            "p", UpdateExpression="ADD n :n", ExpressionAttributeValues=given(n=1)
        )
    }
    alone.world.transact(write, ClientRequestToken="token")

    alone.now += timedelta(minutes=10, microseconds=-1)
    alone.world.transact(write, ClientRequestToken="token")
    before = alone.world.get("p")
    alone.now += timedelta(microseconds=1)
    alone.world.transact(write, ClientRequestToken="token")

    assert (before, alone.world.get("p")) == (item("p", n=1), item("p", n=2))


def test_time_to_live_removes_what_is_over_and_says_who_did_it(alone: Alone) -> None:
    alone.world.put(item("old", expires_at=seconds(NOON) - 1))
    alone.world.put(item("kept", expires_at=seconds(NOON)))
    alone.world.put(item("ancient", expires_at=seconds(NOON - timedelta(days=5 * 366))))
    alone.world.put(item("odd", expires_at="yesterday"))
    alone.world.put(item("for-ever"))
    alone.records.clear()

    assert alone.fake.expire() == 1

    (record,) = alone.records
    assert record["eventName"] == "REMOVE"
    assert record["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    kept = [each["pk"]["S"] for each in alone.fake.items(TABLE)]
    assert kept == ["kept", "ancient", "odd", "for-ever"]


def test_an_index_learns_of_changes_later_and_in_their_order() -> None:
    lags = [timedelta(seconds=30), timedelta(0), timedelta(seconds=5)]
    alone = Alone(index_lag=lambda: lags.pop(0))
    alone.world.put(timer("late", 1))
    alone.world.put(timer("later", 2))

    seen = [alone.due()]
    alone.now += timedelta(seconds=30)
    seen.append(alone.due())
    alone.world.update("late", "REMOVE due_at")
    seen.append(alone.due())
    alone.now += timedelta(seconds=5)
    seen.append(alone.due())

    assert seen == [[], ["late", "later"], ["late", "later"], ["later"]]
