"""A queue and what tests do with it all the time."""

import json
from collections.abc import Mapping
from typing import Any

from tests.contract.fakes.clouds import CloudClients, fresh

Document = Any
"""What botocore takes and gives: its types would only be in the way here."""

OLD = "AWS.SimpleQueueService"
FIFO: Document = {"FifoQueue": "true"}
HIDDEN: Document = {"VisibilityTimeout": "0"}


class Box:
    """A queue, and what is done with it all the time."""

    def __init__(self, cloud: CloudClients, *, fifo: bool = False, **attributes: str) -> None:
        self.sqs = cloud.sqs
        self.fifo = fifo
        self.name = fresh("queue") + (".fifo" if fifo else "")
        given: Document = {**(FIFO if fifo else {}), **attributes}
        self.url = cloud.sqs.create_queue(QueueName=self.name, Attributes=given)["QueueUrl"]

    def send(self, body: str = "hello", **more: Document) -> Document:
        return self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **more)

    def put(self, body: str, group: str = "g", token: str | None = None) -> Document:
        """Send to a FIFO queue."""
        return self.send(body, MessageGroupId=group, MessageDeduplicationId=token or body)

    def receive(self, most: int = 10, **more: Document) -> list[Document]:
        names: Document = {"MessageSystemAttributeNames": ["All"]}
        reply: Mapping[str, Document] = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=most, **names, **more
        )
        return list(reply.get("Messages", ()))

    def bodies(self, most: int = 10, **more: Document) -> list[str]:
        return [message["Body"] for message in self.receive(most, **more)]

    def delete(self, message: Document) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def hide(self, message: Document, seconds: int) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )

    def batch(self, *entries: Document) -> Document:
        return self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def attributes(self) -> Mapping[str, str]:
        reply = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        return {str(name): text for name, text in reply["Attributes"].items()}


def entry(name: str, body: str = "hello", **more: Document) -> Document:
    return {"Id": name, "MessageBody": body, **more}


def with_dead_letters(cloud: CloudClients, after: int, *, fifo: bool = False) -> tuple[Box, Box]:
    grave = Box(cloud, fifo=fifo)
    arn = grave.attributes()["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": str(after)})
    return Box(cloud, fifo=fifo, RedrivePolicy=policy), grave
