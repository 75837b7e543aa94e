"""Amazon SQS in memory: standard and FIFO queues, nothing of their own in motion.

Time-outs, delays and retention are looked up when somebody asks; `next_visible` says when asking
is worth while. What SQS may do and seldom does (deliver twice, mix up the order) is done by `pick`
and by whoever sends.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import count

from longshore.domain.places import Home
from longshore_local.awsjson.errors import ApiError
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.surroundings import HOME, Clock
from tests.simulation.cloud.api import Output, Params
from tests.simulation.cloud.queues import refusals
from tests.simulation.cloud.queues.attributes import QueueAttributes
from tests.simulation.cloud.queues.messages import QueuedMessage, shown
from tests.simulation.cloud.queues.orders import Pick, oldest
from tests.simulation.cloud.queues.queue import Queue
from tests.simulation.cloud.queues.reading import (
    MOST_MESSAGES,
    Ails,
    entries_of,
    failed,
    texts,
    well,
    whole,
)
from tests.simulation.cloud.queues.receiving import described, hidden_for, received
from tests.simulation.cloud.queues.sending import check_batch_size, send

_FIRST_SEQUENCE = 10**19
"""Sequence numbers have twenty digits."""


class Sqs:
    """The queues of one account and region."""

    def __init__(
        self, clock: Clock, ids: Ids, *, home: Home = HOME, pick: Pick = oldest, ails: Ails = well
    ) -> None:
        """Begin without queues; `pick` orders standard queues, `ails` fails entries of batches."""
        self._clock = clock
        self._ids = ids
        self._home = home
        self._pick = pick
        self._ails = ails
        self._sequence = count(_FIRST_SEQUENCE)
        self._queues: dict[str, Queue] = {}
        self._by_arn: dict[str, Queue] = {}
        self._operations: Mapping[str, Callable[[Params], Output]] = {
            "CreateQueue": self._create_queue,
            "GetQueueUrl": self._get_queue_url,
            "GetQueueAttributes": self._get_queue_attributes,
            "SetQueueAttributes": self._set_queue_attributes,
            "SendMessage": self._send_message,
            "SendMessageBatch": self._send_message_batch,
            "ReceiveMessage": self._receive_message,
            "DeleteMessage": self._delete_message,
            "DeleteMessageBatch": self._delete_message_batch,
            "ChangeMessageVisibility": self._change_visibility,
            "ChangeMessageVisibilityBatch": self._change_visibility_batch,
        }

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call; raise ApiError for what SQS refuses."""
        perform = self._operations.get(operation)
        if perform is None:
            raise ApiError("InvalidAction", f"{operation} is not played here.")
        return perform(parameters)

    # ── for whoever looks from outside ──────────────────────────────────────────────────────

    def next_visible(self, queue_url: str) -> datetime | None:
        """When a queue has something to receive, in the past where by now; None when it is empty.

        A receive at that moment may still give nothing: where the message's retention is over, or
        where it has been received so often that it is moved to the dead letters instead.
        """
        return self._queue(queue_url).next_visible()

    def messages(self, queue_url: str) -> list[QueuedMessage]:
        """Return what is in a queue, in the order in which it was sent."""
        now = self._clock()
        return [shown(message, now) for message in self._queue(queue_url).messages(now)]

    def dead(self, queue_url: str) -> list[QueuedMessage]:
        """Return what a queue has given up, from among the dead letters it names."""
        queue = self._queue(queue_url)
        redrive = queue.attributes.redrive
        grave = self._by_arn.get(redrive.target_arn) if redrive else None
        if grave is None:
            return []
        now = self._clock()
        return [shown(each, now) for each in grave.messages(now) if each.source == queue.arn]

    # ── queues ──────────────────────────────────────────────────────────────────────────────

    def _create_queue(self, parameters: Params) -> Output:
        name = str(parameters["QueueName"])
        attributes = QueueAttributes.new(name, texts(parameters, "Attributes"))
        url = self._url(name)
        known = self._queues.get(url)
        if known is not None and known.attributes != attributes:
            raise refusals.queue_exists(name)
        if known is None:
            self._check_redrive(attributes)
            queue = Queue(name, self._arn(name), attributes, self._by_arn.get, self._pick)
            self._queues[url] = self._by_arn[queue.arn] = queue
        return {"QueueUrl": url}

    def _get_queue_url(self, parameters: Params) -> Output:
        url = self._url(str(parameters["QueueName"]))
        owner = parameters.get("QueueOwnerAWSAccountId", self._home.account)
        if url not in self._queues or owner != self._home.account:
            raise refusals.no_such_queue()
        return {"QueueUrl": url}

    def _get_queue_attributes(self, parameters: Params) -> Output:
        queue = self._queue(parameters["QueueUrl"])
        found = described(queue, self._clock())
        names = parameters.get("AttributeNames", ())
        wanted = set(names) if isinstance(names, list | tuple) else set()
        shown = {name: text for name, text in found.items() if name in wanted or "All" in wanted}
        return {"Attributes": shown} if shown else {}

    def _set_queue_attributes(self, parameters: Params) -> Output:
        queue = self._queue(parameters["QueueUrl"])
        attributes = queue.attributes.changed(texts(parameters, "Attributes"))
        self._check_redrive(attributes)
        queue.attributes = attributes
        return {}

    # ── messages ────────────────────────────────────────────────────────────────────────────

    def _send_message(self, parameters: Params) -> Output:
        return self._send(self._queue(parameters["QueueUrl"]), parameters)

    def _send_message_batch(self, parameters: Params) -> Output:
        queue = self._queue(parameters["QueueUrl"])
        entries = entries_of(parameters)
        check_batch_size(entries)
        return self._batch("SendMessageBatch", entries, lambda entry: self._send(queue, entry))

    def _receive_message(self, parameters: Params) -> Output:
        queue = self._queue(parameters["QueueUrl"])
        most = whole(parameters, "MaxNumberOfMessages", 1)
        if not 1 <= most <= MOST_MESSAGES:
            reason = f"must be between 1 and {MOST_MESSAGES}, if provided."
            raise refusals.invalid(most, "MaxNumberOfMessages", reason)
        hidden = hidden_for(parameters)
        if hidden is None:
            hidden = queue.attributes.visibility
        messages = queue.receive(most, hidden, self._clock())
        return {"Messages": received(queue, messages, parameters)} if messages else {}

    def _delete_message(self, parameters: Params) -> Output:
        return self._delete(self._queue(parameters["QueueUrl"]), parameters)

    def _delete_message_batch(self, parameters: Params) -> Output:
        queue, entries = self._queue(parameters["QueueUrl"]), entries_of(parameters)
        return self._batch("DeleteMessageBatch", entries, lambda entry: self._delete(queue, entry))

    def _change_visibility(self, parameters: Params) -> Output:
        return self._hide(self._queue(parameters["QueueUrl"]), parameters)

    def _change_visibility_batch(self, parameters: Params) -> Output:
        queue, entries = self._queue(parameters["QueueUrl"]), entries_of(parameters)
        return self._batch(
            "ChangeMessageVisibilityBatch", entries, lambda entry: self._hide(queue, entry)
        )

    # ── one message ─────────────────────────────────────────────────────────────────────────

    def _send(self, queue: Queue, entry: Params) -> Output:
        return send(queue, entry, self._clock(), self._mint)

    def _mint(self) -> tuple[str, int]:
        return self._ids.uuid(), next(self._sequence)

    def _delete(self, queue: Queue, entry: Params) -> Output:
        handle = str(entry["ReceiptHandle"])
        message, receive = queue.by_handle(handle)
        if message is None:
            return {}
        if queue.attributes.fifo:
            if receive != message.receives or not message.in_flight(self._clock()):
                raise refusals.expired_handle(handle)
            queue.remove(message)
        elif receive == message.receives:
            # An earlier handle succeeds too, and "the message might not be deleted": here it is
            # not, for who relies on it would be wrong one day.
            queue.remove(message)
        return {}

    def _hide(self, queue: Queue, entry: Params) -> Output:
        hidden = hidden_for(entry)
        if hidden is None:
            raise refusals.missing("VisibilityTimeout")
        queue.hide(str(entry["ReceiptHandle"]), hidden, self._clock())
        return {}

    def _batch(
        self, operation: str, entries: Sequence[Params], perform: Callable[[Params], Output]
    ) -> Output:
        """Do something for each entry, and tell of each by itself what came of it."""
        done: list[Output] = []
        undone: list[Output] = []
        for entry in entries:
            name = str(entry["Id"])
            try:
                self._check_health(operation, name)
                done.append({"Id": name, **perform(entry)})
            except ApiError as error:
                undone.append(failed(name, error))
        return {"Successful": done, "Failed": undone}

    def _check_health(self, operation: str, entry: str) -> None:
        if self._ails(operation, entry):
            raise ApiError("InternalError", "SQS failed inside.", status=500)

    # ── names ───────────────────────────────────────────────────────────────────────────────

    def _queue(self, url: object) -> Queue:
        queue = self._queues.get(str(url))
        if queue is None:
            raise refusals.no_such_queue()
        return queue

    def _check_redrive(self, attributes: QueueAttributes) -> None:
        """Refuse dead letters in a queue that does not exist, or is of the other kind."""
        redrive = attributes.redrive
        if redrive is None:
            return
        grave = self._by_arn.get(redrive.target_arn)
        if grave is None or grave.attributes.fifo is not attributes.fifo:
            reason = "Dead letter target does not exist, or is no queue of the same type."
            raise refusals.invalid(redrive.target_arn, "RedrivePolicy", reason)

    def _url(self, name: str) -> str:
        return f"https://sqs.{self._home.region}.amazonaws.com/{self._home.account}/{name}"

    def _arn(self, name: str) -> str:
        home = self._home
        return f"arn:{home.partition}:sqs:{home.region}:{home.account}:{name}"
