"""Where announcements go, on AWS as moto plays it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from longshore.aws import items, keys
from longshore.aws.calls import AwsCall
from longshore.aws.clients import Clients
from longshore.aws.gate import Gate, Perform, Recorder
from longshore.aws.outbox import DynamoOutboxStore, announcement_of
from longshore.aws.publishing import (
    MOST_BYTES,
    DynamoNoticeStore,
    EventBridgePublisher,
    SnsNoticePublisher,
    SqsNoticeQueue,
)
from longshore.domain.errors import Refused
from longshore.domain.outcomes import Announcement, EventName
from longshore.events.messages import parse_announcement
from longshore.events.notices import Notice
from tests.support.builders import STAGE, make_announcement, make_stage_announcement
from tests.support.fakes import NOON
from tests.support.ledgers import DynamoWorld


class Bus:
    """A passage that plays PutEvents: it looks at each entry and may not take some."""

    def __init__(self, *refused: str) -> None:
        self.requests: list[list[Mapping[str, Any]]] = []
        self._refused = refused

    def __call__(self, call: AwsCall, _: Perform) -> object:
        entries = list(call.parameters["Entries"])
        self.requests.append(entries)
        results = [self._result(json.loads(entry["Detail"])["id"]) for entry in entries]
        return {"FailedEntryCount": 0, "Entries": results}

    def _result(self, name: str) -> dict[str, str]:
        if name in self._refused:
            return {"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}
        return {"EventId": "1"}


def publisher(clients: Clients, bus: Bus) -> EventBridgePublisher:
    return EventBridgePublisher(Gate(bus), clients.events, "longshore")


def large(announcement: Announcement, length: int) -> Announcement:
    return replace(announcement, detail={"reason": "x" * length})


def many(count: int) -> list[Announcement]:
    return [make_announcement(number) for number in range(1, count + 1)]


def test_an_event_says_what_rules_match_on(clients: Clients) -> None:
    bus, announcement = Bus(), make_announcement(2)

    assert publisher(clients, bus).publish([announcement]) == {}

    ((entry,),) = bus.requests
    detail = json.loads(entry.pop("Detail")) if isinstance(entry, dict) else {}
    assert entry == {
        "EventBusName": "longshore",
        "Source": "longshore",
        "DetailType": "DeploymentStarted",
        "Time": NOON,
    }
    assert detail == {**announcement.detail, "id": announcement.id, "sequence": 2}


def test_events_go_ten_at_a_time_in_their_order(clients: Clients) -> None:
    bus = Bus()

    assert publisher(clients, bus).publish(many(23)) == {}

    assert [len(request) for request in bus.requests] == [10, 10, 3]
    sent = [json.loads(e["Detail"])["sequence"] for request in bus.requests for e in request]
    assert sent == list(range(1, 24))


def test_a_request_is_never_larger_than_the_bus_takes(clients: Clients) -> None:
    bus = Bus()

    publisher(clients, bus).publish([large(each, 100_000) for each in many(5)])

    assert [len(request) for request in bus.requests] == [2, 2, 1]


def test_an_event_that_is_too_large_is_told_and_keeps_no_other_back(clients: Clients) -> None:
    bus = Bus()
    small, big = make_announcement(1), large(make_announcement(2), MOST_BYTES)

    reasons = publisher(clients, bus).publish([small, big])

    assert list(reasons) == [big.id]
    assert "the bus takes 262144" in reasons[big.id]
    assert [len(request) for request in bus.requests] == [1]


def test_the_entries_that_the_bus_does_not_take_are_named(clients: Clients) -> None:
    bus = Bus(f"{STAGE}#1/2", f"{STAGE}#1/12")

    reasons = publisher(clients, bus).publish(many(12))

    assert reasons == {
        f"{STAGE}#1/2": "the bus did not take it: InternalFailure",
        f"{STAGE}#1/12": "the bus did not take it: InternalFailure",
    }


def test_a_bus_on_aws_takes_our_events(clients: Clients) -> None:
    clients.events.create_event_bus(Name="longshore")

    publisher = EventBridgePublisher(Gate(), clients.events, "longshore")

    assert publisher.publish([make_announcement(), make_stage_announcement()]) == {}


def test_a_notice_waits_in_the_group_of_its_subject(clients: Clients) -> None:
    url = clients.sqs.create_queue(
        QueueName="notices.fifo",
        Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "false"},
    )["QueueUrl"]
    queue = SqsNoticeQueue(Gate(), clients.sqs, url)

    queue.put(make_announcement(1))
    queue.put(make_announcement(1))
    queue.put(make_announcement(2))

    received = clients.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"]
    )["Messages"]
    assert [parse_announcement(m["Body"]) for m in received] == [
        make_announcement(1),
        make_announcement(2),
    ]
    assert {m["Attributes"]["MessageGroupId"] for m in received} == {f"{STAGE}#1"}


def test_a_notice_reaches_who_subscribed_with_its_attributes(clients: Clients) -> None:
    topic = clients.sns.create_topic(Name="longshore")["TopicArn"]
    url = clients.sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    clients.sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=arn["Attributes"]["QueueArn"],
        Attributes={"FilterPolicy": '{"severity":["error"]}'},
    )
    channel = SnsNoticePublisher(Gate(), clients.sns, topic)

    for severity in ("info", "error"):
        channel.publish(Notice(f"{severity} x/y", "what happened\n", {"severity": severity}))

    (message,) = clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    envelope = json.loads(message["Body"])
    assert (envelope["Subject"], envelope["Message"]) == ("error x/y", "what happened\n")
    assert envelope["MessageAttributes"] == {"severity": {"Type": "String", "Value": "error"}}


def test_a_topic_that_is_gone_is_refused_in_words(clients: Clients) -> None:
    gone = "arn:aws:sns:eu-central-1:123456789012:gone"

    with pytest.raises(Refused, match="sns:Publish was refused"):
        SnsNoticePublisher(Gate(), clients.sns, gone).publish(Notice("x", "y", {}))


# ── the ledger ───────────────────────────────────────────────────────────────────────────────


def test_what_was_told_is_remembered_and_never_goes_backwards(dynamo: DynamoWorld) -> None:
    told = DynamoNoticeStore(dynamo.table)
    assert told.last_told(f"{STAGE}#1") == 0

    for sequence in (1, 3, 2, 3):
        told.remember(make_announcement(sequence))

    assert told.last_told(f"{STAGE}#1") == 3
    assert told.last_told(str(STAGE)) == 0


def test_the_memory_of_a_subject_ends_some_day(dynamo: DynamoWorld) -> None:
    DynamoNoticeStore(dynamo.table).remember(make_announcement(1))

    item = dynamo.get(keys.notice(f"{STAGE}#1"))

    assert item is not None
    assert int(item["expires_at"]["N"]) == NOON.timestamp() + 60 * 86400
    assert (item["kind"], item["version"]) == ({"S": "notice"}, {"N": "1"})
    assert EventName.DEPLOYMENT_STARTED in item["body"]["S"]


def test_what_is_confirmed_is_due_no_more_and_keeps_the_rest(dynamo: DynamoWorld) -> None:
    outbox, announcement = DynamoOutboxStore(dynamo.table), make_announcement(1)
    dynamo.put(items.outbox_item(announcement))

    outbox.confirm(announcement)
    outbox.confirm(announcement)

    item = dynamo.get(keys.outbox(announcement.subject, 1))
    assert item is not None
    assert not {"due_at", "due_shard"} & item.keys()
    assert announcement_of(item) == announcement


def test_confirming_what_has_expired_makes_no_empty_item(dynamo: DynamoWorld) -> None:
    DynamoOutboxStore(dynamo.table).confirm(make_announcement(1))

    assert dynamo.get(keys.outbox(f"{STAGE}#1", 1)) is None


def test_announcer_and_notifier_call_what_they_are_granted(
    dynamo: DynamoWorld, clients: Clients
) -> None:
    calls = Recorder()
    gate = Gate(calls)
    clients.events.create_event_bus(Name="longshore")
    topic = clients.sns.create_topic(Name="longshore")["TopicArn"]
    url = clients.sqs.create_queue(QueueName="n.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]

    EventBridgePublisher(gate, clients.events, "longshore").publish([make_announcement()])
    SqsNoticeQueue(gate, clients.sqs, url).put(make_announcement())
    SnsNoticePublisher(gate, clients.sns, topic).publish(Notice("x", "y", {}))
    DynamoNoticeStore(dynamo.table).last_told("x")
    DynamoNoticeStore(dynamo.table).remember(make_announcement())
    DynamoOutboxStore(dynamo.table).confirm(make_announcement())

    assert [call.action for call in calls.calls] == [
        "events:PutEvents",
        "sqs:SendMessage",
        "sns:Publish",
    ]
    assert [call.action for call in dynamo.calls.calls] == [
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
        "dynamodb:UpdateItem",
    ]
