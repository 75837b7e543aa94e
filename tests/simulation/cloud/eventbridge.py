"""Amazon EventBridge in memory: what Longshore publishes, and how AWS's own events reach it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from longshore.domain.places import Home
from longshore_local.awsjson.errors import ApiError
from longshore_local.worlds.ids import Ids
from longshore_local.worlds.surroundings import HOME, Clock, Event
from tests.simulation.cloud.api import Output, Params
from tests.simulation.cloud.installed_rules import Target, clock_rules, event_rules

MOST_ENTRIES = 10
MOST_BYTES = 256 * 1024
"""All entries of a request together. The API reference has come to say 1 MB; the smaller limit is
the one that holds everywhere:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html"""
LONGEST_DETAIL_TYPE = 128
_TIME_BYTES = 14

To = Callable[[str, str], None]
"""Takes what a rule sends: `to(logical id of the queue, body)`."""

Ails = Callable[[str], bool]
"""Whether EventBridge fails inside for an entry, known by its detail."""


@dataclass(frozen=True, slots=True)
class PutEvent:
    """An event that a bus took; `time` is the one it was given, else when it was put."""

    id: str
    at: datetime
    time: datetime
    source: str
    detail_type: str
    detail: Mapping[str, object]


def well(_detail: str) -> bool:
    """Fail for no entry."""
    return False


class EventBridge:
    """The buses of one account and region, and the rules of one installation on the default bus.

    What is put on a bus stays there: no rule of the template listens on Longshore's own bus but
    the archive's. What is put on a bus that does not exist is taken and lost, as on AWS
    (https://github.com/aws/aws-cli/issues/9186); so is a detail type that is too long.
    """

    def __init__(
        self,
        clock: Clock,
        ids: Ids | None = None,
        *,
        to: To,
        home: Home = HOME,
        ails: Ails = well,
    ) -> None:
        """Send what rules match to `to`; `ails` fails entries that are put."""
        self._clock = clock
        self._ids = ids or Ids("events")
        self._to = to
        self._home = home
        self._ails = ails
        self._buses: dict[str, list[PutEvent]] = {"default": []}
        self._operations: Mapping[str, Callable[[Params], Output]] = {
            "CreateEventBus": self._create_event_bus,
            "PutEvents": self._put_events,
        }

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call; raise ApiError for what EventBridge refuses."""
        perform = self._operations.get(operation)
        if perform is None:
            raise ApiError("UnknownOperationException", f"{operation} is not played here.")
        return perform(parameters)

    def put(self, bus: str) -> list[PutEvent]:
        """Return what was put on a bus, by its name, in its order."""
        return list(self._buses[bus])

    # ── AWS's own events, and the clocks ────────────────────────────────────────────────────

    def deliver(self, event: Event) -> tuple[str, ...]:
        """Send an AWS event to the targets of the rules it meets; return these rules' names."""
        possible = event_rules(event.get("source"), event.get("detail-type"))
        met = [rule for rule in possible if rule.matches(event)]
        body = _compact(event) if met else ""
        for rule in met:
            self._send(rule.targets, body)
        return tuple(rule.name for rule in met)

    def fire(self, clock_rule: str) -> None:
        """Let a rule with a schedule start, `TickRule` or `SweepRule`."""
        self._send(clock_rules()[clock_rule].targets, "{}")

    def _send(self, targets: tuple[Target, ...], body: str) -> None:
        for target in targets:
            self._to(target.queue, body if target.body is None else target.body)

    # ── events of our own ───────────────────────────────────────────────────────────────────

    def _create_event_bus(self, parameters: Params) -> Output:
        name = str(parameters["Name"])
        if name in self._buses:
            message = f"Event bus {name} already exists."
            raise ApiError("ResourceAlreadyExistsException", message)
        self._buses[name] = []
        home = self._home
        arn = f"arn:{home.partition}:events:{home.region}:{home.account}:event-bus/{name}"
        return {"EventBusArn": arn}

    def _put_events(self, parameters: Params) -> Output:
        entries = parameters["Entries"]
        assert isinstance(entries, list | tuple)
        if not 1 <= len(entries) <= MOST_ENTRIES:
            raise _unfit(f"entries must have a length from 1 to {MOST_ENTRIES}")
        if sum(map(_size, entries)) > MOST_BYTES:
            raise _unfit("Total size of the entries in the request is over the limit.")
        results = [self._put_event(entry) for entry in entries]
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedEntryCount": failed, "Entries": results}

    def _put_event(self, entry: Params) -> Output:
        try:
            detail = _detail(entry)
        except ApiError as error:
            return {"ErrorCode": error.code, "ErrorMessage": error.message}
        if self._ails(str(entry["Detail"])):
            return {"ErrorCode": "InternalFailure", "ErrorMessage": "EventBridge failed inside."}
        now, name = self._clock(), self._ids.uuid()
        bus = self._buses.get(str(entry.get("EventBusName", "default")).rpartition("/")[2])
        detail_type = str(entry["DetailType"])
        if bus is not None and len(detail_type) <= LONGEST_DETAIL_TYPE:
            time = entry.get("Time", now)
            assert isinstance(time, datetime)
            bus.append(PutEvent(name, now, time, str(entry["Source"]), detail_type, detail))
        return {"EventId": name}


def _detail(entry: Params) -> Mapping[str, object]:
    """Return the detail of an entry; raise ApiError for an entry that is refused by itself."""
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            message = f"Parameter {name} is not valid. Reason: {name} is a required argument."
            raise ApiError("InvalidArgument", message)
    if str(entry["Source"]).startswith("aws."):
        raise ApiError("NotAuthorizedForSourceException", "Not authorized for the source.")
    try:
        detail = json.loads(str(entry["Detail"]))
    except ValueError as error:
        raise _malformed() from error
    if not isinstance(detail, dict):
        raise _malformed()
    return detail


def _size(entry: Params) -> int:
    """Return the size of an entry as EventBridge counts it."""
    texts = (entry.get("Source", ""), entry.get("DetailType", ""), entry.get("Detail", ""))
    resources = entry.get("Resources", ())
    assert isinstance(resources, list | tuple)
    time = _TIME_BYTES if "Time" in entry else 0
    return time + sum(len(str(text).encode()) for text in (*texts, *resources))


def _malformed() -> ApiError:
    return ApiError("MalformedDetail", "Detail is malformed.")


def _unfit(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def _compact(event: Event) -> str:
    return json.dumps(event, separators=(",", ":"))
