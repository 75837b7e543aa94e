"""What the functions called, as the cloud recorded it: by access key, not by their own account."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from longshore_local.embedded import EmbeddedAws
from longshore_local.gates.principals import Principal
from tests.contract.template import IN_THE_ROLES_NAME
from tests.support.permissions import WRITES

BESIDE_A_CALL = {"ecs:TagResource", "iam:PassRole"}
"""Permissions that one call needs beside its own."""
PAGE = 50


@dataclass(frozen=True)
class Call:
    """One call: `DescribeServices` of `ecs`; what it needed of IAM, and when it was."""

    service: str
    operation: str
    actions: tuple[str, ...]
    at: float


def principal_of(aws: EmbeddedAws, logical_id: str) -> Principal:
    return aws.principals.functions()[aws.stack[logical_id]]


def calls_of(aws: EmbeddedAws, logical_id: str, since: float = 0) -> list[Call]:
    """Return what a function called since a moment (seconds since the epoch)."""
    key = principal_of(aws, logical_id).credentials.key
    calls = [*_recorded_by_the_emulator(aws, key, since), *_asked_of_stand_ins(aws, key)]
    return [call for call in calls if call.at >= since]


def counted(calls: list[Call]) -> Counter[str]:
    return Counter(f"{call.service}:{call.operation}" for call in calls)


def used(aws: EmbeddedAws, logical_id: str) -> set[str]:
    """Return the IAM actions that a function's calls needed since the cloud was started."""
    key = principal_of(aws, logical_id).credentials.key
    asked = {one.permission.action for one in aws.recorder.asked if one.access_key == key}
    return asked | {action for call in calls_of(aws, logical_id) for action in call.actions}


def granted(aws: EmbeddedAws, logical_id: str) -> set[str]:
    """Return the IAM actions that a function's own calls may need."""
    iam, role = aws.cloud.iam, principal_of(aws, logical_id).name
    documents: list[Any] = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    statements = [one for document in documents for one in document["Statement"]]
    lists = (one["Action"] for one in statements)
    actions = {a for one in lists for a in ([one] if isinstance(one, str) else one)}
    return actions - IN_THE_ROLES_NAME - {"sqs:SendMessageBatch"}


def _recorded_by_the_emulator(aws: EmbeddedAws, key: str, since: float) -> Iterator[Call]:
    """Page backwards in time: the emulator lists the newest fifty and knows no next page."""
    seen: set[str] = set()
    until = datetime.now(UTC) + timedelta(seconds=1)
    while True:
        page = aws.cloud.trail.lookup_events(
            LookupAttributes=[{"AttributeKey": "AccessKeyId", "AttributeValue": key}],
            StartTime=datetime.fromtimestamp(since, UTC),
            EndTime=until,
            MaxResults=PAGE,
        )["Events"]
        new = [event for event in page if event["EventId"] not in seen]
        yield from map(_call, new)
        seen |= {event["EventId"] for event in new}
        if not new or len(page) < PAGE:
            return
        until = datetime.fromtimestamp(ceil(page[-1]["EventTime"].timestamp()), UTC)


def _call(event: Any) -> Call:  # noqa: ANN401 - as CloudTrail gives it, without stubs
    source = event["EventSource"].partition(".")[0]
    service = {"monitoring": "cloudwatch"}.get(source, source)  # CloudWatch as IAM calls it
    parameters = json.loads(event["CloudTrailEvent"])["requestParameters"]
    operation = event["EventName"]
    if operation.startswith("POST."):  # the emulator looks for the name where SNS has none
        operation = parameters["Action"]
    return Call(
        service, operation, _actions(service, operation, parameters), event["EventTime"].timestamp()
    )


def _actions(service: str, operation: str, parameters: dict[str, Any]) -> tuple[str, ...]:
    if operation == "TransactWriteItems":
        members = (kind for member in parameters["TransactItems"] for kind in member)
        return tuple(f"dynamodb:{WRITES[kind]}" for kind in members)
    if operation == "SendMessageBatch":
        return ("sqs:SendMessage",)
    return (f"{service}:{operation}",)


def _asked_of_stand_ins(aws: EmbeddedAws, key: str) -> Iterator[Call]:
    for asked in aws.recorder.asked:
        action = asked.permission.action
        if asked.access_key == key and asked.given and action not in BESIDE_A_CALL:
            service, _, operation = action.partition(":")
            yield Call(service, operation, (action,), asked.at)
