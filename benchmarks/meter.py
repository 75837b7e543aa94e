"""What AWS would bill for, counted from every call of a simulated deployment."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Any

from longshore.aws.calls import AwsCall
from tests.simulation.cruise import Cruise
from tests.simulation.fleet import Fleet

READ_BYTES, WRITE_BYTES = 4096, 1024
"""What one unit reads, and writes."""

A_MOMENT = timedelta(seconds=20)
"""In which a tick or a sweep is over, and the clocks do not strike by themselves."""


@dataclass
class Meter:
    """Counts units; `workers` are the invocations that made any call, by function."""

    units: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    workers: set[str] = field(default_factory=set)
    calls: int = 0
    _due: dict[str, Any] = field(default_factory=dict)

    def hear(self, worker: str, call: AwsCall, reply: Any) -> None:  # noqa: ANN401 - any answer
        """Count a call."""
        self.workers.add(worker)
        self.calls += 1
        match call.service:
            case "dynamodb":
                self._ledger(call, reply)
            case "sqs":
                fifo = call.parameters["QueueUrl"].endswith(".fifo")
                self.units["sqs fifo" if fifo else "sqs standard"] += 1
            case "events":
                self.units["custom events"] += len(call.parameters["Entries"])
            case "sns":
                self.units["notices"] += 1
            case _:
                self.units[f"{call.service} calls"] += 1

    def invocations(self) -> Counter[str]:
        """Return how often each function was invoked."""
        return Counter(worker.rpartition("-")[0] for worker in self.workers)

    def _ledger(self, call: AwsCall, reply: Any) -> None:  # noqa: ANN401 - any answer
        request = call.parameters
        match call.operation:
            case "GetItem" | "Query":
                found = reply.get("Items") or [reply.get("Item", {})]
                self._read(found, request)
            case "BatchGetItem":  # each item is rounded up by itself
                for table, asked in request["RequestItems"].items():
                    for item in reply["Responses"][table]:
                        self._read([item], asked)
            case "TransactWriteItems":
                for write in _members(request):
                    self.units["writes"] += 2 * _units(write) + self._in_index(write)
            case _:
                self.units["writes"] += _units(request) + self._in_index(request)

    def _read(self, items: Sequence[Mapping[str, Any]], asked: Mapping[str, Any]) -> None:
        units = max(1, ceil(sum(map(_size, items)) / READ_BYTES))
        self.units["reads"] += units if asked.get("ConsistentRead") else units / 2

    def _in_index(self, write: Mapping[str, Any]) -> int:
        """Return the units that the index of what is due takes: one to leave, one to enter."""
        item = write.get("Item", write.get("Key"))
        key = json.dumps([item["pk"], item["sk"]])
        before = self._due.get(key)
        now = item.get("due_at") if "Item" in write else before
        if "REMOVE due_at" in write.get("UpdateExpression", ""):
            now = None
        self._due[key] = now
        return 0 if now == before else (before is not None) + (now is not None)


def _members(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for member in request["TransactItems"]:
        yield from member.values()


def _units(write: Mapping[str, Any]) -> int:
    """Return the units of the item of one write; what is updated in place is below one."""
    return max(1, ceil(_size(write.get("Item", {})) / WRITE_BYTES))


def _size(item: Mapping[str, Any]) -> int:
    """Return the bytes of an item: its names, and its values as texts; numbers take no more."""
    return sum(
        len(name) + len(str(each).encode())
        for name, value in item.items()
        for each in value.values()
    )


@dataclass(frozen=True, slots=True)
class Metered:
    """The units of one deployment, of one tick and of one sweep of one stage."""

    deployment: Meter
    tick: Meter
    sweep: Meter


def measure() -> Metered:
    """Deploy once to a stage of one service, then let one tick and one sweep pass."""
    cruise = Cruise(Fleet(applications=1, stages=1, services=1))
    cruise.set_up()
    cruise.world.count_anew()
    deployment = _heard(cruise, lambda: cruise.push(0), timedelta(minutes=4))
    if not cruise.world.moves or cruise.world.watch.broken:
        raise RuntimeError("nothing was deployed, or not as promised")
    events = cruise.world.cloud.events
    tick = _heard(cruise, lambda: events.fire("TickRule"), A_MOMENT)
    sweep = _heard(cruise, lambda: events.fire("SweepRule"), A_MOMENT)
    return Metered(deployment, tick, sweep)


def _heard(cruise: Cruise, happens: Callable[[], object], lasts: timedelta) -> Meter:
    meter = Meter()
    cruise.world.witness = meter.hear
    happens()
    cruise.pass_time(lasts)
    if not cruise.is_over():
        raise RuntimeError(f"after {lasts} there was still something under way")
    return meter
