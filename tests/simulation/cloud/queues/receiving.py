"""What SQS tells of messages and queues."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.simulation.cloud.api import Output, Params
from tests.simulation.cloud.queues import refusals
from tests.simulation.cloud.queues.messages import Message
from tests.simulation.cloud.queues.queue import LONGEST_HIDDEN, Queue

SENDER = "AROAEXAMPLEEXAMPLE:simulation"
"""Whoever sends is nobody here: access is not played."""


def received(queue: Queue, messages: Iterable[Message], parameters: Params) -> list[Output]:
    """Return messages as a receive gives them, with the attributes that were asked for."""
    wanted = _wanted(parameters)
    return [_received(queue, message, wanted) for message in messages]


def described(queue: Queue, now: datetime) -> dict[str, str]:
    """Return all attributes of a queue; the counts are exact, which AWS does not promise."""
    messages = queue.messages(now)
    flying = sum(message.in_flight(now) for message in messages)
    delayed = sum(message.receives == 0 and message.visible_at > now for message in messages)
    return {
        **queue.attributes.texts,
        "QueueArn": queue.arn,
        "ApproximateNumberOfMessages": str(len(messages) - flying - delayed),
        "ApproximateNumberOfMessagesNotVisible": str(flying),
        "ApproximateNumberOfMessagesDelayed": str(delayed),
    }


def hidden_for(parameters: Params) -> timedelta | None:
    """Return the visibility time-out that is asked for; raise ApiError where it is too long."""
    seconds = parameters.get("VisibilityTimeout")
    if seconds is None:
        return None
    longest = int(LONGEST_HIDDEN.total_seconds())
    if not isinstance(seconds, int) or not 0 <= seconds <= longest:
        reason = f"Must be between 0 and {longest}, if provided."
        raise refusals.invalid(seconds, "VisibilityTimeout", reason)
    return timedelta(seconds=seconds)


def _wanted(parameters: Params) -> frozenset[object]:
    names: list[object] = []
    for member in ("MessageSystemAttributeNames", "AttributeNames"):
        given = parameters.get(member, ())
        if isinstance(given, list | tuple):
            names += given
    return frozenset(names)


def _received(queue: Queue, message: Message, wanted: frozenset[object]) -> Output:
    shown: Output = {
        "MessageId": message.id,
        "ReceiptHandle": queue.handle(message),
        "MD5OfBody": message.md5,
        "Body": message.body,
    }
    if wanted:
        told = _attributes(queue, message)
        if "All" not in wanted:
            told = {name: text for name, text in told.items() if name in wanted}
        if told:
            shown["Attributes"] = told
    return shown


def _attributes(queue: Queue, message: Message) -> dict[str, str]:
    told = {
        "SenderId": SENDER,
        "SentTimestamp": _milliseconds(message.sent_at),
        "ApproximateReceiveCount": str(message.receives),
    }
    if message.first_received_at is not None:
        told["ApproximateFirstReceiveTimestamp"] = _milliseconds(message.first_received_at)
    if message.group is not None:
        told["MessageGroupId"] = message.group
    if queue.attributes.fifo:
        told["SequenceNumber"] = str(message.sequence)
        told["MessageDeduplicationId"] = message.deduplication or ""
    if message.source is not None:
        told["DeadLetterQueueSourceArn"] = message.source
    return told


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))
