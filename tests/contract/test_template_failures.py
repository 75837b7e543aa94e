"""Nothing that is handed over asynchronously may be lost without a trace."""

import json

import pytest

from tests.contract.cloudformation import Tree
from tests.contract.template import (
    ALARM,
    QUEUE,
    RULE,
    att,
    functions,
    queue_policy,
    ref,
    resources,
)

QUEUES = resources(QUEUE)
DEAD_LETTERS = sorted(name for name in QUEUES if name.endswith("DeadLetters"))
LIVE = sorted(QUEUES.keys() - set(DEAD_LETTERS))
RULES = resources(RULE)
TWO_WEEKS = 14 * 24 * 3600


def sources(kind: str) -> list[tuple[str, Tree]]:
    return [
        (name, event["Properties"])
        for name, function in functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == kind
    ]


def test_functions_are_fed_by_queues_and_the_stream_alone() -> None:
    kinds = {
        name: [event["Type"] for event in function.get("Events", {}).values()]
        for name, function in functions().items()
    }

    assert kinds == {
        "Router": ["SQS"],
        "Reconciler": ["SQS"],
        "Announcer": ["DynamoDB"],
        "Notifier": ["SQS"],
        "Control": [],
        "PipelineJob": [],
        "PipelineWatch": ["SQS"],
        "Webhook": [],
        "PipelineStart": ["SQS"],
    }


def test_nothing_of_ours_invokes_a_function_asynchronously() -> None:
    arns = {json.dumps(att(name)) for name in functions()}
    targets = {json.dumps(target["Arn"]) for rule in RULES.values() for target in rule["Targets"]}

    assert targets.isdisjoint(arns)
    callers = {each["Principal"] for each in resources("AWS::Lambda::Permission").values()}
    assert callers == {"apigateway.amazonaws.com"}  # which waits for the answer
    assert [s["Protocol"] for s in resources("AWS::SNS::Subscription").values()] == ["email"]


def test_what_a_pipeline_invokes_leaves_its_credentials_in_no_queue() -> None:
    retries = {
        name: function["EventInvokeConfig"]
        for name, function in functions().items()
        if "EventInvokeConfig" in function
    }

    assert retries == {"PipelineJob": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 2}}
    assert "DeadLetterQueue" not in functions()["PipelineJob"]


@pytest.mark.parametrize("metric", ["Errors", "AsyncEventsDropped"])
def test_a_pipeline_that_is_not_answered_raises_an_alarm(metric: str) -> None:
    (alarm,) = [
        alarm
        for alarm in resources(ALARM).values()
        if alarm["MetricName"] == metric
        and alarm["Dimensions"] == [{"Name": "FunctionName", "Value": ref("PipelineJob")}]
    ]

    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 0)


def test_each_queue_feeds_the_function_meant_for_it() -> None:
    fed = {name: source["Queue"] for name, source in sources("SQS")}

    assert fed == {
        "Router": att("Inbox"),
        "Reconciler": att("Work"),
        "PipelineWatch": att("Executions"),
        "Notifier": att("Notices"),
        "PipelineStart": att("Pushes"),
    }


@pytest.mark.parametrize("name", LIVE)
def test_a_queue_gives_up_after_three_tries_but_people_are_told_for_a_day(name: str) -> None:
    more = {"Notices": 320, "Pushes": 5}
    assert QUEUES[name]["RedrivePolicy"] == {
        "deadLetterTargetArn": att(f"{name}DeadLetters"),
        "maxReceiveCount": more.get(name, 3),
    }


def test_a_push_is_tried_for_as_long_as_codebuild_knows_a_start_by_its_token() -> None:
    pushes = QUEUES["Pushes"]

    last = (pushes["RedrivePolicy"]["maxReceiveCount"] - 1) * pushes["VisibilityTimeout"]
    assert last + functions()["PipelineStart"]["Timeout"] <= 5 * 60


@pytest.mark.parametrize("name", LIVE)
def test_dead_letters_have_their_queues_kind(name: str) -> None:
    assert QUEUES[f"{name}DeadLetters"].get("FifoQueue") == QUEUES[name].get("FifoQueue")


@pytest.mark.parametrize("name", DEAD_LETTERS)
def test_dead_letters_are_kept_as_long_as_sqs_can(name: str) -> None:
    assert QUEUES[name]["MessageRetentionPeriod"] == TWO_WEEKS
    assert "RedrivePolicy" not in QUEUES[name]


@pytest.mark.parametrize("name", DEAD_LETTERS)
def test_a_dead_letter_raises_an_alarm(name: str) -> None:
    (alarm,) = [
        alarm
        for alarm in resources(ALARM).values()
        if alarm["Dimensions"] == [{"Name": "QueueName", "Value": att(name, "QueueName")}]
    ]

    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


@pytest.mark.parametrize(("name", "source"), [*sources("SQS"), *sources("DynamoDB")])
def test_a_batch_fails_by_its_items(name: str, source: Tree) -> None:
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
    assert source["BatchSize"] == (1 if name == "PipelineStart" else 10)


@pytest.mark.parametrize(("name", "source"), sources("SQS"))
def test_a_message_stays_hidden_for_six_timeouts(name: str, source: Tree) -> None:
    """Where each message comes alone, AWS's calls for a batch need no room: two are enough."""
    times = 2 if source["BatchSize"] == 1 else 6
    queue = QUEUES[source["Queue"]["Fn::GetAtt"][0]]
    window = source.get("MaximumBatchingWindowInSeconds", 0)

    assert window <= 1
    assert queue["VisibilityTimeout"] >= times * functions()[name]["Timeout"] + window


@pytest.mark.parametrize(("name", "source"), sources("SQS"))
def test_a_queue_calls_no_more_functions_than_may_run(name: str, source: Tree) -> None:
    assert source["ScalingConfig"] == {"MaximumConcurrency": ref("MaximumConcurrency")}, name


@pytest.mark.parametrize("name", ["Work", "Executions", "Notices", "Pushes"])
def test_order_is_kept_within_a_group_and_equal_bodies_are_not_one(name: str) -> None:
    assert QUEUES[name]["FifoQueue"] is True
    assert QUEUES[name]["ContentBasedDeduplication"] is False


def test_the_stream_hands_over_what_it_cannot_deliver() -> None:
    ((name, source),) = sources("DynamoDB")

    assert name == "Announcer"
    assert source["Stream"] == att("Ledger", "StreamArn")
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["BisectBatchOnFunctionError"] is True
    assert 0 < source["MaximumRetryAttempts"] <= 10
    assert source["DestinationConfig"] == {
        "OnFailure": {"Type": "SQS", "Destination": att("StreamDeadLetters")}
    }


def test_the_stream_wakes_the_announcer_for_unconfirmed_outbox_items_only() -> None:
    ((_, source),) = sources("DynamoDB")
    (only,) = source["FilterCriteria"]["Filters"]

    assert json.loads(only["Pattern"]) == {
        "dynamodb": {"NewImage": {"kind": {"S": ["outbox"]}, "due_at": {"N": [{"exists": True}]}}}
    }


@pytest.mark.parametrize("name", RULES)
def test_a_rule_retries_and_then_keeps_the_event(name: str) -> None:
    (target,) = RULES[name]["Targets"]

    assert target["Arn"] == att("Inbox")
    assert target["DeadLetterConfig"] == {"Arn": att("RuleDeadLetters")}
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 185
    assert 60 <= target["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 3600


@pytest.mark.parametrize("name", ["Inbox", "RuleDeadLetters"])
def test_all_of_our_rules_may_send_and_no_other_rule(name: str) -> None:
    (allowed,) = [s for s in queue_policy(name) if s.effect == "Allow"]

    assert allowed.actions == ("sqs:SendMessage",)
    assert allowed.resources == (att(name),)
    assert allowed.condition == {
        "StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")},
        "ArnEquals": {"aws:SourceArn": [att(rule) for rule in RULES]},
    }


@pytest.mark.parametrize("name", sorted(QUEUES.keys() - {"Inbox", "RuleDeadLetters"}))
def test_no_service_may_send_to_the_other_queues(name: str) -> None:
    assert {s.effect for s in queue_policy(name)} == {"Deny"}


@pytest.mark.parametrize("name", ["Router", "Reconciler", "PipelineWatch"])
def test_wakeups_may_go_round(name: str) -> None:
    """Lambda would drop the message after 16 rounds, and many slices need more."""
    assert functions()[name]["RecursiveLoop"] == "Allow"


def test_no_other_function_may_go_round() -> None:
    others = functions().keys() - {"Router", "Reconciler", "PipelineWatch"}

    assert [name for name in others if "RecursiveLoop" in functions()[name]] == []
