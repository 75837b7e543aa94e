import json
import re
from collections import defaultdict
from typing import Any

import pytest

from tests.unit.local.ecs.scene import Scene

ENVELOPE = {
    "version",
    "id",
    "detail-type",
    "source",
    "account",
    "time",
    "region",
    "resources",
    "detail",
}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def told(scene: Scene) -> list[Any]:
    """Everything that a release which fails and is rolled back makes ECS tell."""
    scene.running("v1")
    scene.release("crashes")
    scene.later(minutes=10)
    return list(scene.events)


def details(told: list[Any], detail_type: str) -> list[Any]:
    return [event["detail"] for event in told if event["detail-type"] == detail_type]


def test_every_event_has_the_envelope_of_eventbridge(told: list[Any]) -> None:
    assert all(event.keys() == ENVELOPE for event in told)
    assert {event["source"] for event in told} == {"aws.ecs"}
    assert {event["account"] for event in told} == {"000000000000"}
    assert {event["region"] for event in told} == {"eu-central-1"}
    assert all(UUID.fullmatch(event["id"]) for event in told)
    assert len({event["id"] for event in told}) == len(told)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", e["time"]) for e in told)


def test_events_are_json_and_in_the_order_of_time(told: list[Any]) -> None:
    assert json.loads(json.dumps(told)) == told
    times = [event["time"] for event in told]
    assert times == sorted(times)


def test_a_deployment_event_names_the_service_and_neither_image_nor_cluster(
    told: list[Any],
) -> None:
    events = [e for e in told if e["detail-type"] == "ECS Deployment State Change"]

    keys = {"eventType", "eventName", "deploymentId", "updatedAt", "reason"}
    assert all(event["detail"].keys() == keys for event in events)
    service = "arn:aws:ecs:eu-central-1:000000000000:service/prod/web"
    assert {tuple(event["resources"]) for event in events} == {(service,)}
    kinds = {event["detail"]["eventName"]: event["detail"]["eventType"] for event in events}
    assert kinds == {
        "SERVICE_DEPLOYMENT_IN_PROGRESS": "INFO",
        "SERVICE_DEPLOYMENT_FAILED": "ERROR",
        "SERVICE_DEPLOYMENT_COMPLETED": "INFO",
    }


def test_a_task_tells_each_change_with_the_next_version(told: list[Any]) -> None:
    versions: dict[str, list[int]] = defaultdict(list)
    states: dict[str, list[str]] = defaultdict(list)
    for detail in details(told, "ECS Task State Change"):
        versions[detail["taskArn"]].append(detail["version"])
        states[detail["taskArn"]].append(detail["lastStatus"])

    new = {task: seen for task, seen in versions.items() if seen[0] == 1}
    assert len(new) > 3
    assert all(seen == list(range(1, len(seen) + 1)) for seen in new.values())
    crashed = ["PROVISIONING", "PENDING", "RUNNING", "DEPROVISIONING", "STOPPED"]
    assert crashed in states.values()


def test_a_stopped_task_tells_how_it_ended(told: list[Any]) -> None:
    stopped = [
        detail
        for detail in details(told, "ECS Task State Change")
        if detail["lastStatus"] == "STOPPED" and detail["stopCode"] == "EssentialContainerExited"
    ]

    assert stopped
    for detail in stopped:
        assert detail["startedBy"].startswith("ecs-svc/")
        assert detail["containers"][0]["exitCode"] == 1
        assert detail["stoppedAt"] >= detail["stoppingAt"] >= detail["startedAt"]
        assert "tags" not in detail


def test_a_task_event_has_no_key_that_aws_does_not_send(told: list[Any]) -> None:
    sent_by_aws = {
        "attachments", "attributes", "availabilityZone", "clusterArn", "connectivity",
        "connectivityAt", "containers", "cpu", "createdAt", "desiredStatus",
        "enableExecuteCommand", "executionStoppedAt", "group", "healthStatus", "launchType",
        "lastStatus", "memory", "overrides", "platformVersion", "pullStartedAt", "pullStoppedAt",
        "startedAt", "startedBy", "stopCode", "stoppedAt", "stoppedReason", "stoppingAt",
        "taskArn", "taskDefinitionArn", "updatedAt", "version",
    }  # fmt: skip

    keys = {key for detail in details(told, "ECS Task State Change") for key in detail}

    assert keys <= sent_by_aws


def test_a_service_action_tells_the_steady_state_once(told: list[Any]) -> None:
    names = [detail["eventName"] for detail in details(told, "ECS Service Action")]

    assert names == ["SERVICE_TASK_START_IMPAIRED", "SERVICE_STEADY_STATE"]
