"""Where announcements go: the event bus, the queue of notices, the topic; and what was told."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from longshore.aws import items, keys
from longshore.aws.gate import Gate
from longshore.aws.table import Table
from longshore.domain.errors import Conflict
from longshore.domain.outcomes import Announcement
from longshore.events.messages import chat_group, encode_announcement
from longshore.events.notices import Notice
from longshore.events.outbound import SOURCE, event_detail
from longshore.events.strict import encode_document

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

    from longshore.aws.items import Item

MOST_ENTRIES = 10
"""What PutEvents takes in one request."""
MOST_BYTES = 256 * 1024
"""What PutEvents takes in one request, all entries together:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html"""

KEEP_TOLD = timedelta(days=60)
"""Twice as long as an announcement can still be on its way."""

_TIME_BYTES = 14


class EventBridgePublisher:
    """Publishes to the event bus."""

    def __init__(self, gate: Gate, client: "EventBridgeClient", bus: str) -> None:
        """Publish to `bus`, a name or an ARN."""
        self._gate = gate
        self._client = client
        self._bus = bus

    def publish(self, announcements: Sequence[Announcement]) -> Mapping[str, str]:
        """Publish events; return the reason for each, by its id, that the bus did not take."""
        entries = [(each.id, self._entry(each)) for each in announcements]
        reasons = {
            name: f"the event is {_size(entry)} bytes long, the bus takes {MOST_BYTES}"
            for name, entry in entries
            if _size(entry) > MOST_BYTES
        }
        for batch in _batches([pair for pair in entries if pair[0] not in reasons]):
            reasons |= self._send(batch)
        return reasons

    def _send(self, batch: "Sequence[tuple[str, PutEventsRequestEntryTypeDef]]") -> dict[str, str]:
        """Send one request: it may succeed as a whole and fail for some of its entries."""
        reply = self._gate.call(self._client.put_events, Entries=[entry for _, entry in batch])
        results = zip(batch, reply["Entries"], strict=True)
        return {
            name: f"the bus did not take it: {result['ErrorCode']}"
            for (name, _), result in results
            if result.get("ErrorCode")
        }

    def _entry(self, announcement: Announcement) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": announcement.name.value,
            "Time": announcement.at,
            "Detail": encode_document(event_detail(announcement)),
        }


class _AnnouncementQueue:
    """The FIFO queue at `url`: within a message group what is put first comes first."""

    def __init__(self, gate: Gate, client: "SQSClient", url: str) -> None:
        """Send to the FIFO queue at `url`."""
        self._gate = gate
        self._client = client
        self._url = url

    def _send(self, announcement: Announcement, group: str, name: str) -> None:
        """Queue an announcement; the same `name` sent twice within five minutes is one."""
        self._gate.call(
            self._client.send_message,
            QueueUrl=self._url,
            MessageBody=encode_announcement(announcement),
            MessageGroupId=group,
            MessageDeduplicationId=name,
        )


class SqsNoticeQueue(_AnnouncementQueue):
    """Queues notices, each subject a group of its own."""

    def put(self, announcement: Announcement) -> None:
        """Queue an announcement; the same one put twice within five minutes is one."""
        self._send(announcement, announcement.subject, announcement.id)


class SqsChatQueue(_AnnouncementQueue):
    """Queues what channels are to be told: in the queue of notices, in groups of its own.

    So a chat that is away keeps nobody waiting who is told otherwise.
    """

    def put(self, announcement: Announcement) -> None:
        """Queue an announcement; the same one put twice within five minutes is one."""
        self._send(announcement, chat_group(announcement), f"chat/{announcement.id}")


class SnsNoticePublisher:
    """Publishes notices to a topic, to whoever has subscribed."""

    def __init__(self, gate: Gate, client: "SNSClient", topic_arn: str) -> None:
        """Publish to the topic `topic_arn`."""
        self._gate = gate
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, notice: Notice) -> None:
        """Tell people."""
        self._gate.call(
            self._client.publish,
            TopicArn=self._topic_arn,
            Subject=notice.subject,
            Message=notice.text,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in notice.attributes.items()
            },
        )


class DynamoNoticeStore:
    """Remembers per thread and channel the sequence number told last."""

    def __init__(self, table: Table) -> None:
        """Keep everything in `table`."""
        self._table = table

    def last_told(self, thread: str) -> int:
        """Return the sequence number told last, 0 before the first."""
        item = self._table.get(keys.notice(thread))
        return 0 if item is None else int(item["version"]["N"])

    def remember(self, announcement: Announcement) -> None:
        """Keep a sequence number as told, unless a later one is kept already."""
        key = keys.notice(announcement.thread)
        told = {"id": announcement.id, "name": announcement.name, "at": announcement.at}
        item = items.record_item(key, "notice", told, announcement.sequence)
        keep_told(self._table, announcement, key, item)


def keep_told(table: Table, announcement: Announcement, key: keys.Key, item: "Item") -> None:
    """Keep what was told of an announcement's thread, unless a later version is kept already.

    The same version may be written again: a channel that is told goes on from where it was.
    """
    kept = item | items.of_stage(announcement.stage) | items.expiry(announcement.at, KEEP_TOLD)
    attributes = {name: value for name, value in kept.items() if name not in key._fields}
    with suppress(Conflict):
        table.gate.call(
            table.client.update_item,
            TableName=table.name,
            Key=items.key_of(key),
            UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in attributes),
            ConditionExpression="attribute_not_exists(pk) OR #version <= :version",
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues={f":{name}": each for name, each in attributes.items()},
        )


def _batches(
    entries: "Sequence[tuple[str, PutEventsRequestEntryTypeDef]]",
) -> "Iterator[list[tuple[str, PutEventsRequestEntryTypeDef]]]":
    """Divide entries, in their order, into requests that PutEvents takes."""
    batch: list[tuple[str, PutEventsRequestEntryTypeDef]] = []
    room = MOST_BYTES
    for name, entry in entries:
        if batch and (len(batch) == MOST_ENTRIES or _size(entry) > room):
            yield batch
            batch, room = [], MOST_BYTES
        batch.append((name, entry))
        room -= _size(entry)
    if batch:
        yield batch


def _size(entry: "PutEventsRequestEntryTypeDef") -> int:
    """Return an entry's size as PutEvents counts it."""
    texts = (entry.get("Source", ""), entry.get("DetailType", ""), entry.get("Detail", ""))
    return _TIME_BYTES + sum(len(text.encode()) for text in texts)
