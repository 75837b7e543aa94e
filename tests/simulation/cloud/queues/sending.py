"""What SQS takes as a message."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import md5, sha256

from longshore_local.awsjson.errors import ApiError
from tests.simulation.cloud.api import Output, Params
from tests.simulation.cloud.queues import refusals
from tests.simulation.cloud.queues.attributes import QueueAttributes
from tests.simulation.cloud.queues.messages import Message
from tests.simulation.cloud.queues.queue import Queue

MOST_BYTES = 1024 * 1024
"""What SQS takes as one message, and as one batch; 256 KiB until August 2025 (SendMessageBatch in
the API reference)."""

LONGEST_DELAY = 900
"""Seconds."""

Mint = Callable[[], tuple[str, int]]
"""Gives the id and the sequence number of a new message."""

_NOTHING = timedelta()
_FOREIGN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_TOKEN = re.compile(r"[A-Za-z0-9!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]{1,128}")


def send(queue: Queue, entry: Params, now: datetime, mint: Mint) -> Output:
    """Put a message into a queue; a duplicate on a FIFO queue is answered with the first one's id.

    Raises ApiError for what SQS refuses.
    """
    attributes = queue.attributes
    body, encoded = _body(entry, attributes)
    visible_at = now + _delay(entry, attributes)
    group = _group(entry, attributes)
    token = _deduplication(entry, attributes, encoded)
    checksum = md5(encoded, usedforsecurity=False).hexdigest()
    key = (group if attributes.deduplicates_groups else None, token or "")
    sent = queue.deduplication.first(key, now) if token else None
    if sent is not None:
        return _sent(sent.id, checksum, sent.sequence)
    name, sequence = mint()
    message = Message(name, body, checksum, sequence, now, visible_at, group, token)
    queue.add(message)
    if token is None:
        return {"MessageId": name, "MD5OfMessageBody": checksum}
    queue.deduplication.remember(key, name, sequence, now)
    return _sent(name, checksum, sequence)


def _sent(name: str, checksum: str, sequence: int) -> Output:
    return {"MessageId": name, "MD5OfMessageBody": checksum, "SequenceNumber": str(sequence)}


def _body(parameters: Params, attributes: QueueAttributes) -> tuple[str, bytes]:
    """Return the body as text and as bytes; raise ApiError for one that SQS does not carry."""
    body = str(parameters["MessageBody"])
    # What is printable is allowed, and asking that costs a tenth of searching.
    if not body.isprintable() and _FOREIGN.search(body):
        raise refusals.invalid_contents()
    encoded = body.encode()
    if not encoded:
        raise refusals.missing("MessageBody")
    if len(encoded) > attributes.longest:
        reason = f"Message must be shorter than {attributes.longest} bytes."
        raise refusals.invalid("<body>", "MessageBody", reason)
    if parameters.get("MessageAttributes") or parameters.get("MessageSystemAttributes"):
        raise refusals.not_played("message attributes")
    return body, encoded


def _delay(parameters: Params, attributes: QueueAttributes) -> timedelta:
    """Return how long the message is kept back; a FIFO queue takes no delay for one message."""
    seconds = parameters.get("DelaySeconds")
    if seconds is None:
        return attributes.delay
    if not isinstance(seconds, int) or not 0 <= seconds <= LONGEST_DELAY:
        reason = f"DelaySeconds must be >= 0 and <= {LONGEST_DELAY}."
        raise refusals.invalid(seconds, "DelaySeconds", reason)
    if attributes.fifo and seconds:
        raise refusals.not_for_this_queue(seconds, "DelaySeconds")
    return timedelta(seconds=seconds) if seconds else _NOTHING


def _group(parameters: Params, attributes: QueueAttributes) -> str | None:
    """Return the message group; a FIFO queue requires one, a standard queue only carries it."""
    group = _token(parameters, "MessageGroupId")
    if group is None and attributes.fifo:
        raise refusals.missing("MessageGroupId")
    return group


def _deduplication(parameters: Params, attributes: QueueAttributes, body: bytes) -> str | None:
    """Return the deduplication id, given or made of the body; only FIFO queues have one."""
    token = _token(parameters, "MessageDeduplicationId")
    if not attributes.fifo:
        if token is not None:
            raise refusals.not_for_this_queue(token, "MessageDeduplicationId")
        return None
    if token is None and not attributes.content_deduplicates:
        message = (
            "The queue should either have ContentBasedDeduplication enabled or "
            "MessageDeduplicationId provided explicitly"
        )
        raise ApiError("InvalidParameterValue", message)
    return token or sha256(body).hexdigest()


def check_batch(entries: Sequence[Params], most: int) -> None:
    """Raise ApiError for a batch that SQS refuses as a whole."""
    if not entries:
        raise refusals.empty_batch()
    if len(entries) > most:
        raise refusals.too_many_entries(most, len(entries))
    seen: set[str] = set()
    for entry in entries:
        name = str(entry["Id"])
        if not _ID.fullmatch(name):
            raise refusals.invalid_id()
        if name in seen:
            raise refusals.repeated_id(name)
        seen.add(name)


def check_batch_size(entries: Sequence[Params]) -> None:
    """Raise ApiError for messages that are too large together."""
    size = sum(len(str(entry["MessageBody"]).encode()) for entry in entries)
    if size > MOST_BYTES:
        raise refusals.too_long_batch(MOST_BYTES, size)


def _token(parameters: Params, name: str) -> str | None:
    token = parameters.get(name)
    if token is None:
        return None
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        reason = f"{name} can only include alphanumeric and punctuation characters, 1 to 128."
        raise refusals.invalid(token, name, reason)
    return token
