"""Somebody who subscribed to Longshore's topic, and reads what it tells."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from longshore_local.cloud.clients import Cloud
from longshore_local.errors import LocalCloudError


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of the topic; `attributes` holds the text of its structured attributes."""

    subject: str
    text: str
    attributes: Mapping[str, str]


@dataclass(slots=True)
class Mailbox:
    """A queue that is subscribed to a topic; `notices` holds all that was read so far."""

    cloud: Cloud
    address: str
    notices: list[Notice] = field(default_factory=list)

    @classmethod
    def subscribe(cls, cloud: Cloud, topic: str, name: str = "mailbox") -> "Mailbox":
        """Make a queue and subscribe it to a topic."""
        address = cloud.sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:{cloud.region}:{cloud.account}:{name}"
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
                }
            ],
        }
        cloud.sqs.set_queue_attributes(QueueUrl=address, Attributes={"Policy": json.dumps(policy)})
        cloud.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return cls(cloud, address)

    def await_notice(self, wanted: Callable[[Notice], bool], within: float = 30) -> Notice:
        """Return the first notice that is wanted, read before or not, as soon as it is there.

        Raises:
            LocalCloudError: None came within that many seconds.
        """
        until = time.monotonic() + within
        while True:
            found = next((notice for notice in self.notices if wanted(notice)), None)
            if found is not None:
                return found
            if time.monotonic() > until:
                heard = "; ".join(notice.subject for notice in self.notices) or "nothing"
                raise LocalCloudError(f"the topic did not tell in {within:.0f} s; heard: {heard}")
            self.read(wait=1)

    def read(self, wait: int = 0) -> list[Notice]:
        """Read what has come, waiting so many seconds for a first message; return the new ones."""
        answer = self.cloud.sqs.receive_message(
            QueueUrl=self.address, MaxNumberOfMessages=10, WaitTimeSeconds=wait
        )
        new = [_notice(message.get("Body", "")) for message in answer.get("Messages", [])]
        for message in answer.get("Messages", []):
            self.cloud.sqs.delete_message(
                QueueUrl=self.address, ReceiptHandle=message.get("ReceiptHandle", "")
            )
        self.notices += new
        return new


def _notice(body: str) -> Notice:
    envelope = json.loads(body)
    attributes = envelope.get("MessageAttributes") or {}
    return Notice(
        envelope.get("Subject") or "",
        envelope.get("Message") or "",
        {name: str(value.get("Value")) for name, value in attributes.items()},
    )
