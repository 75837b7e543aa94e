"""Brings an event to the deployed rules it meets, through EventBridge's public API.

AWS alone may send events whose source begins with `aws.`, and the emulator keeps to that. So the
rules are read, each is asked by TestEventPattern, and what matches is sent to the rule's targets
with the target's own input. Target policies, retries and dead-letter queues are not tried by this.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from longshore_local.cloud.clients import Cloud
from longshore_local.drivers.inputs import target_input
from longshore_local.errors import LocalCloudError

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import RuleTypeDef, TargetOutputTypeDef

Event = Mapping[str, object]


class DeployedRules:
    """The rules of the default bus, as AWS services see them."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def deliver(self, event: Event) -> list[str]:
        """Send an event to the targets of every rule it meets; return these rules' names."""
        met = [rule for rule in self._rules() if self._meets(rule, event)]
        for rule in met:
            self._send(rule, event)
        return [rule.get("Name", "") for rule in met]

    def fire(self, schedule: str) -> list[str]:
        """Do at once what rules with a schedule, such as `rate(1 minute)`, do when it is time."""
        due = [rule for rule in self._rules() if rule.get("ScheduleExpression") == schedule]
        for rule in due:
            self._send(rule, {"source": "aws.events", "detail-type": "Scheduled Event"})
        return [rule.get("Name", "") for rule in due]

    def _rules(self) -> "list[RuleTypeDef]":
        rules = self._cloud.events.list_rules()["Rules"]
        return [rule for rule in rules if rule.get("State") == "ENABLED"]

    def _meets(self, rule: "RuleTypeDef", event: Event) -> bool:
        pattern = rule.get("EventPattern")
        if not pattern or not _may_meet(pattern, event):
            return False
        answer = self._cloud.events.test_event_pattern(
            EventPattern=pattern, Event=json.dumps(event)
        )
        return answer["Result"]

    def _send(self, rule: "RuleTypeDef", event: Event) -> None:
        targets = self._cloud.events.list_targets_by_rule(Rule=rule.get("Name", ""))["Targets"]
        for target in targets:
            self._send_to(target, target_input(target, event))

    def _send_to(self, target: "TargetOutputTypeDef", body: str) -> None:
        arn = target["Arn"]
        match arn.split(":")[2]:
            case "sqs":
                self._send_message(target, body)
            case "lambda":
                self._cloud.functions.invoke(
                    FunctionName=arn, InvocationType="Event", Payload=body.encode()
                )
            case "sns":
                self._cloud.sns.publish(TopicArn=arn, Message=body)
            case service:
                raise LocalCloudError(f"no events can be delivered to {service} here ({arn})")

    def _send_message(self, target: "TargetOutputTypeDef", body: str) -> None:
        sqs = self._cloud.sqs
        address = sqs.get_queue_url(QueueName=target["Arn"].rpartition(":")[2])["QueueUrl"]
        group = target.get("SqsParameters", {}).get("MessageGroupId")
        if group:
            sqs.send_message(QueueUrl=address, MessageBody=body, MessageGroupId=group)
        else:
            sqs.send_message(QueueUrl=address, MessageBody=body)


def _may_meet(pattern: str, event: Event) -> bool:
    """Say no where a pattern names other sources: most events need not be tried on most rules."""
    sources = json.loads(pattern).get("source", [])
    named = [source for source in sources if isinstance(source, str)]
    return len(named) < len(sources) or not sources or event.get("source") in named
