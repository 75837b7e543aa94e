from typing import Any

import pytest

from longshore_local.awsjson import ApiError
from tests.unit.local.ecs.scene import Scene

ARN = "arn:aws:ecs:eu-central-1:000000000000:service/prod/web"


def refusal(scene: Scene, operation: str, **parameters: object) -> ApiError:
    with pytest.raises(ApiError) as refused:
        scene.call(operation, **parameters)
    return refused.value


def test_a_service_is_described_as_it_was_created(scene: Scene) -> None:
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "assignPublicIp": "DISABLED"}}
    tags = [{"key": "team", "value": "checkout"}]

    created = scene.create("v1", launchType="FARGATE", networkConfiguration=network, tags=tags)

    described = scene.service()
    assert {**described, "tags": tags} == created
    assert described["serviceArn"] == ARN
    assert described["networkConfiguration"] == network
    assert (described["launchType"], described["platformVersion"]) == ("FARGATE", "LATEST")
    assert described["deploymentController"] == {"type": "ECS"}
    assert described["deploymentConfiguration"] == {
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "strategy": "ROLLING",
    }


def test_a_service_is_found_by_name_and_by_arn_and_its_tags_on_demand(scene: Scene) -> None:
    tags = [{"key": "team", "value": "checkout"}]
    scene.create("v1", tags=tags)

    described = scene.call(
        "DescribeServices", cluster="prod", services=["web", ARN, "gone"], include=["TAGS"]
    )

    assert [service["serviceArn"] for service in described["services"]] == [ARN, ARN]
    assert described["services"][0]["tags"] == tags
    assert described["failures"] == [{"arn": ARN.replace("web", "gone"), "reason": "MISSING"}]


@pytest.mark.parametrize("names", [[], [f"service-{number}" for number in range(11)]])
def test_one_to_ten_services_are_described_at_once(scene: Scene, names: list[str]) -> None:
    error = refusal(scene, "DescribeServices", cluster="prod", services=names)

    assert error.code == "InvalidParameterException"


@pytest.mark.parametrize("operation", ["DescribeServices", "UpdateService", "ListTasks"])
def test_an_unknown_cluster_is_named_as_such(scene: Scene, operation: str) -> None:
    members: dict[str, dict[str, object]] = {
        "DescribeServices": {"services": ["web"]},
        "UpdateService": {"service": "web"},
        "ListTasks": {},
    }

    error = refusal(scene, operation, cluster="nowhere", **members[operation])

    assert (error.code, error.message) == ("ClusterNotFoundException", "Cluster not found.")


def test_an_unknown_service_cannot_be_updated(scene: Scene) -> None:
    error = refusal(scene, "UpdateService", cluster="prod", service="gone")

    assert (error.code, error.message) == ("ServiceNotFoundException", "Service not found.")


@pytest.mark.parametrize(
    ("wanted", "words"), [("app:9", "not found"), ("nobody", "not found"), ("app:2", "inactive")]
)
def test_a_revision_that_cannot_run_refuses_the_whole_update(
    scene: Scene, wanted: str, words: str
) -> None:
    scene.running("v1")
    scene.call("DeregisterTaskDefinition", taskDefinition=scene.register("v2"))
    before = scene.service()

    error = refusal(
        scene, "UpdateService", cluster="prod", service="web", taskDefinition=wanted, desiredCount=9
    )

    assert (error.code, words in error.message) == ("ClientException", True)
    assert scene.service() == before


def test_a_service_on_a_deregistered_revision_goes_on_and_scales(scene: Scene) -> None:
    scene.running("v1")
    scene.call("DeregisterTaskDefinition", taskDefinition="app:1")

    scene.update(desiredCount=3)
    scene.later(minutes=2)

    assert scene.service()["runningCount"] == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"desiredCount": -1}, "desiredCount"),
        ({"deploymentConfiguration": {"maximumPercent": 100}}, "100"),
    ],
)
def test_updates_that_make_no_sense_are_refused(
    scene: Scene, change: dict[str, object], words: str
) -> None:
    scene.running("v1")

    error = refusal(scene, "UpdateService", cluster="prod", service="web", **change)

    assert (error.code, words in error.message) == ("InvalidParameterException", True)


def test_a_code_deploy_service_shows_a_task_set_and_keeps_its_revision(scene: Scene) -> None:
    service = scene.create("v1", deploymentController={"type": "CODE_DEPLOY"})
    scene.later(minutes=3)

    assert service["deployments"] == []
    (task_set,) = scene.service()["taskSets"]
    assert (task_set["status"], task_set["stabilityStatus"]) == ("PRIMARY", "STEADY_STATE")
    assert len(scene.tasks()) == 2
    changes: tuple[dict[str, object], ...] = (
        {"taskDefinition": "app:1"},
        {"forceNewDeployment": True},
        {"loadBalancers": []},
    )
    for change in changes:
        error = refusal(scene, "UpdateService", cluster="prod", service="web", **change)
        assert error.code == "InvalidParameterException"
        assert "CODE_DEPLOY deployment controller" in error.message
    assert scene.update(desiredCount=1)["desiredCount"] == 1
    assert scene.told() == []


