import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from longshore.domain.facts import (
    EcsDeploymentChanged,
    ServiceActed,
    ServiceMention,
    TaskMoved,
    TaskStopped,
)
from longshore.domain.failures import StoppedContainer
from longshore.domain.observations import RolloutState
from longshore.domain.places import Home
from longshore.events.inbound import parse_event
from longshore.events.parsed import Known, Malformed, Unknown

Event = dict[str, Any]
Bend = Callable[..., Event]

HOME = Home("aws", "123456789012", "eu-central-1")
PREFIX = "arn:aws:ecs:eu-central-1:123456789012"


def fact_of(event: Event) -> object:
    parsed = parse_event(event)
    assert isinstance(parsed, Known)
    return parsed.fact


def complaint_of(event: Event) -> str:
    parsed = parse_event(event)
    assert isinstance(parsed, Malformed)
    return parsed.reason.partition(": ")[2]


# ── deployments ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sample", "state"),
    [
        ("ecs/deployment_in_progress", RolloutState.IN_PROGRESS),
        ("ecs/deployment_completed", RolloutState.COMPLETED),
        ("ecs/deployment_failed", RolloutState.FAILED),
    ],
)
def test_a_deployment_tells_service_id_state_and_reason(
    load_event: Callable[[str], Event], sample: str, state: RolloutState
) -> None:
    event = load_event(sample)

    assert fact_of(event) == EcsDeploymentChanged(
        event_id=event["id"],
        time=event["time"],
        service=ServiceMention(HOME, "checkout-web", "staging"),
        ecs_deployment_id="ecs-svc/4219857360182734501",
        state=state,
        reason=event["detail"]["reason"],
    )


@pytest.mark.parametrize(
    ("sample", "cluster"),
    [
        ("ecs/deployment_completed_old_arn", "staging"),
        ("ecs/deployment_failed_old_arn_no_cluster", None),
    ],
)
def test_an_arn_in_the_old_format_leaves_the_cluster_to_the_detail(
    load_event: Callable[[str], Event], sample: str, cluster: str | None
) -> None:
    fact = fact_of(load_event(sample))

    assert isinstance(fact, EcsDeploymentChanged)
    assert fact.service == ServiceMention(HOME, "checkout-web", cluster)


def test_account_and_region_come_from_the_arn_where_the_envelope_has_none(bent: Bend) -> None:
    fact = fact_of(bent("ecs/deployment_completed", account=..., region=...))

    assert isinstance(fact, EcsDeploymentChanged)
    assert fact.home == HOME


def test_a_deployment_event_of_another_name_is_unknown(bent: Bend) -> None:
    event = bent("ecs/deployment_completed", {"eventName": "SERVICE_DEPLOYMENT_STOPPED"})

    assert isinstance(parse_event(event), Unknown)


@pytest.mark.parametrize(
    ("envelope", "detail", "complaint"),
    [
        ({"resources": []}, {}, "resources has no ARN of an ECS service"),
        ({"resources": None}, {}, "resources has no ARN of an ECS service"),
        ({"resources": [f"{PREFIX}:task/a/b"]}, {}, "resources has no ARN of an ECS service"),
        (
            {"resources": [f"{PREFIX}:service/a/b/c"]},
            {},
            '"service/a/b/c" is the name of no ECS service',
        ),
        (
            {"resources": [f"{PREFIX}:service/a/b!"]},
            {},
            '"service/a/b!" is the name of no ECS service',
        ),
        ({"resources": [f"{PREFIX}:service/"]}, {}, '"service/" is the name of no ECS service'),
        (
            {"resources": [f"{PREFIX}:service/web"]},
            {"clusterArn": "staging"},
            'detail.clusterArn is "staging", which names no cluster',
        ),
        (
            {"resources": [f"{PREFIX}:service/web"]},
            {"clusterArn": f"{PREFIX}:cluster/a/b"},
            f'detail.clusterArn is "{PREFIX}:cluster/a/b", which names no cluster',
        ),
        ({}, {"deploymentId": ...}, "detail.deploymentId is missing"),
        ({}, {"deploymentId": "a b"}, 'detail.deploymentId is "a b", which it cannot be'),
        ({}, {"eventName": None}, "detail.eventName is null"),
        ({}, {"reason": 1}, "detail.reason is a number, not text"),
        ({"account": ["123456789012"]}, {}, "account is a list, not text"),
    ],
)
def test_a_deployment_that_lacks_what_it_needs_says_what(
    bent: Bend, envelope: dict[str, object], detail: dict[str, object], complaint: str
) -> None:
    assert complaint_of(bent("ecs/deployment_completed", detail, **envelope)) == complaint


def test_what_a_scheduler_does_is_told_by_its_name(load_event: Callable[[str], Event]) -> None:
    fact = fact_of(load_event("ecs/service_placement_failure"))

    assert isinstance(fact, ServiceActed)
    assert (fact.action, fact.reason) == ("SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:FARGATE")
    assert fact.home == HOME


# ── tasks ────────────────────────────────────────────────────────────────────────────────────


