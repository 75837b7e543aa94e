"""How ECS would roll a service."""

import json
import shlex
from typing import Any

import pytest

from longshore.domain.places import Home, ServiceRef
from longshore_cli.doctor import rollouts
from longshore_cli.doctor.findings import Check, Finding, Status

CHECK = Check("some", "shop/staging: staging/web")
WEB = ServiceRef(Home("aws", "123456789012", "eu-central-1"), "staging", "web")
REVISION = "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:"
ON = {"enable": True, "rollback": True}


def service(desired: int = 2, /, **more: object) -> dict[str, Any]:
    """A service as DescribeServices has it; settings of its rollout are given by their names."""
    names = ("deploymentCircuitBreaker", "minimumHealthyPercent", "maximumPercent", "alarms")
    settings = {name: more.pop(name) for name in names if name in more}
    deployments = more.pop("deployments", [deployment(1, "PRIMARY", "COMPLETED")])
    return {
        "serviceName": "web",
        "status": "ACTIVE",
        "desiredCount": desired,
        "taskDefinition": f"{REVISION}1",
        "deploymentConfiguration": settings,
        "deployments": deployments,
        **more,
    }


def deployment(revision: int, status: str, rollout: str) -> dict[str, str]:
    arn = f"{REVISION}{revision}"
    return {"id": f"ecs-svc/{revision}", "taskDefinition": arn, "status": status} | {
        "rolloutState": rollout
    }


def settings_in(finding: Finding) -> dict[str, Any]:
    """What a proposed command would set."""
    words = shlex.split(finding.next_step)
    assert words[:3] == ["aws", "ecs", "update-service"]
    assert words[words.index("--cluster") + 1] == "staging"
    assert words[words.index("--service") + 1] == "web"
    assert words[words.index("--region") + 1] == "eu-central-1"
    found: dict[str, Any] = json.loads(words[words.index("--deployment-configuration") + 1])
    return found


def test_a_service_that_is_missing_or_not_rolled_by_ecs_is_a_problem() -> None:
    code_deploy = service(deploymentController={"type": "CODE_DEPLOY"})

    missing = rollouts.judge_service(CHECK, WEB, None)
    refused = rollouts.judge_service(CHECK, WEB, code_deploy)
    gone = rollouts.judge_service(CHECK, WEB, service(status="INACTIVE"))

    assert "there is no service 'web' in the cluster 'staging'" in missing.message
    assert "CODE_DEPLOY" in refused.message
    assert "INACTIVE" in gone.message
    assert {missing.status, refused.status, gone.status} == {Status.PROBLEM}
    assert rollouts.judge_service(CHECK, WEB, service()).status is Status.OK


def test_a_circuit_breaker_that_is_off_comes_with_the_command_that_keeps_the_rest() -> None:
    alarms = {"alarmNames": ["a b"], "enable": True, "rollback": False}
    found = service(minimumHealthyPercent=50, maximumPercent=150, alarms=alarms)

    finding = rollouts.judge_breaker(CHECK, WEB, found)

    assert finding.status is Status.WARNING
    assert settings_in(finding) == {
        "minimumHealthyPercent": 50,
        "maximumPercent": 150,
        "alarms": alarms,
        "deploymentCircuitBreaker": ON,
    }


def test_a_circuit_breaker_that_only_stops_keeps_its_threshold() -> None:
    threshold = {"type": "COUNT", "value": 2}
    breaker = {"enable": True, "rollback": False, "thresholdConfiguration": threshold}

    finding = rollouts.judge_breaker(CHECK, WEB, service(deploymentCircuitBreaker=breaker))

    assert finding.status is Status.WARNING
    assert settings_in(finding)["deploymentCircuitBreaker"] == {**breaker, "rollback": True}


def test_a_circuit_breaker_that_rolls_back_says_after_how_many_failures() -> None:
    finding = rollouts.judge_breaker(CHECK, WEB, service(deploymentCircuitBreaker=ON))

    assert finding.status is Status.OK
    assert "after 3 failed tasks" in finding.message


