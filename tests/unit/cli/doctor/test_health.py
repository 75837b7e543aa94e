"""Judgements on the parts of an installation: queues, functions, rules, alarms, the clock."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from longshore.runtime.observability import SWEEP_COMPLETED as WRITTEN
from longshore_cli.doctor import health, installation
from longshore_cli.doctor.findings import Check, Finding, Status
from longshore_cli.doctor.queues import (
    Queue,
    dead_letter_sources,
    judge_dead_letters,
    judge_queue,
)

CHECK = Check("some", "installation longshore")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARN = "arn:aws:sqs:eu-central-1:123456789012:inbox-dead"
URL = "https://sqs.invalid/inbox-dead"


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def queue(
    depth: int,
    oldest: timedelta | None = None,
    *,
    in_flight: int = 0,
    source_of: tuple[str, ...] = (),
) -> Queue:
    return Queue("Inbox", URL, ARN, depth, in_flight, oldest, source_of)


def status(finding: Finding) -> Status:
    """Everything that is not well says what to do next, and what is well does not."""
    assert bool(finding.next_step) is (finding.status is not Status.OK)
    return finding.status


def test_the_metric_is_the_one_that_the_router_writes() -> None:
    assert installation.SWEEP_COMPLETED == WRITTEN


@pytest.mark.parametrize(
    ("found", "wanted", "said"),
    [
        (queue(0), Status.OK, "0 waiting, 0 in flight"),
        (queue(7, minutes(2)), Status.OK, "7 waiting, 0 in flight; the oldest for 2 min"),
        (queue(7), Status.OK, "CloudWatch does not say yet"),
        (queue(7, minutes(16)), Status.PROBLEM, "the oldest has waited 16 min"),
        (queue(0, minutes(16), in_flight=1), Status.PROBLEM, "the oldest has waited 16 min"),
        (queue(0, minutes(16)), Status.OK, "0 waiting"),
    ],
)
def test_a_queue_is_as_ill_as_its_oldest_message(found: Queue, wanted: Status, said: str) -> None:
    finding = judge_queue(CHECK, found, "/longshore/longshore/router")

    assert status(finding) is wanted
    assert said in finding.message
    if wanted is Status.PROBLEM:
        assert finding.next_step == "aws logs tail /longshore/longshore/router --since 1h"


def test_what_waits_for_slack_is_not_put_down_to_who_reads_the_queue_alone() -> None:
    late = queue(7, minutes(16))

    told = judge_queue(CHECK, late, "/longshore/longshore/notifier", slack=True).message
    other = judge_queue(CHECK, late, "/longshore/longshore/router").message

    assert told == f"{other}, or Slack keeps it waiting (docs/runbook.md, Slack)"
    assert "who reads the queue fails, is throttled or is switched off" in other


def test_dead_letters_of_a_queue_go_back_into_it() -> None:
    finding = judge_dead_letters(CHECK, queue(2, source_of=("Inbox",)))

    assert status(finding) is Status.PROBLEM
    assert f"aws sqs start-message-move-task --source-arn {ARN}" in finding.next_step


def test_pushes_go_back_only_when_what_they_start_does_not_run() -> None:
    finding = judge_dead_letters(CHECK, queue(2, source_of=("Pushes",)))

    assert "does not run (docs/runbook.md, Redriving): aws sqs start-" in finding.next_step


def test_dead_letters_of_lambda_and_eventbridge_cannot() -> None:
    """SQS moves only what came from a queue."""
    finding = judge_dead_letters(CHECK, queue(2))

    assert status(finding) is Status.PROBLEM
    assert "start-message-move-task" not in finding.next_step
    assert f"aws sqs purge-queue --queue-url {URL}" in finding.next_step


def test_no_dead_letters_are_well() -> None:
    assert status(judge_dead_letters(CHECK, queue(0))) is Status.OK


def test_whose_dead_letters_they_are_stands_in_the_other_queues() -> None:
    redrive = json.dumps({"maxReceiveCount": 3, "deadLetterTargetArn": ARN})
    found = {"Inbox": {"RedrivePolicy": redrive}, "InboxDeadLetters": {"QueueArn": ARN}}

    assert dead_letter_sources(found) == {ARN: ["Inbox"]}


@pytest.mark.parametrize(
    ("found", "reserved", "wanted", "said"),
    [
        ({"State": "Active"}, None, Status.OK, "is Active"),
        ({"State": "Active", "LastUpdateStatus": "Successful"}, 10, Status.OK, "is Active"),
        ({"State": "Active"}, 0, Status.PROBLEM, "never runs"),
        ({"State": "Failed", "StateReason": "no key"}, None, Status.PROBLEM, "no key"),
        ({"LastUpdateStatus": "Failed"}, None, Status.PROBLEM, "no reason given"),
    ],
)
def test_a_function_must_be_able_to_run(
    found: Mapping[str, str], reserved: int | None, wanted: Status, said: str
) -> None:
    finding = health.judge_function(CHECK, "router", found, reserved)

    assert status(finding) is wanted
    assert said in finding.message


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({"State": "Enabled", "LastProcessingResult": "OK"}, Status.OK),
        ({"State": "Disabled", "UUID": "1-2"}, Status.PROBLEM),
        ({"State": "Enabled", "LastProcessingResult": "PROBLEM: no role"}, Status.WARNING),
    ],
)
def test_a_switched_off_queue_is_seen(found: Mapping[str, str], wanted: Status) -> None:
    finding = health.judge_mapping(CHECK, found)

    assert status(finding) is wanted
    if wanted is Status.PROBLEM:
        assert finding.next_step == "aws lambda update-event-source-mapping --uuid 1-2 --enabled"


@pytest.mark.parametrize(
    ("state", "wanted"), [("ENABLED", Status.OK), ("DISABLED", Status.PROBLEM)]
)
def test_a_disabled_rule_is_seen(state: str, wanted: Status) -> None:
    finding = health.judge_rule(CHECK, {"Name": "tick", "State": state})

    assert status(finding) is wanted
    if wanted is Status.PROBLEM:
        assert finding.next_step == "aws events enable-rule --name tick"


def alarm(name: str, state: str = "OK", *, actions: bool = True) -> Mapping[str, Any]:
    return {
        "AlarmName": name,
        "StateValue": state,
        "StateUpdatedTimestamp": NOW - minutes(5),
        "AlarmDescription": "Somebody waits.",
        "ActionsEnabled": actions,
    }


def test_alarms_that_ring_are_gone_or_tell_nobody_are_told_apart() -> None:
    found = [alarm("a", "ALARM"), alarm("b"), alarm("c", actions=False)]

    findings = health.judge_alarms(CHECK, ["a", "b", "c", "d"], found, NOW)

    assert [status(each) for each in findings] == [
        Status.PROBLEM,
        Status.PROBLEM,
        Status.WARNING,
    ]
    assert findings[0].message == "a rings, for 5 min now: Somebody waits."
    assert findings[1].message == "deleted: d"
    assert findings[2].next_step == "aws cloudwatch enable-alarm-actions --alarm-names c"


def test_alarms_that_are_quiet_are_well() -> None:
    (finding,) = health.judge_alarms(CHECK, ["a"], [alarm("a", "INSUFFICIENT_DATA")], NOW)

    assert status(finding) is Status.OK


@pytest.mark.parametrize(
    ("last", "installed", "wanted", "said"),
    [
        (minutes(14), minutes(600), Status.OK, "14 min ago"),
        (minutes(50), minutes(600), Status.PROBLEM, "50 min ago"),
        (None, minutes(10), Status.UNCHECKED, "the stack is 10 min old"),
        (None, minutes(600), Status.UNCHECKED, "in 14 days"),
        (None, None, Status.UNCHECKED, "in 14 days"),
    ],
)
def test_the_sweep_is_known_by_its_metric(
    last: timedelta | None, installed: timedelta | None, wanted: Status, said: str
) -> None:
    finding = health.judge_sweep(
        CHECK, NOW - last if last else None, NOW - installed if installed else None, NOW
    )

    assert status(finding) is wanted
    assert said in finding.message


@pytest.mark.parametrize(
    ("judge", "counted"),
    [
        (health.judge_timers, "2 stages"),
        (health.judge_execution_timers, "2 executions"),
        (health.judge_outbox, "2 announcements"),
    ],
)
def test_what_is_overdue_is_counted(
    judge: Callable[[Check, Sequence[datetime], datetime], Finding], counted: str
) -> None:
    assert status(judge(CHECK, [], NOW)) is Status.OK

    finding = judge(CHECK, [NOW - minutes(6), NOW - minutes(9)], NOW)

    assert status(finding) is Status.PROBLEM
    assert counted in finding.message
    assert "9 min" in finding.message


def test_versions_are_compared() -> None:
    assert status(health.judge_version(CHECK, "0.1.0", "0.1.0")) is Status.OK
    assert status(health.judge_version(CHECK, "0.1.0", "0.2.0")) is Status.WARNING
