"""A queue: what is in it, who has it, and what becomes of what nobody could handle."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tests.simulation.cloud.queues import refusals
from tests.simulation.cloud.queues.attributes import QueueAttributes
from tests.simulation.cloud.queues.deduplication import Deduplication
from tests.simulation.cloud.queues.messages import Message
from tests.simulation.cloud.queues.orders import FifoOrder, Order, Pick, StandardOrder

LONGEST_HIDDEN = timedelta(hours=12)
"""How long a message can be kept from others, counted from when it was received."""


class Queue:
    """One queue; `find` returns another one by its ARN."""

    def __init__(
        self,
        name: str,
        arn: str,
        attributes: QueueAttributes,
        find: Callable[[str], "Queue | None"],
        pick: Pick,
    ) -> None:
        self.name = name
        self.arn = arn
        self.attributes = attributes
        self.deduplication = Deduplication()
        self._find = find
        self._messages: dict[int, Message] = {}
        self._order: Order = FifoOrder() if attributes.fifo else StandardOrder(pick)

    def add(self, message: Message) -> None:
        """Take in a message."""
        self._messages[message.sequence] = message
        self._order.place(message)

    def receive(self, most: int, hidden: timedelta, now: datetime) -> list[Message]:
        """Give visible messages, and keep them from others for a while.

        Here too, as on AWS, is where a message ends among the dead letters that was received too
        often: nobody moves it before somebody asks for it once more.
        """
        taken: list[Message] = []
        for message in self._order.visible(now):
            if self._outdated(message, now):
                self.remove(message)
            elif not self._buried(message, now):
                message.take(now, hidden)
                taken.append(message)
                if len(taken) == most:
                    break
        for message in taken:
            self._order.place(message)
        return taken

    def remove(self, message: Message) -> None:
        """Forget a message."""
        del self._messages[message.sequence]
        self._order.remove(message)

    def by_handle(self, handle: str) -> tuple[Message | None, int]:
        """Return the message of a receipt handle, None when it is gone, and which receive it was.

        Raises ApiError for a handle that this queue never gave.
        """
        name, _, numbers = handle.rpartition("/")
        sequence, _, receive = numbers.partition(":")
        if name != self.name or not sequence.isdecimal() or not receive.isdecimal():
            raise refusals.invalid_handle()
        return self._messages.get(int(sequence)), int(receive)

    def handle(self, message: Message) -> str:
        """Return the receipt handle of a message's latest receive."""
        return f"{self.name}/{message.sequence}:{message.receives}"

    def hide(self, handle: str, hidden: timedelta, now: datetime) -> None:
        """Keep a message from others for so long from now on; raise ApiError as SQS does."""
        message, receive = self.by_handle(handle)
        if message is None or receive != message.receives:
            raise refusals.not_available(handle)
        if not message.in_flight(now):
            raise refusals.not_in_flight()
        message.visible_at = now + hidden
        self._order.place(message)

    def messages(self, now: datetime) -> list[Message]:
        """Return all messages, in the order in which they were sent; the outdated are gone."""
        for message in [each for each in self._messages.values() if self._outdated(each, now)]:
            self.remove(message)
        return list(self._messages.values())

    def next_visible(self) -> datetime | None:
        """When there is something to receive, in the past where there is something by now.

        What the retention will have removed by then, and what will only be moved to the dead
        letters, counts: whoever receives at that moment gets nothing.
        """
        return self._order.next_visible()

    def _outdated(self, message: Message, now: datetime) -> bool:
        return message.sent_at + self.attributes.retention <= now

    def _buried(self, message: Message, now: datetime) -> bool:
        redrive = self.attributes.redrive
        if redrive is None or message.receives < redrive.after_receives:
            return False
        grave = self._find(redrive.target_arn)
        if grave is None:
            return False
        self.remove(message)
        grave.add(_moved(message, self, now))
        return True


def _moved(message: Message, source: Queue, now: datetime) -> Message:
    """Return a message as it lies among the dead letters.

    On standard queues it keeps the time when it was sent, so its retention goes on; on FIFO queues
    that time begins anew:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    """
    return Message(
        id=message.id,
        body=message.body,
        md5=message.md5,
        sequence=message.sequence,
        sent_at=now if source.attributes.fifo else message.sent_at,
        visible_at=now,
        group=message.group,
        deduplication=message.deduplication,
        source=source.arn,
        receives=message.receives,
        first_received_at=message.first_received_at,
    )
