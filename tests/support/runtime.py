"""What Lambda gives a function: an invocation, batches, and somewhere to write lines to."""

import io
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools.logging.logger import Logger

from longshore.runtime.batch import Event
from longshore.runtime.observability import Journal

_names = itertools.count()


@dataclass
class FakeInvocation:
    """An invocation with time enough."""

    aws_request_id: str = "request-1"
    left: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@dataclass
class Written:
    """A journal and the lines that were written to it."""

    buffer: io.StringIO = field(default_factory=io.StringIO)
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        # A name of its own: loggers of one name share their stream.
        self.journal = Journal(Logger(service=f"test-{next(_names)}", stream=self.buffer))

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.buffer.getvalue().splitlines()]


def sqs_event(*messages: tuple[str, str], groups: Sequence[str] = ()) -> Event:
    """Return a batch of (id, body), of a FIFO queue where groups are given."""
    queue = "work.fifo" if groups else "inbox"
    records = []
    for index, (message_id, body) in enumerate(messages):
        attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1764000000000"}
        if groups:
            attributes |= {
                "MessageGroupId": groups[index],
                "MessageDeduplicationId": message_id,
                "SequenceNumber": f"{index:020d}",
            }
        records.append(
            {
                "messageId": message_id,
                "receiptHandle": f"handle-{message_id}",
                "body": body,
                "attributes": attributes,
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{queue}",
                "awsRegion": "eu-central-1",
            }
        )
    return {"Records": records}


def stream_event(*images: Mapping[str, Any] | None, name: str = "INSERT") -> Event:
    """Return a batch of a table's stream; an image of None is a removal."""
    return {
        "Records": [
            {
                "eventID": f"{index:032d}",
                "eventName": name,
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "eu-central-1",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1764000000,
                    "Keys": {},
                    "SequenceNumber": sequence_number(index),
                    "SizeBytes": 1,
                    "StreamViewType": "NEW_IMAGE",
                    **({} if image is None else {"NewImage": image}),
                },
                "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/x/stream/y",
            }
            for index, image in enumerate(images)
        ]
    }


def sequence_number(index: int) -> str:
    """Return the number of a record of `stream_event`."""
    return f"{index + 1:021d}"


def url_event(path: str, body: object, *, actor: str | None = "arn:of:somebody") -> dict[str, Any]:
    """Return a request as a Function URL with IAM passes it on (payload version 2.0)."""
    iam = {
        "accessKey": "AKIAIOSFODNN7EXAMPLE",
        "accountId": "123456789012",
        "callerId": "AIDACKCEVSQ6C2EXAMPLE",
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": actor,
        "userId": "AIDACKCEVSQ6C2EXAMPLE",
    }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "x.lambda-url.on.aws"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "x",
            **({} if actor is None else {"authorizer": {"iam": iam}}),
            "domainName": "x.lambda-url.on.aws",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "longshore",
            },
            "requestId": "request-1",
            "routeKey": "$default",
            "stage": "$default",
            "time": "23/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1795435200000,
        },
        "body": body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }
