import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from longshore_local.cloud.clients import Cloud
from longshore_local.drivers.deliveries import Deliveries
from longshore_local.drivers.rules import DeployedRules
from longshore_local.errors import LocalCloudError

INBOX = "arn:aws:sqs:eu-west-1:111122223333:inbox"
ORDERED = "arn:aws:sqs:eu-west-1:111122223333:ordered.fifo"
PUSH = {"source": "aws.ecr", "detail": {"action-type": "PUSH"}}


@dataclass
class FakeEvents:
    """Rules that match by source alone."""

    rules: list[dict[str, Any]]
    targets: dict[str, list[dict[str, Any]]]
    asked: list[str] = field(default_factory=list)

    def list_rules(self) -> dict[str, Any]:
        return {"Rules": self.rules}

    def list_targets_by_rule(self, *, Rule: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"Targets": self.targets[Rule]}

    def test_event_pattern(self, *, EventPattern: str, Event: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.asked.append(EventPattern)
        sources = json.loads(EventPattern).get("source", [])
        return {"Result": json.loads(Event)["source"] in sources}


@dataclass
class FakeTargets:
    """Everything that can be sent to; keeps what was sent."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    def get_queue_url(self, *, QueueName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return {"QueueUrl": f"http://here/{QueueName}"}

    def send_message(self, **message: Any) -> None:  # noqa: ANN401 - kept as it came
        self.sent.append(message)

    def invoke(self, **call: Any) -> None:  # noqa: ANN401 - kept as it came
        self.sent.append(call)

    def publish(self, **message: Any) -> None:  # noqa: ANN401 - kept as it came
        self.sent.append(message)


def rule(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a rule
    return {"Name": name, "State": "ENABLED", **more}


def rules_with(*rules: dict[str, Any], **targets: str) -> tuple[DeployedRules, FakeTargets]:
    events = FakeEvents(
        list(rules), {name: [{"Id": "1", "Arn": arn}] for name, arn in targets.items()}
    )
    sink = FakeTargets()
    cloud = SimpleNamespace(events=events, sqs=sink, functions=sink, sns=sink)
    return DeployedRules(cast("Cloud", cloud)), sink


ECR = rule("ecr", EventPattern='{"source": ["aws.ecr"]}')
ECS = rule("ecs", EventPattern='{"source": ["aws.ecs"]}')
TICK = rule("tick", ScheduleExpression="rate(1 minute)")


def test_an_event_goes_to_the_targets_of_the_rules_it_meets() -> None:
    rules, sink = rules_with(ECR, ECS, TICK, ecr=INBOX, ecs=INBOX, tick=INBOX)

    assert rules.deliver(PUSH) == ["ecr"]
    assert sink.sent == [{"QueueUrl": "http://here/inbox", "MessageBody": json.dumps(PUSH)}]


def test_only_rules_that_may_meet_an_event_are_asked() -> None:
    patterns = [
        '{"source": ["aws.ecr"]}',
        '{"source": ["aws.ecs", "aws.other"]}',
        '{"source": [{"prefix": "aws."}]}',
        '{"detail-type": ["ECR Image Action"]}',
    ]
    events = FakeEvents([rule(pattern, EventPattern=pattern) for pattern in patterns], {})
    cloud = SimpleNamespace(events=events)

    DeployedRules(cast("Cloud", cloud)).deliver({"source": "aws.none"})

    assert events.asked == patterns[2:]


def test_a_disabled_rule_hears_nothing() -> None:
    rules, sink = rules_with({**ECR, "State": "DISABLED"}, ecr=INBOX)

    assert rules.deliver(PUSH) == []
    assert sink.sent == []


def test_a_schedule_is_fired_by_its_expression() -> None:
    rules, sink = rules_with(ECR, TICK, ecr=INBOX, tick=INBOX)

    assert rules.fire("rate(1 minute)") == ["tick"]
    assert json.loads(sink.sent[0]["MessageBody"])["detail-type"] == "Scheduled Event"
    assert rules.fire("rate(15 minutes)") == []


def test_an_ordered_queue_gets_its_message_group() -> None:
    events = FakeEvents(
        [ECR], {"ecr": [{"Id": "1", "Arn": ORDERED, "SqsParameters": {"MessageGroupId": "g"}}]}
    )
    sink = FakeTargets()
    cloud = SimpleNamespace(events=events, sqs=sink)

    DeployedRules(cast("Cloud", cloud)).deliver(PUSH)

    assert sink.sent[0]["MessageGroupId"] == "g"


@pytest.mark.parametrize(
    ("arn", "sent"),
    [
        (
            "arn:aws:lambda:eu-west-1:111122223333:function:f",
            {"InvocationType": "Event", "Payload": json.dumps(PUSH).encode()},
        ),
        ("arn:aws:sns:eu-west-1:111122223333:t", {"Message": json.dumps(PUSH)}),
    ],
)
def test_functions_and_topics_are_targets_too(arn: str, sent: dict[str, Any]) -> None:
    rules, sink = rules_with(ECR, ecr=arn)

    rules.deliver(PUSH)

    assert sent.items() <= sink.sent[0].items()


def test_a_target_that_nobody_plays_is_an_error() -> None:
    rules, _ = rules_with(ECR, ecr="arn:aws:kinesis:eu-west-1:111122223333:stream/s")

    with pytest.raises(LocalCloudError, match="kinesis"):
        rules.deliver(PUSH)


def test_deliveries_keep_what_met_a_rule_and_lose_what_they_are_told_to() -> None:
    rules, sink = rules_with(ECR, ecr=INBOX)

    with Deliveries(rules) as deliveries:
        deliveries.put(PUSH)
        deliveries.put({"source": "aws.elsewhere"})
    assert deliveries.delivered == [(PUSH, ["ecr"])]

    with Deliveries(rules, losing=True) as deliveries:
        deliveries.put(PUSH)
    assert deliveries.delivered == []
    assert len(sink.sent) == 1


def test_who_hears_of_an_event_hears_before_the_rules_and_of_lost_ones_too() -> None:
    rules, sink = rules_with(ECR, ecr=INBOX)
    sent_when_heard: list[int] = []

    def hear(_event: object) -> None:
        sent_when_heard.append(len(sink.sent))

    with Deliveries(rules, hear=hear) as deliveries:
        deliveries.put(PUSH)
    with Deliveries(rules, losing=True, hear=hear) as deliveries:
        deliveries.put(PUSH)

    assert sent_when_heard == [0, 1]


def test_an_error_while_delivering_is_raised_at_the_end() -> None:
    rules, _ = rules_with(ECR, ecr="arn:aws:kinesis:eu-west-1:111122223333:stream/s")

    with pytest.raises(LocalCloudError, match="kinesis"), Deliveries(rules) as deliveries:
        deliveries.put(PUSH)
