"""The attributes of a queue: read from the texts SQS takes, and written as the texts it gives."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from tests.simulation.cloud.queues import refusals

DEFAULTS: Mapping[str, str] = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
FIFO_DEFAULTS: Mapping[str, str] = {
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoQueue": "true",
    "FifoThroughputLimit": "perQueue",
}
_RANGES: Mapping[str, tuple[int, int]] = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1024, 1048576),
    "MessageRetentionPeriod": (60, 1209600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43200),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "ContentBasedDeduplication": ("true", "false"),
    "DeduplicationScope": ("queue", "messageGroup"),
    "FifoThroughputLimit": ("perQueue", "perMessageGroupId"),
    "SqsManagedSseEnabled": ("true", "false"),
}
_FREE = {"Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "RedriveAllowPolicy"}
_MOST_RECEIVES = 1000


@dataclass(frozen=True, slots=True)
class Redrive:
    """Where a message goes that was received so many times and never deleted."""

    target_arn: str
    after_receives: int


@dataclass(frozen=True, slots=True)
class QueueAttributes:
    """What SetQueueAttributes sets, as texts and as what is worked with."""

    texts: Mapping[str, str]
    fifo: bool
    visibility: timedelta = timedelta(seconds=30)
    delay: timedelta = timedelta()
    retention: timedelta = timedelta(days=4)
    longest: int = 1048576
    redrive: Redrive | None = None
    content_deduplicates: bool = False
    deduplicates_groups: bool = False

    @classmethod
    def new(cls, name: str, given: Mapping[str, str]) -> "QueueAttributes":
        """Read the attributes of a queue that is created; raise ApiError for what SQS refuses."""
        fifo = name.endswith(".fifo")
        if (given.get("FifoQueue") == "true") is not fifo:
            raise refusals.invalid(
                name, "QueueName", "Only the name of a FIFO queue ends in .fifo, and it must."
            )
        defaults = {**DEFAULTS, **FIFO_DEFAULTS} if fifo else DEFAULTS
        rest = {name: value for name, value in given.items() if name != "FifoQueue"}
        return cls(dict(defaults), fifo).changed(rest)

    def changed(self, given: Mapping[str, str]) -> "QueueAttributes":
        """Return them with some changed; raise ApiError for what SQS refuses."""
        for name, value in given.items():
            _check(name, value, fifo=self.fifo)
        texts = {**self.texts, **given}
        if not texts.get("RedrivePolicy", "-"):
            del texts["RedrivePolicy"]
        return replace(
            self,
            texts=texts,
            visibility=_seconds(texts, "VisibilityTimeout"),
            delay=_seconds(texts, "DelaySeconds"),
            retention=_seconds(texts, "MessageRetentionPeriod"),
            longest=int(texts["MaximumMessageSize"]),
            redrive=_redrive(texts.get("RedrivePolicy", "")),
            content_deduplicates=texts.get("ContentBasedDeduplication") == "true",
            deduplicates_groups=texts.get("DeduplicationScope") == "messageGroup",
        )


def _check(name: str, value: str, *, fifo: bool) -> None:
    if name in _RANGES:
        low, high = _RANGES[name]
        if not value.isdecimal() or not low <= int(value) <= high:
            raise refusals.invalid_attribute(name, f"It must be from {low} to {high}.")
    elif name in _CHOICES and (fifo or name == "SqsManagedSseEnabled"):
        if value not in _CHOICES[name]:
            raise refusals.invalid_attribute(name, f"It must be one of {_CHOICES[name]}.")
    elif name == "RedrivePolicy":
        _redrive(value)
    elif name not in _FREE:
        raise refusals.unknown_attribute(name)


@cache
def _redrive(text: str) -> Redrive | None:
    if not text:
        return None
    try:
        policy = json.loads(text)
        redrive = Redrive(str(policy["deadLetterTargetArn"]), int(policy["maxReceiveCount"]))
    except (ValueError, TypeError, KeyError) as error:
        reason = "It must name deadLetterTargetArn and maxReceiveCount."
        raise refusals.invalid_attribute("RedrivePolicy", reason) from error
    if not 1 <= redrive.after_receives <= _MOST_RECEIVES:
        reason = f"maxReceiveCount must be from 1 to {_MOST_RECEIVES}."
        raise refusals.invalid_attribute("RedrivePolicy", reason)
    return redrive


def _seconds(texts: Mapping[str, str], name: str) -> timedelta:
    return timedelta(seconds=int(texts[name]))
