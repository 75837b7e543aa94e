"""What the adapters of reconciler, router and notifier need to be allowed, from recorded calls."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.aws.calls import AwsCall
from longshore.aws.clients import Clients
from longshore.aws.gate import Gate, Recorder
from longshore.aws.image_sources import EcrSources
from longshore.aws.queues import Queue, SqsWakeups
from longshore.aws.registry import EcrRegistry
from longshore.aws.secrets import Secret
from longshore.aws.task_logs import CloudWatchTaskLogs
from longshore.domain.stages import TargetRecord
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.ports import Changes
from tests.support.answers import Answers
from tests.support.builders import (
    REPOSITORY,
    SERVICE,
    STAGE,
    make_announcement,
    make_configuration,
    make_intent,
    make_outcome,
)
from tests.support.fakes import NOON
from tests.support.ledgers import DynamoWorld
from tests.support.permissions import permissions_used

WHERE = "eu-central-1:123456789012"
REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
LEDGER = f"arn:aws:dynamodb:{WHERE}:table/ledger"


def used(calls: list[AwsCall]) -> set[tuple[str, str]]:
    found = permissions_used(calls, "aws", "123456789012")
    return {(permission.action, permission.resource) for permission in found}


def test_the_ledger_needs_what_the_reconciler_is_granted(dynamo: DynamoWorld) -> None:
    dynamo.install(make_configuration())
    dynamo.wish(make_intent())
    snapshot = dynamo.ledger.read_stage(STAGE)
    assert snapshot is not None
    changes = Changes(
        targets=(TargetRecord(STAGE, SERVICE),),
        outcomes=(make_outcome(),),
        consumed=(make_intent(),),
    )
    dynamo.ledger.commit(snapshot, replace(changes, unfrozen=True))

    assert used(dynamo.calls.calls) == {
        (f"dynamodb:{action}", LEDGER)
        for action in (
            "BatchGetItem",
            "ConditionCheckItem",
            "GetItem",
            "Query",
            "PutItem",
            "UpdateItem",
            "DeleteItem",
        )
    }


def test_the_directory_needs_what_the_router_is_granted(dynamo: DynamoWorld) -> None:
    dynamo.install(make_configuration())
    snapshot = dynamo.ledger.read_stage(STAGE)
    assert snapshot is not None
    stage = replace(snapshot.stage, due_at=NOON)
    told = (make_announcement(),)
    dynamo.ledger.commit(snapshot, Changes(stage=stage, announcements=told))
    dynamo.calls.calls.clear()
    directory, later = dynamo.directory, NOON + timedelta(hours=1)

    directory.followers(REPOSITORY)
    directory.stage_of_service(SERVICE)
    directory.stage_of_ecs_deployment(SERVICE.home, "ecs-svc/1")
    directory.all_stages()
    assert directory.due_stages(later) == [STAGE]
    assert directory.resend_overdue_announcements(later) == 1

    assert used(dynamo.calls.calls) == {
        ("dynamodb:GetItem", LEDGER),
        ("dynamodb:Query", LEDGER),
        ("dynamodb:UpdateItem", LEDGER),
        ("dynamodb:Query", f"{LEDGER}/index/due"),
    }


def test_registry_and_queue_need_one_permission_each() -> None:
    calls = Recorder(Answers([{"imageDetails": []}, {"Successful": []}]))
    gate, clients = Gate(calls), Clients()
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/inbox"

    EcrRegistry(gate, clients).image_by_tag(REPOSITORY, "main")
    SqsWakeups(Queue(gate, clients.sqs, url)).send([Wakeup(STAGE, frozenset({Hint.TIMER}))])

    assert used(calls.calls) == {
        ("ecr:DescribeImages", f"arn:aws:ecr:{WHERE}:repository/checkout"),
        ("sqs:SendMessage", f"arn:aws:sqs:{WHERE}:inbox"),
    }


def test_a_message_to_slack_needs_what_the_notifier_is_granted() -> None:
    manifest = {"images": [{"imageManifest": json.dumps({"config": {"digest": "sha256:c"}})}]}
    options = {"awslogs-group": "/ecs/checkout", "awslogs-stream-prefix": "web"}
    container = {"name": "web", "logConfiguration": {"logDriver": "awslogs", "options": options}}
    definition = {"taskDefinition": {"containerDefinitions": [container]}}
    link = {"downloadUrl": "http://127.0.0.1/"}
    calls = Recorder(Answers([{"SecretString": "{}"}, manifest, link, definition, {"events": []}]))
    gate, clients = Gate(calls), Clients()
    secret = f"arn:aws:secretsmanager:{WHERE}:secret:slack-AbC123"
    revision = f"arn:aws:ecs:{WHERE}:task-definition/web:7"

    Secret(gate, clients.secrets, secret).value("token")
    EcrSources(gate, clients, lambda _: b"{}").commit(f"{REGISTRY}/checkout", f"sha256:{'a' * 64}")
    CloudWatchTaskLogs(gate, clients).last_lines(revision, "web", f"arn:aws:ecs:{WHERE}:task/c/1")

    assert used(calls.calls) == {
        ("secretsmanager:GetSecretValue", secret),
        ("ecr:BatchGetImage", f"arn:aws:ecr:{WHERE}:repository/checkout"),
        ("ecr:GetDownloadUrlForLayer", f"arn:aws:ecr:{WHERE}:repository/checkout"),
        ("ecs:DescribeTaskDefinition", "*"),
        ("logs:GetLogEvents", f"arn:aws:logs:{WHERE}:log-group:/ecs/checkout:log-stream:web/web/1"),
    }


def test_a_registration_also_tags_and_passes_roles() -> None:
    role = "arn:aws:iam::123456789012:role/checkout-task"
    definition = {"family": "web", "taskRoleArn": role, "tags": [{"key": "k", "value": "v"}]}
    call = AwsCall("ecs", "RegisterTaskDefinition", definition, "eu-central-1")

    actions = {action for action, _ in used([call])}

    assert actions == {"ecs:RegisterTaskDefinition", "ecs:TagResource", "iam:PassRole"}
    assert ("iam:PassRole", role) in used([call])


def test_topics_and_buses_are_named_by_the_calls() -> None:
    topic = f"arn:aws:sns:{WHERE}:longshore"
    entries = [{"EventBusName": "longshore"}]
    calls = [
        AwsCall("sns", "Publish", {"TopicArn": topic}, "eu-central-1"),
        AwsCall("events", "PutEvents", {"Entries": entries}, "eu-central-1"),
    ]

    assert used(calls) == {
        ("sns:Publish", topic),
        ("events:PutEvents", f"arn:aws:events:{WHERE}:event-bus/longshore"),
    }


def test_a_service_that_nobody_thought_of_is_an_error() -> None:
    with pytest.raises(ValueError, match="s3:GetObject"):
        used([AwsCall("s3", "GetObject", {})])
