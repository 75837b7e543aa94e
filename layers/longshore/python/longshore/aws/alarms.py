"""Amazon CloudWatch's alarms."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.domain.alarms import Alarm, AlarmState
from longshore.domain.places import Home

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import (
        AlarmHistoryItemTypeDef,
        CompositeAlarmTypeDef,
        DescribeAlarmHistoryInputTypeDef,
        MetricAlarmTypeDef,
    )

NAMES_A_CALL = 100
"""What DescribeAlarms takes."""


class CloudWatchAlarms:
    """The alarms of any region of the account, of metrics and composite ones."""

    def __init__(self, gate: Gate, clients: Clients) -> None:
        """Call CloudWatch through `gate`."""
        self._gate = gate
        self._clients = clients

    def alarms(self, home: Home, names: Sequence[str]) -> Mapping[str, Alarm]:
        """Return those of the alarms that exist, by their names."""
        found: dict[str, Alarm] = {}
        for start in range(0, len(names), NAMES_A_CALL):
            reply = self._gate.call(
                self._clients.cloudwatch(home.region).describe_alarms,
                AlarmNames=list(names[start : start + NAMES_A_CALL]),
                AlarmTypes=["MetricAlarm", "CompositeAlarm"],
                MaxRecords=NAMES_A_CALL,
            )
            found |= {each["AlarmName"]: _alarm(each) for each in reply["MetricAlarms"]}
            found |= {each["AlarmName"]: _alarm(each) for each in reply["CompositeAlarms"]}
        return found

    def left_alarm(self, home: Home, names: Sequence[str], since: datetime) -> frozenset[str]:
        """Return which alarms were in ALARM at some moment from `since` on, and no longer are.

        Whatever left that state after `since` was in it until then.
        """
        return frozenset(name for name in names if self._has_left(home, name, since))

    def _has_left(self, home: Home, name: str, since: datetime) -> bool:
        return any(_left_alarm(item) for item in self._changes(home, name, since))

    def _changes(
        self, home: Home, name: str, since: datetime
    ) -> "Iterator[AlarmHistoryItemTypeDef]":
        request: DescribeAlarmHistoryInputTypeDef = {
            "AlarmName": name,
            "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
            "HistoryItemType": "StateUpdate",
            "StartDate": since,
        }
        client = self._clients.cloudwatch(home.region)
        while True:
            reply = self._gate.call(client.describe_alarm_history, **request)
            yield from reply.get("AlarmHistoryItems", ())
            if not reply.get("NextToken"):
                return
            request["NextToken"] = reply["NextToken"]


def _alarm(document: "MetricAlarmTypeDef | CompositeAlarmTypeDef") -> Alarm:
    since = document.get("StateTransitionedTimestamp")
    return Alarm(
        document["AlarmName"],
        AlarmState(document.get("StateValue", AlarmState.NO_DATA)),
        document.get("StateReason", ""),
        since.astimezone(UTC) if since else None,
    )


def _left_alarm(item: "AlarmHistoryItemTypeDef") -> bool:
    """Whether a change of state was one from ALARM; its text is JSON, of which little is needed."""
    try:
        old = json.loads(item.get("HistoryData", ""))["oldState"]["stateValue"]
    except (ValueError, KeyError, TypeError):
        return False
    return bool(old == AlarmState.ALARM)
