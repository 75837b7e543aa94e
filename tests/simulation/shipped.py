"""What template.yaml says of functions and queues: the simulation lives by what is shipped."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from longshore_cli.patterns import compile_pattern
from tests.contract.template import QUEUE, functions, resources

_PLAIN = (
    "DeduplicationScope",
    "FifoQueue",
    "FifoThroughputLimit",
    "MessageRetentionPeriod",
    "VisibilityTimeout",
)

Matcher = Callable[[Mapping[str, object]], bool]


@dataclass(frozen=True, slots=True)
class Source:
    """What hands batches to a function."""

    batch: int
    retries: int | None = None
    meets: Matcher | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function with its event source."""

    timeout: timedelta
    source: Source | None


@cache
def function(logical_id: str) -> Function:
    """Return a function's settings."""
    found = functions()[logical_id]
    events = [event["Properties"] for event in found.get("Events", {}).values()]
    sources = [_source(event) for event in events if "BatchSize" in event]
    return Function(timedelta(seconds=found["Timeout"]), next(iter(sources), None))


@cache
def queue_attributes(logical_id: str) -> Mapping[str, str]:
    """Return a queue's attributes as CreateQueue takes them, without its dead letters'."""
    found = resources(QUEUE)[logical_id]
    return {name: _text(found[name]) for name in _PLAIN if name in found}


@cache
def receives(logical_id: str) -> int:
    """Return how often a message is received before it is a dead letter."""
    return int(resources(QUEUE)[logical_id]["RedrivePolicy"]["maxReceiveCount"])


def _source(event: Mapping[str, Any]) -> Source:
    filters = event.get("FilterCriteria", {}).get("Filters", [])
    meets = compile_pattern(json.loads(filters[0]["Pattern"])) if filters else None
    return Source(event["BatchSize"], event.get("MaximumRetryAttempts"), meets)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
