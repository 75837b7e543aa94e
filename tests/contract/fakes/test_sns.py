"""SNS: what is published, and what is not taken, whoever plays it."""

import pytest

from longshore.aws.gate import Gate
from longshore.aws.publishing import SnsNoticePublisher
from longshore.events.notices import Notice
from tests.contract.fakes.boxes import Document
from tests.contract.fakes.clouds import NOON, CloudClients, Memory, fresh, refused


def topic(cloud: CloudClients) -> str:
    return cloud.sns.create_topic(Name=fresh("topic"))["TopicArn"]


def text(value: str) -> Document:
    return {"DataType": "String", "StringValue": value}


def test_what_is_published_has_an_id(cloud: CloudClients) -> None:
    arn = topic(cloud)

    first = cloud.sns.publish(TopicArn=arn, Message="hello")["MessageId"]

    assert first != cloud.sns.publish(TopicArn=arn, Message="hello")["MessageId"]


def test_creating_a_topic_again_is_nothing(cloud: CloudClients) -> None:
    arn = topic(cloud)

    assert cloud.sns.create_topic(Name=arn.rpartition(":")[2])["TopicArn"] == arn
    assert arn.startswith(f"arn:aws:sns:{cloud.home.region}:{cloud.home.account}:")


def test_a_topic_that_is_not_there_is_refused(cloud: CloudClients) -> None:
    with refused("NotFound"):
        cloud.sns.publish(TopicArn=f"{topic(cloud)}-2", Message="hello")


def test_a_subject_has_a_hundred_characters_at_most(cloud: CloudClients) -> None:
    arn = topic(cloud)
    cloud.sns.publish(TopicArn=arn, Message="hello", Subject="x" * 100)

    with refused("InvalidParameter"):
        cloud.sns.publish(TopicArn=arn, Message="hello", Subject="x" * 101)


@pytest.mark.parametrize("subject", ["", "two\nlines", "tab\t", "grüße"])
def test_a_subject_is_one_line_of_ascii(cloud: CloudClients, subject: str) -> None:
    with refused("InvalidParameter"):
        cloud.sns.publish(TopicArn=topic(cloud), Message="hello", Subject=subject)


@pytest.mark.parametrize("message", ["", "ü" * (128 * 1024) + "x"], ids=["empty", "too-long"])
def test_a_message_has_256_kibibytes_at_most(cloud: CloudClients, message: str) -> None:
    arn = topic(cloud)
    cloud.sns.publish(TopicArn=arn, Message="ü" * (128 * 1024))

    with refused("InvalidParameter"):
        cloud.sns.publish(TopicArn=arn, Message=message)


def test_attributes_count_as_well(cloud: CloudClients) -> None:
    with refused("InvalidParameter"):
        cloud.sns.publish(
            TopicArn=topic(cloud),
            Message="x" * (256 * 1024),
            MessageAttributes={"severity": text("info")},
        )


def test_an_attribute_has_a_value(cloud: CloudClients) -> None:
    with refused("ParameterValueInvalid"):
        cloud.sns.publish(
            TopicArn=topic(cloud), Message="hello", MessageAttributes={"severity": text("")}
        )


def test_what_was_published_is_kept(memory: Memory) -> None:
    arn = topic(memory.clients)
    notice = Notice("deployed checkout/prod", "what happened\n", {"severity": "info"})

    SnsNoticePublisher(Gate(), memory.clients.sns, arn).publish(notice)

    (kept,) = memory.sns.published(arn)
    assert (kept.subject, kept.message, kept.at) == (notice.subject, notice.text, NOON)
    assert kept.attributes == {"severity": "info"}
