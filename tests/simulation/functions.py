"""Lambda: invocations of the functions, and the event sources that cause them."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any
from zlib import crc32

from longshore.runtime.batch import BatchFailedError
from longshore_local.awsjson.errors import ApiError
from tests.simulation.cloud.sqs import Sqs
from tests.simulation.installation import Environment, Event, Stack
from tests.simulation.kernel import Kernel
from tests.simulation.shipped import function
from tests.simulation.story import Story
from tests.simulation.weather import Weather
from tests.simulation.workers import Passage, SimulatedClock, Worker, WorkerDied, current_worker

Then = Callable[[Any], None]
"""Takes a function's answer, None when it died or failed as a whole."""

Groups = frozenset[str]
NO_GROUPS: Groups = frozenset()

POLL = timedelta(milliseconds=40)
SECOND_WORKER_WITHIN = timedelta(seconds=5)
COLD_STARTS = 0.1
SHARDS = 2
OUTBOX = {"S": "outbox"}
TRIED_AGAIN_AFTER = timedelta(seconds=1)


class Lambda:
    """Runs the functions in sandboxes that are kept warm, or started cold."""

    def __init__(
        self, kernel: Kernel, weather: Weather, story: Story, stack: Stack, passage: Passage
    ) -> None:
        self.kernel = kernel
        self.weather = weather
        self._story = story
        self._stack = stack
        self._passage = passage
        self._warm: dict[str, list[Environment]] = {}
        self._numbers = count(1)
        self.defects: list[Exception] = []

    def forget_sandboxes(self) -> None:
        """Start everything cold from here on, as after an upgrade."""
        self._warm.clear()

    def invoke(
        self,
        name: str,
        event: Event,
        then: Then,
        *,
        groups: Groups = NO_GROUPS,
        second: bool = False,
    ) -> None:
        """Run a function with an event; `groups` are the stages that it works on."""
        environment = self._environment(name)
        worker = Worker(
            f"{name.lower()}-{next(self._numbers)}",
            lambda: self._run(name, environment, event, then),
            started=self.kernel.now,
            timeout=function(name).timeout,
        )
        worker.groups, worker.is_second = groups, second
        self.kernel.start(worker)

    def _environment(self, name: str) -> Environment:
        warm = self._warm.setdefault(name, [])
        if warm and not self.weather.chance(COLD_STARTS):
            return warm.pop()
        return Environment(self._stack, self.weather.skew())

    def _run(self, name: str, environment: Environment, event: Event, then: Then) -> None:
        worker = current_worker()
        assert worker is not None
        clock = SimulatedClock(self.kernel, worker, environment.skew)
        answer = None
        try:
            answer = getattr(environment, _HANDLERS[name])(event, clock)
            self._warm.setdefault(name, []).append(environment)
        except WorkerDied:
            self._story.tell(self.kernel.now, worker.name, "dies")
        except BatchFailedError:
            self._story.mark(self.kernel.now, worker.name, "fails as a whole")
        except Exception as error:  # noqa: BLE001  whatever it is: no handler may raise it
            self.defects.append(error)
        finally:
            self._passage.end(worker)
        self.kernel.at(self.kernel.now, lambda: then(answer))


_HANDLERS = {
    "Router": "route",
    "Reconciler": "reconcile",
    "Announcer": "announce",
    "Notifier": "notify",
    "Control": "control",
    "PipelineJob": "pipeline_job",
    "Webhook": "webhook",
    "PipelineStart": "pipeline_start",
}


