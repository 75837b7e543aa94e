"""Queues of SQS, and where their dead letters lie, whoever plays it."""

import json
from collections.abc import Callable

import pytest

from tests.contract.fakes.boxes import FIFO, OLD, Box, Document, with_dead_letters
from tests.contract.fakes.clouds import CloudClients, refused

#
# ── dead letters ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
def test_what_was_received_too_often_is_a_dead_letter(cloud: CloudClients, *, fifo: bool) -> None:
    box, grave = with_dead_letters(cloud, 2, fifo=fifo)
    sent = box.put("1") if fifo else box.send("1")

    for _ in range(2):
        assert box.bodies(VisibilityTimeout=0) == ["1"]
    assert box.bodies() == []

    (dead,) = grave.receive()
    assert (dead["MessageId"], dead["Body"]) == (sent["MessageId"], "1")
    assert dead["Attributes"]["DeadLetterQueueSourceArn"] == box.attributes()["QueueArn"]
    assert dead["Attributes"]["ApproximateReceiveCount"] == "3"


def test_a_group_goes_on_when_its_first_is_a_dead_letter(cloud: CloudClients) -> None:
    box, grave = with_dead_letters(cloud, 1, fifo=True)
    box.put("1")
    box.put("2")
    assert box.bodies(1, VisibilityTimeout=0) == ["1"]

    assert box.bodies() == ["2"]
    assert grave.bodies() == ["1"]


def test_nothing_is_a_dead_letter_before_it_is_asked_for_again(cloud: CloudClients) -> None:
    box, grave = with_dead_letters(cloud, 1)
    box.send("1")
    box.bodies(VisibilityTimeout=0)

    assert grave.bodies() == []


def test_dead_letters_lie_in_a_queue_of_the_same_type(cloud: CloudClients) -> None:
    arn = Box(cloud, fifo=True).attributes()["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "3"})

    with refused("InvalidParameterValue"):
        Box(cloud, RedrivePolicy=policy)


def test_dead_letters_lie_in_a_queue_that_exists(cloud: CloudClients) -> None:
    home = cloud.home
    arn = f"arn:aws:sqs:{home.region}:{home.account}:nowhere"
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "3"})

    with refused("InvalidParameterValue"):
        Box(cloud, RedrivePolicy=policy)


# ── queues ───────────────────────────────────────────────────────────────────────────────────


def test_a_queue_is_found_by_its_name(cloud: CloudClients) -> None:
    box = Box(cloud)

    assert cloud.sqs.get_queue_url(QueueName=box.name)["QueueUrl"] == box.url


def test_a_queue_that_does_not_exist_is_told_by_its_old_code(cloud: CloudClients) -> None:
    url = Box(cloud).url
    asks: list[Callable[[], object]] = [
        lambda: cloud.sqs.get_queue_url(QueueName="nowhere"),
        lambda: cloud.sqs.send_message(QueueUrl=f"{url}-2", MessageBody="x"),
        lambda: cloud.sqs.receive_message(QueueUrl=f"{url}-2"),
        lambda: cloud.sqs.get_queue_attributes(QueueUrl=f"{url}-2", AttributeNames=["All"]),
    ]

    for ask in asks:
        with refused(f"{OLD}.NonExistentQueue"):
            ask()


def test_a_queue_says_how_it_is(cloud: CloudClients) -> None:
    found = Box(cloud, fifo=True, VisibilityTimeout="540").attributes()

    assert found["VisibilityTimeout"] == "540"
    assert found["MessageRetentionPeriod"] == "345600"
    assert found["DelaySeconds"] == "0"
    assert found["FifoQueue"] == "true"
    assert found["ContentBasedDeduplication"] == "false"
    assert found["QueueArn"].endswith(".fifo")


def test_a_standard_queue_does_not_say_that_it_is_no_fifo_queue(cloud: CloudClients) -> None:
    assert "FifoQueue" not in Box(cloud).attributes()


def test_creating_a_queue_again_is_nothing(cloud: CloudClients) -> None:
    box = Box(cloud, VisibilityTimeout="60")

    again = cloud.sqs.create_queue(QueueName=box.name, Attributes={"VisibilityTimeout": "60"})

    assert again["QueueUrl"] == box.url


def test_creating_another_queue_of_the_same_name_is_refused(cloud: CloudClients) -> None:
    box = Box(cloud, VisibilityTimeout="60")

    with refused("QueueAlreadyExists"):
        cloud.sqs.create_queue(QueueName=box.name, Attributes={"VisibilityTimeout": "61"})


def test_a_queue_can_be_changed(cloud: CloudClients) -> None:
    box = Box(cloud)
    box.send()

    cloud.sqs.set_queue_attributes(QueueUrl=box.url, Attributes={"VisibilityTimeout": "0"})

    assert box.bodies() == box.bodies() == ["hello"]


@pytest.mark.parametrize(
    ("name", "attributes"),
    [("plain", FIFO), ("odd.fifo", {})],
    ids=["fifo-without-ending", "ending-without-fifo"],
)
def test_the_name_of_a_fifo_queue_says_so(
    cloud: CloudClients, name: str, attributes: Document
) -> None:
    with refused("InvalidParameterValue"):
        cloud.sqs.create_queue(QueueName=name, Attributes=attributes)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("VisibilityTimeout", "43201"), ("DelaySeconds", "901"), ("MessageRetentionPeriod", "59")],
)
def test_an_attribute_has_its_bounds(cloud: CloudClients, attribute: str, value: str) -> None:
    attributes: Document = {attribute: value}
    with refused("InvalidAttributeValue"):
        Box(cloud, **attributes)


def test_an_attribute_that_nobody_knows_is_refused(cloud: CloudClients) -> None:
    with refused("InvalidAttributeName"):
        Box(cloud, Colour="blue")
