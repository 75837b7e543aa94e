"""The inbox and the work queue, on SQS."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from longshore.aws.gate import Gate
from longshore.domain.builds import AnyLook
from longshore.domain.errors import Throttled
from longshore.domain.wakeups import Wakeup
from longshore.events.look_messages import encode_look, look_id
from longshore.events.messages import deduplication_id, encode_sweep, encode_wakeup

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

MESSAGES_A_CALL = 10
"""What SendMessageBatch takes."""

LONGEST_DELAY = timedelta(minutes=15)
"""What SQS delays a message at most."""


class Queue:
    """A queue that messages are sent to in batches."""

    def __init__(self, gate: Gate, client: "SQSClient", url: str) -> None:
        """Send to the queue at `url`."""
        self._gate = gate
        self._client = client
        self._url = url

    def send(self, entries: "Sequence[SendMessageBatchRequestEntryTypeDef]") -> None:
        """Send messages, each known within this call by its `Id`.

        Raises:
            Throttled: SQS did not take all of them; every other one was sent.
        """
        failed: list[str] = []
        for start in range(0, len(entries), MESSAGES_A_CALL):
            batch = entries[start : start + MESSAGES_A_CALL]
            reply = self._gate.call(
                self._client.send_message_batch, QueueUrl=self._url, Entries=batch
            )
            failed += [failure["Code"] for failure in reply.get("Failed", ())]
        if failed:
            codes = ", ".join(sorted(set(failed)))
            message = f"SQS did not take {len(failed)} of {len(entries)} messages ({codes})"
            raise Throttled(message)


class SqsWakeups:
    """Wakes stages through the inbox."""

    def __init__(self, inbox: Queue) -> None:
        """Send wake-ups to `inbox`."""
        self._inbox = inbox

    def send(self, wakeups: Sequence[Wakeup], *, delay: timedelta = timedelta()) -> None:
        """Wake stages, after a delay of at most 15 minutes."""
        if delay > LONGEST_DELAY:
            message = f"SQS delays a message by {LONGEST_DELAY} at most, not by {delay}"
            raise ValueError(message)
        self._inbox.send(
            [
                {
                    "Id": str(index),
                    "MessageBody": encode_wakeup(wakeup),
                    "DelaySeconds": ceil(delay.total_seconds()),
                }
                for index, wakeup in enumerate(wakeups)
            ]
        )

    def sweep(self) -> None:
        """Wake every stage, as the clock does each quarter of an hour."""
        self._inbox.send([{"Id": "0", "MessageBody": encode_sweep()}])


class SqsLooks:
    """Has executions of pipelines and builds looked at again, through the inbox."""

    def __init__(self, inbox: Queue) -> None:
        """Send to `inbox`."""
        self._inbox = inbox

    def send(self, looks: Sequence[AnyLook], *, delay: timedelta = timedelta()) -> None:
        """Look again, after a delay of at most 15 minutes."""
        self._inbox.send(
            [
                {
                    "Id": str(index),
                    "MessageBody": encode_look(look),
                    "DelaySeconds": ceil(delay.total_seconds()),
                }
                for index, look in enumerate(looks)
            ]
        )


class SqsExecutionQueue:
    """Has executions of pipelines and builds looked at, each in a message group of its own."""

    def __init__(self, executions: Queue) -> None:
        """Send to `executions`, a FIFO queue."""
        self._executions = executions

    def look(self, looks: Sequence[AnyLook], message_id: str) -> None:
        """Have executions looked at; `message_id` names what caused it."""
        self._executions.send(
            [
                {
                    "Id": str(index),
                    "MessageBody": encode_look(look),
                    "MessageGroupId": look.group,
                    "MessageDeduplicationId": look_id(message_id, look),
                }
                for index, look in enumerate(looks)
            ]
        )


class SqsWorkQueue:
    """Wakes stages through the work queue, where each stage is a message group of its own."""

    def __init__(self, work: Queue) -> None:
        """Send wake-ups to `work`, a FIFO queue."""
        self._work = work

    def wake(self, wakeups: Sequence[Wakeup], message_id: str) -> None:
        """Wake stages; `message_id` names what caused it, so that a repeated message wakes once."""
        self._work.send(
            [
                {
                    "Id": str(index),
                    "MessageBody": encode_wakeup(wakeup),
                    "MessageGroupId": str(wakeup.stage),
                    "MessageDeduplicationId": deduplication_id(message_id, wakeup.stage),
                }
                for index, wakeup in enumerate(wakeups)
            ]
        )
