"""Amazon CloudWatch in memory: alarms and the history of their states. No metric is played."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from longshore.domain.places import Home
from longshore_local.awsjson.errors import ApiError
from longshore_local.worlds.surroundings import HOME, Clock
from tests.simulation.cloud.api import Output, Params

OK, ALARM, NO_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

HISTORY_A_PAGE = 2
"""So small that the pages of answers matter; CloudWatch gives a hundred."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an alarm's state."""

    at: datetime
    was: str
    state: str
    reason: str


@dataclass(slots=True)
class AlarmPlayed:
    """An alarm with every change of its state, the first being how it began."""

    name: str
    changes: list[Change] = field(default_factory=list)

    @property
    def last(self) -> Change:
        """The change to the state that it is in."""
        return self.changes[-1]


class CloudWatch:
    """The alarms of one account and region."""

    def __init__(self, clock: Clock, *, home: Home = HOME) -> None:
        """Begin without alarms."""
        self._clock = clock
        self._home = home
        self._alarms: dict[str, AlarmPlayed] = {}
        self._operations: Mapping[str, Callable[[Params], Output]] = {
            "DescribeAlarms": self._describe_alarms,
            "DescribeAlarmHistory": self._describe_alarm_history,
        }

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call; raise ApiError for what CloudWatch refuses."""
        perform = self._operations.get(operation)
        if perform is None:
            raise ApiError("InvalidAction", f"{operation} is not played here.")
        return perform(parameters)

    # ── what metrics and people do ──────────────────────────────────────────────────────────

    def turn(self, name: str, state: str, reason: str) -> bool:
        """Bring an alarm to a state, making it if need be; return whether it was in another."""
        alarm = self._alarms.setdefault(name, AlarmPlayed(name))
        was = alarm.last.state if alarm.changes else NO_DATA
        if alarm.changes and was == state:
            return False
        alarm.changes.append(Change(self._clock(), was, state, reason))
        return True

    def delete(self, name: str) -> None:
        """Delete an alarm, with its history: CloudWatch shows that of no alarm that is gone."""
        self._alarms.pop(name, None)

    def find(self, name: str) -> AlarmPlayed | None:
        """Return an alarm, None where there is none of the name."""
        return self._alarms.get(name)

    # ── operations ──────────────────────────────────────────────────────────────────────────

    def _describe_alarms(self, parameters: Params) -> Output:
        names = parameters["AlarmNames"]
        assert isinstance(names, Sequence)
        found = [self._alarms[name] for name in names if name in self._alarms]
        return {"MetricAlarms": [self._view(alarm) for alarm in found], "CompositeAlarms": []}

    def _describe_alarm_history(self, parameters: Params) -> Output:
        since = parameters["StartDate"]
        assert isinstance(since, datetime)
        alarm = self._alarms.get(str(parameters["AlarmName"]))
        changes = [each for each in reversed(alarm.changes) if each.at >= since] if alarm else []
        start = int(str(parameters.get("NextToken", 0)))
        page = changes[start : start + HISTORY_A_PAGE]
        more = start + HISTORY_A_PAGE < len(changes)
        token = {"NextToken": str(start + HISTORY_A_PAGE)} if more else {}
        name = str(parameters["AlarmName"])
        return {"AlarmHistoryItems": [_item(name, each) for each in page], **token}

    def _view(self, alarm: AlarmPlayed) -> Output:
        home = self._home
        return {
            "AlarmName": alarm.name,
            "AlarmArn": f"arn:{home.partition}:cloudwatch:{home.region}:{home.account}"
            f":alarm:{alarm.name}",
            "StateValue": alarm.last.state,
            "StateReason": alarm.last.reason,
            "StateTransitionedTimestamp": alarm.last.at,
        }


def _item(name: str, change: Change) -> Output:
    states = {"oldState": {"stateValue": change.was}, "newState": {"stateValue": change.state}}
    return {
        "AlarmName": name,
        "AlarmType": "MetricAlarm",
        "Timestamp": change.at,
        "HistoryItemType": "StateUpdate",
        "HistorySummary": f"Alarm updated from {change.was} to {change.state}",
        "HistoryData": json.dumps({"version": "1.0", **states}),
    }