def test_a_stopped_task_tells_why(load_event: Callable[[str], Event]) -> None:
    event = load_event("ecs/task_stopped_crash")

    fact = fact_of(event)

    assert isinstance(fact, TaskStopped)
    assert fact.task.task == event["detail"]["taskArn"]
    assert fact.task.stop_code == "EssentialContainerExited"
    assert fact.task.stopped_reason == "Essential container in task exited"
    assert fact.task.containers == (StoppedContainer("web", 1), StoppedContainer("proxy", 143))
    assert fact.version == 6
    assert fact.ecs_deployment_id == "ecs-svc/4219857360182734501"
    assert fact.service == ServiceMention(HOME, "checkout-web", "staging")


def test_a_container_that_never_ran_has_no_exit_code(load_event: Callable[[str], Event]) -> None:
    fact = fact_of(load_event("ecs/task_stopped_cannot_pull"))

    assert isinstance(fact, TaskStopped)
    assert fact.task.containers == (StoppedContainer("web"), StoppedContainer("proxy"))


@pytest.mark.parametrize("containers", [..., None, []])
def test_a_task_may_have_no_containers_at_all(bent: Bend, containers: object) -> None:
    fact = fact_of(bent("ecs/task_stopped_crash", {"containers": containers}))

    assert isinstance(fact, TaskStopped)
    assert fact.task.containers == ()


def test_the_reason_of_a_container_is_kept(load_event: Callable[[str], Event]) -> None:
    fact = fact_of(load_event("ecs/task_stopped_out_of_memory"))

    assert isinstance(fact, TaskStopped)
    assert fact.task.containers[0].exit_code == 137
    assert "OutOfMemoryError" in (fact.task.containers[0].reason or "")


def test_the_overrides_of_a_task_go_nowhere(load_event: Callable[[str], Event]) -> None:
    event = load_event("ecs/task_stopped_crash")
    assert "a-secret-that-must-not-travel" in json.dumps(event)

    fact = fact_of(event)

    assert isinstance(fact, TaskStopped)
    assert "a-secret-that-must-not-travel" not in str(asdict(fact))


def test_reasons_are_safe_to_show_and_short(bent: Bend) -> None:
    hostile = "\x1b]0;gone\x07\ud800" + "x" * 5000

    fact = fact_of(bent("ecs/task_stopped_crash", {"stoppedReason": hostile}))

    assert isinstance(fact, TaskStopped)
    assert (fact.task.stopped_reason or "").isprintable()
    assert len(fact.task.stopped_reason or "") <= 1000


def test_a_task_that_has_not_stopped_tells_only_its_status(
    load_event: Callable[[str], Event],
) -> None:
    fact = fact_of(load_event("ecs/task_running"))

    assert isinstance(fact, TaskMoved)
    assert (fact.status, fact.cluster) == ("RUNNING", "staging")


def test_the_cluster_of_an_old_task_arn_comes_from_the_detail(bent: Bend) -> None:
    fact = fact_of(bent("ecs/task_running", {"taskArn": f"{PREFIX}:task/0123"}))

    assert isinstance(fact, TaskMoved)
    assert fact.cluster == "staging"


def test_a_task_is_named_by_resources_where_the_detail_does_not(bent: Bend) -> None:
    fact = fact_of(
        bent(
            "ecs/task_running",
            {"taskArn": ..., "clusterArn": ...},
            resources=[f"{PREFIX}:task/prod/0123"],
        )
    )

    assert isinstance(fact, TaskMoved)
    assert (fact.task, fact.cluster) == (f"{PREFIX}:task/prod/0123", "prod")


@pytest.mark.parametrize(
    ("envelope", "detail", "complaint"),
    [
        (
            {"resources": []},
            {"taskArn": ...},
            "neither detail.taskArn nor resources has the ARN of a task",
        ),
        ({}, {"taskArn": "1"}, "neither detail.taskArn nor resources has the ARN of a task"),
        (
            {},
            {"taskArn": "arn:aws:s3:::task/x"},
            "neither detail.taskArn nor resources has the ARN of a task",
        ),
        (
            {},
            {"taskArn": f"{PREFIX}:service/a/b"},
            '"service/a/b" is the name of no ECS task',
        ),
        (
            {},
            {"taskArn": f"{PREFIX}:task/0123", "clusterArn": ...},
            "detail.clusterArn is missing",
        ),
        ({}, {"lastStatus": ...}, "detail.lastStatus is missing"),
        ({}, {"containers": [{}]}, "detail.containers[0].name is missing"),
        ({}, {"containers": ["web"]}, "detail.containers[0] is text, not an object"),
        (
            {},
            {"containers": [{"name": "web", "exitCode": "1"}]},
            "detail.containers[0].exitCode is text, not a whole number",
        ),
        ({}, {"version": 1.5}, "detail.version is a number, not a whole number"),
        ({}, {"startedBy": 7}, "detail.startedBy is a number, not text"),
    ],
)
def test_a_task_that_lacks_what_it_needs_says_what(
    bent: Bend, envelope: dict[str, object], detail: dict[str, object], complaint: str
) -> None:
    assert complaint_of(bent("ecs/task_stopped_crash", detail, **envelope)) == complaint
