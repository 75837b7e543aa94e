"""CloudWatch's alarms on moto, and what moto does not play by a script."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from longshore.aws.alarms import NAMES_A_CALL, CloudWatchAlarms
from longshore.aws.clients import Clients
from longshore.aws.gate import Gate, Recorder
from longshore.domain.alarms import Alarm, AlarmState
from tests.support.alarm_fakes import put_alarm
from tests.support.answers import Answers
from tests.support.builders import HOME

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def turn(clients: Clients, name: str, state: AlarmState) -> None:
    clients.cloudwatch(HOME.region).set_alarm_state(
        AlarmName=name, StateValue=state.value, StateReason="tried"
    )


def test_alarms_are_shown_as_they_are_and_those_that_are_not_are_absent(clients: Clients) -> None:
    put_alarm(clients.cloudwatch(HOME.region), "shop-5xx")
    turn(clients, "shop-5xx", AlarmState.ALARM)

    found = CloudWatchAlarms(Gate(), clients).alarms(HOME, ["shop-5xx", "none"])

    assert [replace(alarm, since=None) for alarm in found.values()] == [
        Alarm("shop-5xx", AlarmState.ALARM, "tried")
    ]


def test_since_when_an_alarm_is_as_it_is_is_told_where_cloudwatch_says_so() -> None:
    shown = [
        {"AlarmName": "told", "StateValue": "OK", "StateTransitionedTimestamp": NOON},
        {"AlarmName": "untold"},
    ]
    script = Answers([{"MetricAlarms": shown, "CompositeAlarms": []}])

    found = CloudWatchAlarms(Gate(script), Clients()).alarms(HOME, ["told", "untold"])

    assert found == {
        "told": Alarm("told", AlarmState.OK, since=NOON),
        "untold": Alarm("untold", AlarmState.NO_DATA),
    }


def test_many_alarms_take_as_many_calls_as_they_must(clients: Clients) -> None:
    calls = Recorder()
    names = [f"alarm-{number}" for number in range(NAMES_A_CALL + 1)]

    CloudWatchAlarms(Gate(calls), clients).alarms(HOME, names)

    assert calls.count("cloudwatch:DescribeAlarms") == 1 + 1


def change(old: str, new: str) -> dict[str, object]:
    data = {"oldState": {"stateValue": old}, "newState": {"stateValue": new}}
    return {"AlarmName": "shop-5xx", "HistoryData": json.dumps(data)}


def left(*pages: list[dict[str, object]]) -> frozenset[str]:
    replies = [
        {"AlarmHistoryItems": page, **({"NextToken": "more"} if page is not pages[-1] else {})}
        for page in pages
    ]
    alarms = CloudWatchAlarms(Gate(Answers(replies)), Clients())
    return alarms.left_alarm(HOME, ["shop-5xx"], NOON)


def test_an_alarm_that_left_its_state_is_known_by_its_history() -> None:
    assert left([change("OK", "ALARM")], [change("ALARM", "OK")]) == {"shop-5xx"}


def test_an_alarm_that_only_began_to_fire_has_not_left_it() -> None:
    assert left([change("OK", "ALARM"), change("INSUFFICIENT_DATA", "OK")]) == frozenset()


def test_a_history_that_cannot_be_read_tells_of_nothing() -> None:
    assert left([{"AlarmName": "shop-5xx", "HistoryData": "state"}, {}]) == frozenset()
