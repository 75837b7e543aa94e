"""Batches of SQS: each entry has an answer of its own, whoever plays it."""

import pytest

from tests.contract.fakes.boxes import OLD, Box, Document, entry
from tests.contract.fakes.clouds import CloudClients, refused


def test_a_batch_is_answered_entry_by_entry(cloud: CloudClients) -> None:
    box = Box(cloud)

    reply = box.batch(entry("a", "1"), entry("b", "2", DelaySeconds=901), entry("c", "3"))

    assert [done["Id"] for done in reply["Successful"]] == ["a", "c"]
    (failure,) = reply["Failed"]
    assert (failure["Id"], failure["Code"]) == ("b", "InvalidParameterValue")
    assert failure["SenderFault"] is True
    assert sorted(box.bodies()) == ["1", "3"]


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        ([entry("a"), entry("a")], "BatchEntryIdsNotDistinct"),
        ([entry(str(number)) for number in range(11)], "TooManyEntriesInBatchRequest"),
        ([entry("a b")], "InvalidBatchEntryId"),
        ([entry("x" * 81)], "InvalidBatchEntryId"),
        ([entry(name, "x" * 600_000) for name in "ab"], "BatchRequestTooLong"),
    ],
    ids=["empty", "twice", "eleven", "odd-id", "long-id", "large"],
)
def test_a_batch_is_refused_as_a_whole(
    cloud: CloudClients, entries: list[Document], code: str
) -> None:
    box = Box(cloud)

    with refused(f"{OLD}.{code}"):
        box.batch(*entries)

    assert box.bodies() == []


def test_a_batch_deletes_entry_by_entry(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send("1")
    (message,) = box.receive()
    entries: Document = [
        {"Id": "good", "ReceiptHandle": message["ReceiptHandle"]},
        {"Id": "bad", "ReceiptHandle": "made-up"},
    ]

    reply = cloud.sqs.delete_message_batch(QueueUrl=box.url, Entries=entries)

    assert [done["Id"] for done in reply["Successful"]] == ["good"]
    assert [(f["Id"], f["Code"]) for f in reply["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]


def test_a_batch_gives_back_entry_by_entry(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send("1")
    (message,) = box.receive()
    entries: Document = [
        {"Id": "good", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0},
        {"Id": "bad", "ReceiptHandle": "made-up", "VisibilityTimeout": 0},
    ]

    reply = cloud.sqs.change_message_visibility_batch(QueueUrl=box.url, Entries=entries)

    assert [done["Id"] for done in reply["Successful"]] == ["good"]
    assert [failure["Id"] for failure in reply["Failed"]] == ["bad"]
    assert box.bodies() == ["1"]