def test_an_external_service_runs_nothing_of_its_own(scene: Scene) -> None:
    scene.call(
        "CreateService",
        cluster="prod",
        serviceName="web",
        desiredCount=2,
        deploymentController={"type": "EXTERNAL"},
    )

    service = scene.service()
    assert (service["deployments"], service["taskSets"], scene.tasks()) == ([], [], [])
    assert "taskDefinition" not in service
    error = refusal(scene, "UpdateService", cluster="prod", service="web", taskDefinition="app:1")
    assert "EXTERNAL deployment controller" in error.message


def test_a_name_is_taken_until_its_service_is_gone(scene: Scene) -> None:
    scene.create("v1", clientToken="once")
    again: dict[str, Any] = {"cluster": "prod", "serviceName": "web", "taskDefinition": "app:1"}

    repeated = scene.call("CreateService", **again, clientToken="once")["service"]
    assert repeated["desiredCount"] == 2
    assert "not idempotent" in refusal(scene, "CreateService", **again).message
    assert "not idempotent" in refusal(scene, "CreateService", **again, clientToken="x").message
    scene.call("DeleteService", cluster="prod", service="web", force=True)
    assert "Draining" in refusal(scene, "CreateService", **again).message
    scene.later(minutes=1)
    assert scene.call("CreateService", **again)["service"]["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "InvalidParameterException"),
        ({"serviceName": ""}, "InvalidParameterException"),
        ({"taskDefinition": "nobody"}, "ClientException"),
        (
            {
                "taskDefinition": "app",
                "deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 100},
            },
            "InvalidParameterException",
        ),
        ({"taskDefinition": "app", "desiredCount": -1}, "InvalidParameterException"),
    ],
)
def test_a_service_that_could_not_run_is_not_created(
    scene: Scene, parameters: dict[str, object], code: str
) -> None:
    scene.register("v1")

    error = refusal(
        scene, "CreateService", **{"cluster": "prod", "serviceName": "web", **parameters}
    )

    assert error.code == code
    assert scene.call("ListServices", cluster="prod")["serviceArns"] == []


def test_a_deleted_service_drains_becomes_inactive_and_is_forgotten(scene: Scene) -> None:
    scene.running("v1")
    assert "above 0" in refusal(scene, "DeleteService", cluster="prod", service="web").message

    deleted = scene.call("DeleteService", cluster="prod", service="web", force=True)["service"]

    assert deleted["status"] == "DRAINING"
    assert scene.call("ListServices", cluster="prod")["serviceArns"] == []
    scene.later(minutes=1)
    assert scene.service()["status"] == "INACTIVE"
    error = refusal(scene, "UpdateService", cluster="prod", service="web", desiredCount=1)
    assert (error.code, error.message) == ("ServiceNotActiveException", "Service was not ACTIVE.")
    assert refusal(scene, "DeleteService", cluster="prod", service="web").code == (
        "ServiceNotFoundException"
    )
    scene.later(hours=1)
    described = scene.call("DescribeServices", cluster="prod", services=["web"])
    assert [failure["reason"] for failure in described["failures"]] == ["MISSING"]


def test_a_service_deleted_in_mid_rollout_gets_no_verdict(scene: Scene) -> None:
    scene.running("v1")
    scene.release("v2")
    scene.later(seconds=20)
    scene.events.clear()

    scene.call("DeleteService", cluster="prod", service="web", force=True)
    scene.later(hours=1)

    assert scene.told() == []


def test_an_idle_service_is_inactive_as_soon_as_it_is_deleted(scene: Scene) -> None:
    scene.running("v1", desiredCount=0)

    deleted = scene.call("DeleteService", cluster="prod", service="web")["service"]

    assert deleted["status"] == "INACTIVE"


def test_services_are_listed_ten_a_page(scene: Scene) -> None:
    scene.register("v1")
    for number in range(12):
        scene.call(
            "CreateService",
            cluster="prod",
            serviceName=f"s{number}",
            taskDefinition="app",
            launchType="FARGATE" if number else "EC2",
        )

    first = scene.call("ListServices", cluster="prod")
    rest = scene.call("ListServices", cluster="prod", nextToken=first["nextToken"])
    on_ec2 = scene.call("ListServices", cluster="prod", launchType="EC2")

    assert (len(first["serviceArns"]), len(rest["serviceArns"])) == (10, 2)
    assert [arn.rpartition("/")[2] for arn in on_ec2["serviceArns"]] == ["s0"]
