"""Longshore says so when it is ill itself."""

import pytest

from longshore.runtime.observability import CHAT_REFUSED, STARTS_REFUSED, SWEEP_COMPLETED
from tests.contract.cloudformation import Tree
from tests.contract.template import ALARM, att, environment, functions, ref, resource, resources

ALARMS = resources(ALARM)


@pytest.mark.parametrize(("name", "alarm"), ALARMS.items())
def test_an_alarm_tells_of_trouble_and_of_its_end(name: str, alarm: Tree) -> None:
    assert alarm["AlarmActions"] == alarm["OKActions"] == [ref("Topic")], name
    assert alarm.get("ActionsEnabled", True)
    assert alarm["AlarmDescription"].endswith(".")


@pytest.mark.parametrize("name", functions())
def test_an_error_of_a_function_raises_an_alarm(name: str) -> None:
    alarm = ALARMS[f"{name}ErrorsAlarm"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": ref(name)}]
    assert (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
        "Sum",
        "GreaterThanThreshold",
        0,
    )


def test_old_work_raises_an_alarm() -> None:
    alarm = ALARMS["OldestWorkAlarm"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateAgeOfOldestMessage")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": att("Work", "QueueName")}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 900)


def test_a_late_outbox_raises_an_alarm() -> None:
    alarm = ALARMS["AnnouncerLagAlarm"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "IteratorAge")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": ref("Announcer")}]
    assert alarm["Threshold"] == 900 * 1000


def test_a_missing_sweep_raises_an_alarm() -> None:
    alarm = ALARMS["SweepMissingAlarm"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("Longshore", SWEEP_COMPLETED)
    service = environment("Router")["POWERTOOLS_SERVICE_NAME"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": service}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["Period"], alarm["Statistic"]) == (3600, "Sum")


def test_a_channel_that_slack_refuses_raises_an_alarm_where_slack_is_told() -> None:
    alarm = ALARMS["SlackRefusedAlarm"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("Longshore", CHAT_REFUSED)
    service = environment("Notifier")["POWERTOOLS_SERVICE_NAME"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": service}]
    assert resource("SlackRefusedAlarm")["Condition"] == "TellsSlack"


def test_a_start_that_aws_refuses_raises_an_alarm() -> None:
    alarm = ALARMS["StartsRefusedAlarm"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("Longshore", STARTS_REFUSED)
    service = environment("PipelineStart")["POWERTOOLS_SERVICE_NAME"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": service}]


def test_silence_is_trouble_for_the_sweep_alone() -> None:
    silent = {name for name, alarm in ALARMS.items() if alarm["TreatMissingData"] == "breaching"}

    assert silent == {"SweepMissingAlarm"}
    assert {alarm["TreatMissingData"] for alarm in ALARMS.values()} == {"breaching", "notBreaching"}