@pytest.mark.parametrize(
    ("threshold", "desired", "failures"),
    [
        (None, 1, 3),
        (None, 25, 13),
        (None, 1000, 200),
        ({"type": "BOUNDED_PERCENT", "value": 10}, 100, 10),
        ({"type": "UNBOUNDED_PERCENT", "value": 10}, 10, 1),
        ({"type": "UNBOUNDED_PERCENT", "value": 50}, 1000, 500),
        ({"type": "COUNT", "value": 2}, 1000, 2),
    ],
)
def test_the_threshold_is_reckoned_as_ecs_does(
    threshold: dict[str, Any] | None, desired: int, failures: int
) -> None:
    breaker = {"thresholdConfiguration": threshold} if threshold else {}

    assert rollouts.failures_tolerated(breaker, desired) == failures


def test_without_a_completed_deployment_there_is_nothing_to_go_back_to() -> None:
    first = service(deployments=[deployment(1, "PRIMARY", "IN_PROGRESS")])
    second = service(
        deployments=[deployment(2, "PRIMARY", "FAILED"), deployment(1, "ACTIVE", "COMPLETED")]
    )

    missing = rollouts.judge_baseline(CHECK, WEB, first)

    assert missing.status is Status.WARNING
    assert "nothing to roll back to" in missing.message
    assert rollouts.judge_baseline(CHECK, WEB, second).message.startswith("it goes back to web:1")


@pytest.mark.parametrize(
    ("desired", "low", "high", "wanted"),
    [
        (1, 100, 100, Status.PROBLEM),
        (1, 100, 199, Status.PROBLEM),  # rounded down to one
        (1, 100, 200, Status.OK),
        (1, 50, 100, Status.PROBLEM),  # half a task is rounded up to one
        (2, 50, 100, Status.OK),
        (4, 90, 110, Status.PROBLEM),  # four must stay, and a fifth may not come
        (4, 75, 100, Status.OK),
        (1, 0, 100, Status.OK),
        (0, 100, 200, Status.WARNING),
    ],
)
def test_a_rollout_needs_room_to_stop_or_to_start_a_task(
    desired: int, low: int, high: int, wanted: Status
) -> None:
    found = service(desired, minimumHealthyPercent=low, maximumPercent=high)

    finding = rollouts.judge_room(CHECK, WEB, found)

    assert finding.status is wanted
    if wanted is Status.PROBLEM:
        assert settings_in(finding) == {"minimumHealthyPercent": low, "maximumPercent": 200}


def test_stopping_all_tasks_first_is_worth_a_warning_where_requests_come_in() -> None:
    behind: dict[str, object] = {"loadBalancers": [{"targetGroupArn": "arn"}]}
    found = service(1, minimumHealthyPercent=0, maximumPercent=100, **behind)

    assert rollouts.judge_room(CHECK, WEB, found).status is Status.WARNING
    assert rollouts.judge_room(CHECK, WEB, service()).status is Status.OK  # ECS's defaults


def test_a_load_balancer_wants_a_grace_period() -> None:
    behind: dict[str, object] = {"loadBalancers": [{"targetGroupArn": "arn"}]}

    without = rollouts.judge_grace(CHECK, WEB, service(**behind))
    with_it = rollouts.judge_grace(CHECK, WEB, service(healthCheckGracePeriodSeconds=30, **behind))

    assert without.status is Status.WARNING
    assert "--health-check-grace-period-seconds" in without.next_step
    assert with_it.status is Status.OK
    assert rollouts.judge_grace(CHECK, WEB, service()).status is Status.OK


def test_deployment_alarms_must_exist_and_be_quiet() -> None:
    def judged(**states: str) -> Finding:
        return rollouts.judge_alarms(CHECK, ["errors"], states)

    assert judged(errors="OK").status is Status.OK
    assert judged(errors="INSUFFICIENT_DATA").status is Status.OK
    assert "errors" in judged(errors="ALARM").message
    assert judged(errors="ALARM").status is judged().status is Status.PROBLEM
    assert "do not exist" in judged().message


def test_alarms_that_are_switched_off_are_none() -> None:
    def names(*, enabled: bool) -> list[str]:
        found = service(alarms={"alarmNames": ["errors"], "enable": enabled, "rollback": True})
        return list(rollouts.deployment_alarms(found))

    assert (names(enabled=True), names(enabled=False)) == (["errors"], [])
    assert rollouts.judge_alarms(CHECK, [], {}).status is Status.OK
