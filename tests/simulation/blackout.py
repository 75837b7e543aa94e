"""A world in which ECS can be away, as it is when a region has a bad day.

Half of the calls fail inside AWS, half get no answer at all: then who calls waits, as long and as
often as the clients of `longshore.aws.clients` are told to.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from longshore.aws.calls import AwsCall
from longshore.aws.clients import READS, WRITES
from longshore.aws.gate import Perform
from longshore_local.awsjson.errors import ApiError
from tests.contract.template import parameters
from tests.simulation.cloud.api import TransactionCanceled
from tests.simulation.cloud.clients import client_error
from tests.simulation.plan import Plan
from tests.simulation.story import Story
from tests.simulation.weather import Weather
from tests.simulation.workers import Worker
from tests.simulation.world import World

TIMED_OUT = 0.5
AT_THE_ITEM = timedelta(milliseconds=10)
"""So long a transaction keeps an item: another worker's that comes meanwhile is cancelled."""

Witness = Callable[[str, AwsCall, Any], None]
"""Is told of each call that had an answer: by which worker, and what."""

_QUICK = timedelta(milliseconds=4)
_WRITING = frozenset({"RegisterTaskDefinition", "UpdateService"})
_PAUSES = 1.0
"""Seconds that botocore waits between attempts, on average; after each one twice as long."""


class Steady(Weather):
    """Weather in which nothing fails and calls take time, as little as they take on AWS.

    Quick calls are the harder case: whoever comes too often then comes more often still.
    """

    def __init__(self, plan: Plan, story: Story) -> None:
        super().__init__(plan.climate, plan.seed, story, frozenset())
        self.hurried = True

    def latency(self) -> timedelta:
        """Return how long half a call takes: no time while the world is set up."""
        return timedelta() if self.hurried else _QUICK * (1 + 4 * self._rng.random() ** 4)


class Blackout(World):
    """A world with an ECS that can go away, and where everybody's calls are counted."""

    def __init__(self, plan: Plan) -> None:
        self.steady: Steady
        super().__init__(plan, sky=self._sky, validated=False)
        for source in self.sources.values():
            source.most = parameters()["MaximumConcurrency"]["Default"]
        self.calls = Counter[str]()
        self.throttled = Counter[str]()
        self.moves: list[datetime] = []
        self.on_the_way = Counter[str]()
        self.pushes: list[dict[str, object]] = []
        self.witness: Witness = _look_away
        self._moved: set[tuple[str, str]] = set()
        self.is_down = False
        self._is_deaf = False
        self._at_items: dict[str, tuple[Worker, datetime]] = {}

    def _sky(self, story: Story) -> Weather:
        self.steady = Steady(self.plan, story)
        return self.steady

    def go_down(self) -> None:
        """Take ECS away, and every event of AWS with it."""
        self.steady.hurried = False
        self.is_down = self._is_deaf = True

    def come_back(self, *, deaf: bool) -> None:
        """Bring ECS back, and count from now on."""
        self.is_down, self._is_deaf = False, deaf
        self.count_anew()

    def count_anew(self) -> None:
        """Let calls take their time, if they did not yet, and count them from now on."""
        self.steady.hurried = False
        self.calls.clear()
        self.on_the_way.clear()
        self._moved.clear()
        self.throttled.clear()
        self.moves.clear()

    @property
    def dead_letters(self) -> int:
        """How many messages were given up, in the table's stream too."""
        queued = sum(len(self.cloud.sqs.dead(each.queue)) for each in self.sources.values())
        return queued + len(self.stream.dead)

    # ── what befalls events and calls ───────────────────────────────────────────────────────

    def _happened(self, event: dict[str, object]) -> None:
        if event["source"] == "aws.ecr":
            self.pushes.append(event)
        if self._is_deaf:
            self.truth.hear(event, self.kernel.now)
        else:
            super()._happened(event)

    def _effect(self, worker: Worker, call: AwsCall, perform: Perform) -> Any:
        self.calls[call.action] += 1
        if call.service == "ecs" and self._is_on_the_way(call.parameters):
            self.on_the_way[call.operation] += 1
        if self.is_down and call.service == "ecs":
            self._refuse(call)
        self._keep_apart(worker, call)
        try:
            reply = super()._effect(worker, call, perform)
        except ClientError as error:
            self.throttled[call.action] += error.response["Error"]["Code"] == "ThrottlingException"
            raise
        self.witness(worker.name, call, reply)
        if call.operation == "UpdateService":
            self.moves.append(self.kernel.now)
            self._moved.add((call.parameters["cluster"], call.parameters["service"]))
        return reply

    def _is_on_the_way(self, request: Mapping[str, Any]) -> bool:
        """Whether a call to ECS is not only about services that have been moved already."""
        named = {(request.get("cluster", ""), name) for name in request.get("services", [""])}
        return not named <= self._moved

    def _refuse(self, call: AwsCall) -> None:
        """Fail a call as its client does, after all of its attempts."""
        self.passage.at_work = None  # others go on while this one waits
        config: Any = WRITES if call.operation in _WRITING else READS
        attempts = config.retries["total_max_attempts"]
        pauses = timedelta(seconds=_PAUSES * (2 ** (attempts - 1) - 1))
        if self.weather.chance(TIMED_OUT):
            self.kernel.pause(pauses + attempts * timedelta(seconds=config.read_timeout))
            raise ReadTimeoutError(endpoint_url=f"memory://{call.service}")
        if pauses:
            self.kernel.pause(pauses)
        internal = ApiError("ServerException", "Service Unavailable.", status=503)
        raise client_error(internal, call.operation)

    def _keep_apart(self, worker: Worker, call: AwsCall) -> None:
        """Cancel a transaction that meets another one at the same bucket.

        One that was cancelled keeps nothing, and one that was answered is over for its worker.
        """
        bucket = _bucket(call.parameters) if call.operation == "TransactWriteItems" else None
        if bucket is None:
            return
        who, when = self._at_items.get(bucket, (worker, self.kernel.now))
        if who is not worker and self.kernel.now - when < AT_THE_ITEM:
            met = TransactionCanceled([{"Code": "TransactionConflict"}])
            raise client_error(met, call.operation)
        self._at_items[bucket] = worker, self.kernel.now


def _look_away(_worker: str, _call: AwsCall, _reply: object) -> None:
    """Nobody is interested."""


def _bucket(request: Mapping[str, Any]) -> str | None:
    """Return the key of the bucket that a transaction takes a token from."""
    key = request["TransactItems"][-1].get("Update", {}).get("Key")
    is_one = key is not None and key["pk"]["S"].startswith("bucket#")
    return f"{key['pk']['S']} {key['sk']['S']}" if is_one else None