@dataclass
class QueueSource:
    """Hands a queue's messages to a function, as an event source mapping does.

    What the function answers decides what is deleted; the rest becomes visible again in its time.
    """

    runtime: Lambda
    sqs: Sqs
    queue: str
    name: str
    most: int
    on: bool = True
    running: int = 0
    _armed: datetime | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits in the queue or is under way."""
        return self.running == 0 and self.sqs.next_visible(self.queue) is None

    def arm(self) -> None:
        """See to it that whatever can be received is received in time."""
        due = self.sqs.next_visible(self.queue) if self.on and self.running < self.most else None
        if due is None:
            return
        when = max(due, self.runtime.kernel.now) + POLL
        if self._armed is None or when < self._armed:
            self._armed = when
            self.runtime.kernel.at(when, partial(self._poll, when))

    def _poll(self, planned: datetime) -> None:
        if self._armed != planned:
            return
        self._armed = None
        if not self.on or self.running >= self.most:
            return
        source = function(self.name).source
        request = {
            "QueueUrl": self.queue,
            "MaxNumberOfMessages": source.batch if source else 1,
            "MessageSystemAttributeNames": ["All"],
        }
        messages: Any = self.sqs.call("ReceiveMessage", request).get("Messages", [])
        if messages:
            self._hand_over(messages)
        self.arm()

    def _hand_over(self, messages: Sequence[Mapping[str, Any]]) -> None:
        event = {"Records": [_record(message) for message in messages]}
        groups = frozenset(m["Attributes"].get("MessageGroupId", "") for m in messages) - {""}
        work = groups if self.name == "Reconciler" else frozenset()
        self.running += 1
        self.runtime.invoke(self.name, event, partial(self._done, messages), groups=work)
        weather, kernel = self.runtime.weather, self.runtime.kernel
        if weather.has_second_worker():
            invoke = self.runtime.invoke
            again = partial(invoke, self.name, event, _ignore, groups=work, second=True)
            kernel.after(weather.how_long(SECOND_WORKER_WITHIN), again)

    def _done(self, messages: Sequence[Mapping[str, Any]], answer: Any) -> None:
        self.running -= 1
        if answer is not None:
            again = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            for message in messages:
                if message["MessageId"] not in again:
                    self._delete(message)
        self.arm()

    def _delete(self, message: Mapping[str, Any]) -> None:
        """Delete a message that is done with; one whose time was over comes again."""
        request = {"QueueUrl": self.queue, "ReceiptHandle": message["ReceiptHandle"]}
        with suppress(ApiError):
            self.sqs.call("DeleteMessage", request)


def _record(message: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "messageId": message["MessageId"],
        "body": message["Body"],
        "attributes": message["Attributes"],
    }


def _ignore(_: object) -> None:
    """Nobody waits for this answer."""


@dataclass
class StreamSource:
    """Hands the table's changes to the announcer: each shard in order, one batch at a time."""

    runtime: Lambda
    name: str = "Announcer"
    dead: list[Mapping[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting: list[deque[Mapping[str, Any]]] = [deque() for _ in range(SHARDS)]
        self._busy = [False] * SHARDS
        self._failures = [0] * SHARDS

    def take(self, record: Mapping[str, Any]) -> None:
        """Take a change that the filter lets through."""
        source = function(self.name).source
        image = record["dynamodb"].get("NewImage", {})
        if image.get("kind") != OUTBOX or source is None:  # most are not, and a pattern is slow
            return
        if source.meets and not source.meets(record):
            return
        shard = crc32(record["dynamodb"]["Keys"]["pk"]["S"].encode()) % SHARDS
        self._waiting[shard].append(record)
        self._hand_over_later(shard, POLL)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits or is under way."""
        return not any(self._busy) and not any(self._waiting)

    def _hand_over_later(self, shard: int, delay: timedelta) -> None:
        if not self._busy[shard]:
            self._busy[shard] = True
            self.runtime.kernel.after(delay, partial(self._hand_over, shard))

    def _hand_over(self, shard: int) -> None:
        source, failures = function(self.name).source, self._failures[shard]
        size = max(1, (source.batch if source else 1) >> failures)  # bisected on each failure
        batch = list(self._waiting[shard])[:size]
        event = {"Records": batch}
        self.runtime.invoke(self.name, event, partial(self._done, shard, batch))

    def _done(self, shard: int, batch: Sequence[Mapping[str, Any]], answer: Any) -> None:
        self._busy[shard] = False
        done = _done_of(batch, answer)
        for _ in range(done):
            self._waiting[shard].popleft()
        self._failures[shard] = 0 if done else self._failures[shard] + 1
        source = function(self.name).source
        if self._failures[shard] > (source.retries or 0 if source else 0):
            self.dead.append(self._waiting[shard].popleft())
            self._failures[shard] = 0
        if self._waiting[shard]:
            self._hand_over_later(shard, TRIED_AGAIN_AFTER * (1 << self._failures[shard]))


def _done_of(batch: Sequence[Mapping[str, Any]], answer: Any) -> int:
    """Return how many records are done with: all before the first that has to come again."""
    if answer is None:
        return 0
    again = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
    return next((i for i, number in enumerate(numbers) if number in again), len(numbers))
