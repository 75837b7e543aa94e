"""FIFO queues of SQS: order, groups and duplicates, whoever plays it."""

from collections.abc import Mapping
from hashlib import sha256

import pytest

from tests.contract.fakes.boxes import Box, Document, entry
from tests.contract.fakes.clouds import CloudClients, refused

#
# ── FIFO ─────────────────────────────────────────────────────────────────────────────────────


def test_a_group_comes_in_its_order(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True)
    for body in "abcdefghij":
        box.put(body)

    messages = box.receive()

    assert [message["Body"] for message in messages] == list("abcdefghij")
    numbers = [int(message["Attributes"]["SequenceNumber"]) for message in messages]
    assert numbers == sorted(numbers)
    assert messages[0]["Attributes"]["MessageGroupId"] == "g"
    assert messages[0]["Attributes"]["MessageDeduplicationId"] == "a"


def test_a_group_waits_while_one_of_it_is_in_flight(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True)
    box.put("1", "a")
    box.put("2", "a")
    box.put("3", "b")

    (first,) = box.receive(1)

    assert first["Body"] == "1"
    assert box.bodies() == ["3"]
    box.delete(first)
    assert box.bodies() == ["2"]


def test_a_group_waits_for_the_last_one_in_flight(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True)
    for body in "123":
        box.put(body)
    first, second = box.receive(2)

    box.delete(first)
    assert box.bodies() == []
    box.delete(second)

    assert box.bodies() == ["3"]


def test_what_is_given_back_comes_first_again(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True)
    box.put("1")
    box.put("2")
    (first,) = box.receive(1)

    box.hide(first, 0)

    assert box.bodies() == ["1", "2"]


def test_a_duplicate_is_answered_with_the_first_and_adds_nothing(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True)

    first = box.put("1", token="same")
    again = box.put("2", token="same")

    assert again["MessageId"] == first["MessageId"]
    assert again["SequenceNumber"] == first["SequenceNumber"]
    assert box.bodies() == ["1"]


def test_a_duplicate_is_one_even_when_the_first_is_deleted(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True)
    box.put("1", token="same")
    (message,) = box.receive()
    box.delete(message)

    box.put("1", token="same")

    assert box.bodies() == []


def test_deduplication_is_of_the_whole_queue(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True)

    box.put("1", "a", token="same")
    box.put("2", "b", token="same")

    assert box.bodies() == ["1"]


def test_deduplication_can_be_of_a_group(cloud: CloudClients) -> None:
    scope = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
    box = Box(cloud, fifo=True, **scope)

    box.put("1", "a", token="same")
    box.put("2", "b", token="same")
    box.put("3", "b", token="same")

    assert sorted(box.bodies()) == ["1", "2"]


def test_deduplication_can_be_by_content(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True, ContentBasedDeduplication="true")

    for body in ("1", "1", "2"):
        box.send(body, MessageGroupId="g")

    messages = box.receive()
    assert [message["Body"] for message in messages] == ["1", "2"]
    token = messages[0]["Attributes"]["MessageDeduplicationId"]
    assert token == sha256(b"1").hexdigest()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"MessageDeduplicationId": "1"}, "MissingParameter"),
        ({"MessageGroupId": "g"}, "InvalidParameterValue"),
        (
            {"MessageGroupId": "g", "MessageDeduplicationId": "1", "DelaySeconds": 5},
            "InvalidParameterValue",
        ),
        ({"MessageGroupId": "g" * 129, "MessageDeduplicationId": "1"}, "InvalidParameterValue"),
        ({"MessageGroupId": "g h", "MessageDeduplicationId": "1"}, "InvalidParameterValue"),
    ],
    ids=["no-group", "no-token", "delay", "long-group", "odd-group"],
)
def test_a_fifo_queue_is_strict(
    cloud: CloudClients, more: Mapping[str, Document], code: str
) -> None:
    with refused(code):
        Box(cloud, fifo=True).send(**more)


def test_a_fifo_batch_says_which_entry_lacks_what(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True)
    good = entry("good", MessageGroupId="g", MessageDeduplicationId="1")

    reply = box.batch(good, entry("bad", MessageDeduplicationId="2"))

    assert [done["Id"] for done in reply["Successful"]] == ["good"]
    assert [(f["Id"], f["Code"]) for f in reply["Failed"]] == [("bad", "MissingParameter")]
    assert box.bodies() == ["hello"]


def test_a_fifo_queue_refuses_a_handle_whose_time_is_over(cloud: CloudClients) -> None:
    box = Box(cloud, fifo=True)
    box.put("1")
    (message,) = box.receive()
    box.hide(message, 0)

    with refused("InvalidParameterValue"):
        box.delete(message)

    assert box.bodies() == ["1"]
