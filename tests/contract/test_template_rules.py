"""The rules choose AWS's events by pattern alone, and the clocks send what the router expects.

Whether each sample event meets its rule is shown with the matcher of longshore.events; here a
second, independent implementation reads the same patterns.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from moto.events.models import EventPattern

from tests.contract.template import RULE, clocks, resources, rules

if TYPE_CHECKING:
    from moto.events.utils import EventMessageType
    from mypy_boto3_events import EventBridgeClient

PATTERNS = {
    "ImageActionRule": {
        "source": ["aws.ecr"],
        "detail-type": ["ECR Image Action"],
        "detail": {"action-type": ["PUSH"], "result": ["SUCCESS"]},
    },
    "ReplicationActionRule": {
        "source": ["aws.ecr"],
        "detail-type": ["ECR Replication Action"],
        "detail": {"action-type": ["REPLICATE"], "result": ["SUCCESS"]},
    },
    "PullThroughCacheActionRule": {
        "source": ["aws.ecr"],
        "detail-type": ["ECR Pull Through Cache Action"],
        "detail": {"sync-status": ["SUCCESS"]},
    },
    "DeploymentStateRule": {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change"],
        "detail": {"eventName": ["SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_FAILED"]},
    },
    "TaskStoppedRule": {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {"lastStatus": ["STOPPED"], "startedBy": [{"prefix": "ecs-svc/"}]},
    },
    "PipelineStateRule": {
        "source": ["aws.codepipeline"],
        "detail-type": [
            "CodePipeline Pipeline Execution State Change",
            "CodePipeline Stage Execution State Change",
            "CodePipeline Action Execution State Change",
        ],
    },
    "BuildStateRule": {
        "source": ["aws.codebuild"],
        "detail-type": ["CodeBuild Build State Change"],
        "detail": {"build-status": ["SUCCEEDED", "FAILED", "FAULT", "STOPPED", "TIMED_OUT"]},
    },
}

# The part of an event that the patterns look at, one that a rule takes and one that it leaves.
TAKEN: dict[str, dict[str, object]] = {
    "ImageActionRule": {"action-type": "PUSH", "result": "SUCCESS", "image-tag": "v1"},
    "ReplicationActionRule": {"action-type": "REPLICATE", "result": "SUCCESS"},
    "PullThroughCacheActionRule": {"sync-status": "SUCCESS"},
    "DeploymentStateRule": {"eventName": "SERVICE_DEPLOYMENT_FAILED"},
    "TaskStoppedRule": {"lastStatus": "STOPPED", "startedBy": "ecs-svc/1234567890123456789"},
    "PipelineStateRule": {"pipeline": "checkout", "state": "STARTED"},
    "BuildStateRule": {
        "build-status": "TIMED_OUT",
        "additional-information": {"initiator": "longshore-PipelineStartRole-1/pipeline-start"},
    },
}

LEFT: list[tuple[str, dict[str, object]]] = [
    ("ImageActionRule", {"action-type": "DELETE", "result": "SUCCESS"}),
    ("ImageActionRule", {"action-type": "PUSH", "result": "FAILED"}),
    ("ImageActionRule", {"action-type": "PUSH"}),
    ("ReplicationActionRule", {"action-type": "REPLICATE", "result": "FAILED"}),
    ("PullThroughCacheActionRule", {"sync-status": "FAILED"}),
    ("DeploymentStateRule", {"eventName": "SERVICE_DEPLOYMENT_IN_PROGRESS"}),
    ("DeploymentStateRule", {"eventName": "SERVICE_STEADY_STATE"}),
    ("TaskStoppedRule", {"lastStatus": "RUNNING", "startedBy": "ecs-svc/1234567890123456789"}),
    ("TaskStoppedRule", {"lastStatus": "STOPPED", "startedBy": "somebody"}),
    ("TaskStoppedRule", {"lastStatus": "STOPPED"}),
    (
        "BuildStateRule",
        {
            "build-status": "IN_PROGRESS",
            "additional-information": {"initiator": "codepipeline/checkout"},
        },
    ),
]


@pytest.fixture
def events() -> Iterator["EventBridgeClient"]:
    with mock_aws():
        yield boto3.client("events", region_name="eu-central-1")


def met(source: str, kind: str, detail: dict[str, object]) -> list[str]:
    event: EventMessageType = {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": kind,
        "source": source,
        "account": "123456789012",
        "time": "2026-11-16T01:54:34Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": detail,
    }
    return [
        name
        for name, pattern in rules().items()
        if EventPattern.load(json.dumps(pattern)).matches_event(event)
    ]


def test_the_rules_are_these() -> None:
    assert rules() == PATTERNS


@pytest.mark.parametrize("name", PATTERNS)
def test_eventbridge_takes_the_pattern(name: str, events: "EventBridgeClient") -> None:
    pattern = json.dumps(rules()[name])

    events.put_rule(Name=name, EventPattern=pattern)

    assert events.describe_rule(Name=name)["EventPattern"] == pattern


@pytest.mark.parametrize("name", TAKEN)
def test_a_rule_takes_its_events_and_is_the_only_one(name: str) -> None:
    pattern = rules()[name]

    assert met(pattern["source"][0], pattern["detail-type"][0], TAKEN[name]) == [name]


@pytest.mark.parametrize(("name", "detail"), LEFT)
def test_a_rule_leaves_what_is_of_no_use(name: str, detail: dict[str, object]) -> None:
    pattern = rules()[name]

    assert met(pattern["source"][0], pattern["detail-type"][0], detail) == []


@pytest.mark.parametrize("name", TAKEN)
def test_nobody_but_aws_is_believed_to_be_aws(name: str) -> None:
    assert met("my.app", rules()[name]["detail-type"][0], TAKEN[name]) == []


def test_the_clocks_send_their_words() -> None:
    told = {
        name: (clock["ScheduleExpression"], json.loads(clock["Targets"][0]["Input"]))
        for name, clock in clocks().items()
    }

    assert told == {
        "TickRule": ("rate(1 minute)", {"clock": "tick"}),
        "SweepRule": ("rate(15 minutes)", {"clock": "sweep"}),
    }


def test_a_rule_is_a_pattern_or_a_clock() -> None:
    assert sorted([*rules(), *clocks()]) == sorted(resources(RULE))


def test_events_reach_the_inbox_as_they_are() -> None:
    targets = [rule["Targets"][0] for name, rule in resources(RULE).items() if name in rules()]

    assert [t for t in targets if t.keys() & {"Input", "InputPath", "InputTransformer"}] == []
