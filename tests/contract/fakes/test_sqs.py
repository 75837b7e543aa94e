"""Messages of SQS: the same calls have the same answers, whoever plays it."""

from hashlib import md5

import pytest

from tests.contract.fakes.boxes import HIDDEN, OLD, Box, Document
from tests.contract.fakes.clouds import CloudClients, refused

#
# ── one message ──────────────────────────────────────────────────────────────────────────────


def test_a_message_arrives_as_it_was_sent(cloud: CloudClients) -> None:
    box, body = Box(cloud), '{"grüße": "🚢"}'

    sent = box.send(body)

    (message,) = box.receive()
    checksum = md5(body.encode(), usedforsecurity=False).hexdigest()
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], body)
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"] == checksum
    assert "SequenceNumber" not in sent


def test_it_tells_of_itself_what_was_asked(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send()

    told = box.receive()[0]["Attributes"]

    assert told["ApproximateReceiveCount"] == "1"
    assert int(told["SentTimestamp"]) <= int(told["ApproximateFirstReceiveTimestamp"])
    assert "SenderId" in told
    assert "SequenceNumber" not in told


def test_what_was_not_asked_is_not_told(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send()
    box.send()
    names: Document = ["ApproximateReceiveCount"]

    bare = cloud.sqs.receive_message(QueueUrl=box.url)["Messages"][0]
    some = cloud.sqs.receive_message(QueueUrl=box.url, AttributeNames=names)["Messages"][0]

    assert "Attributes" not in bare
    assert some["Attributes"] == {"ApproximateReceiveCount": "1"}


def test_who_receives_has_it_alone(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send()

    assert box.bodies() == ["hello"]
    assert box.bodies() == []


def test_what_is_deleted_does_not_come_again(cloud: CloudClients) -> None:
    box = Box(cloud, **HIDDEN)
    box.send()
    (message,) = box.receive()

    box.delete(message)
    box.delete(message)

    assert box.bodies() == []


def test_what_is_not_deleted_comes_again_and_counts(cloud: CloudClients) -> None:
    box = Box(cloud, **HIDDEN)
    box.send()

    first, second = box.receive()[0], box.receive()[0]

    assert first["MessageId"] == second["MessageId"]
    assert first["ReceiptHandle"] != second["ReceiptHandle"]
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"


def test_a_receive_can_say_for_how_long(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send()

    assert box.bodies(VisibilityTimeout=0) == ["hello"]
    assert box.bodies(VisibilityTimeout=60) == ["hello"]
    assert box.bodies() == []


def test_who_has_it_can_give_it_back(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send()
    (message,) = box.receive()

    box.hide(message, 0)

    assert box.bodies() == ["hello"]


def test_an_earlier_handle_deletes_nothing_and_says_nothing(cloud: CloudClients) -> None:
    box = Box(cloud, **HIDDEN)
    box.send()
    (earlier,) = box.receive()
    box.receive()

    box.delete(earlier)

    assert box.bodies() == ["hello"]


def test_the_latest_handle_deletes_what_is_visible_again(cloud: CloudClients) -> None:
    box = Box(cloud, **HIDDEN)
    box.send()
    (message,) = box.receive()

    box.delete(message)

    assert box.attributes()["ApproximateNumberOfMessages"] == "0"


def test_a_handle_that_nobody_gave_is_invalid(cloud: CloudClients) -> None:
    box = Box(cloud)

    with refused("ReceiptHandleIsInvalid"):
        box.delete({"ReceiptHandle": "made-up"})
    with refused("ReceiptHandleIsInvalid"):
        box.hide({"ReceiptHandle": "made-up"}, 3)


def test_the_time_of_what_nobody_has_cannot_be_changed(cloud: CloudClients) -> None:
    box = Box(cloud, **HIDDEN)
    box.send()
    (message,) = box.receive()

    with refused(f"{OLD}.MessageNotInflight"):
        box.hide(message, 30)


def test_nobody_keeps_a_message_longer_than_twelve_hours(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send()
    (message,) = box.receive()

    with refused("InvalidParameterValue"):
        box.hide(message, 43201)


def test_a_message_can_be_kept_back(cloud: CloudClients) -> None:
    box = Box(cloud)

    box.send(DelaySeconds=900)

    assert box.bodies() == []
    assert box.attributes()["ApproximateNumberOfMessagesDelayed"] == "1"


def test_a_queue_can_keep_back_all(cloud: CloudClients) -> None:
    box = Box(cloud, DelaySeconds="900")

    box.send("later")
    box.send("now", DelaySeconds=0)

    assert box.bodies() == ["now"]


def test_a_queue_counts_what_is_where(cloud: CloudClients) -> None:
    box = Box(cloud)
    for _ in range(3):
        box.send()
    box.receive(1)
    box.send(DelaySeconds=60)

    counted = box.attributes()

    prefix = "ApproximateNumberOfMessages"
    assert [counted[prefix + which] for which in ("", "NotVisible", "Delayed")] == ["2", "1", "1"]


@pytest.mark.parametrize("most", [0, 11])
def test_a_receive_gives_one_to_ten(cloud: CloudClients, most: int) -> None:
    box = Box(cloud)

    with refused("InvalidParameterValue"):
        box.receive(most)


def test_a_receive_gives_one_unless_told_otherwise(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send("1")
    box.send("2")

    assert len(cloud.sqs.receive_message(QueueUrl=box.url)["Messages"]) == 1


# ── what is not taken ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seconds", [-1, 901])
def test_a_delay_is_fifteen_minutes_at_most(cloud: CloudClients, seconds: int) -> None:
    with refused("InvalidParameterValue"):
        Box(cloud).send(DelaySeconds=seconds)


def test_a_message_has_one_character_at_least(cloud: CloudClients) -> None:
    with refused("MissingParameter"):
        Box(cloud).send("")


def test_a_message_has_a_mebibyte_at_most(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send("ü" * (512 * 1024))

    with refused("InvalidParameterValue"):
        box.send("ü" * (512 * 1024) + "x")


@pytest.mark.parametrize("body", ["a\x00b", "a\x1bb", "a\ufffe"])
def test_a_message_has_no_control_characters(cloud: CloudClients, body: str) -> None:
    with refused("InvalidMessageContents"):
        Box(cloud).send(body)


def test_a_standard_queue_has_no_deduplication(cloud: CloudClients) -> None:
    with refused("InvalidParameterValue"):
        Box(cloud).send(MessageDeduplicationId="once")


def test_a_standard_queue_carries_a_group(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send("1", MessageGroupId="tenant")
    box.send("2", MessageGroupId="tenant")

    (first,), (second,) = box.receive(1), box.receive(1)

    assert first["Attributes"]["MessageGroupId"] == second["Attributes"]["MessageGroupId"]
