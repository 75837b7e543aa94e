from datetime import timedelta
from typing import Any

import pytest

from longshore_local.awsjson import ApiError
from tests.unit.local.ecs.scene import REPOSITORY, START, Scene, digest


def history(scene: Scene, **selection: object) -> list[Any]:
    listed = scene.call("ListServiceDeployments", cluster="prod", service="web", **selection)
    return list(listed["serviceDeployments"])


def newest(scene: Scene) -> Any:  # noqa: ANN401 - an AWS document
    arn = scene.service()["currentServiceDeployment"]
    described = scene.call("DescribeServiceDeployments", serviceDeploymentArns=[arn])
    return described["serviceDeployments"][0]


def statuses(scene: Scene) -> list[str]:
    return [entry["status"] for entry in history(scene)]


def test_a_release_that_completes_is_successful(scene: Scene) -> None:
    scene.running("v1")
    scene.release("v2")
    assert statuses(scene) == ["IN_PROGRESS", "SUCCESSFUL"]

    scene.later(minutes=3)

    assert statuses(scene) == ["SUCCESSFUL", "SUCCESSFUL"]
    assert newest(scene)["deploymentCircuitBreaker"] == {
        "status": "MONITORING_COMPLETE",
        "failureCount": 0,
        "threshold": 3,
    }


def test_a_rollback_by_the_breaker_belongs_to_the_release_it_undoes(scene: Scene) -> None:
    scene.running("v1")
    baseline = newest(scene)["targetServiceRevision"]["arn"]
    scene.release("crashes")
    scene.later(minutes=3)
    assert statuses(scene) == ["ROLLBACK_IN_PROGRESS", "SUCCESSFUL"]

    scene.later(minutes=3)

    assert statuses(scene) == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]
    entry = newest(scene)
    assert entry["rollback"]["serviceRevisionArn"] == baseline
    assert "circuit breaker" in entry["statusReason"]
    assert entry["deploymentCircuitBreaker"]["status"] == "TRIGGERED"
    assert entry["deploymentCircuitBreaker"]["failureCount"] >= 3
    assert [source["arn"] for source in entry["sourceServiceRevisions"]] == [baseline]


@pytest.mark.parametrize(("rollback", "status"), [(False, "STOPPED"), (True, "ROLLBACK_FAILED")])
def test_a_first_release_that_fails_ends_where_it_is(
    scene: Scene, rollback: object, status: str
) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": rollback}}
    scene.create("crashes", deploymentConfiguration=breaker)

    scene.later(minutes=10)

    assert statuses(scene) == [status]
    assert "stoppedAt" in newest(scene)


def test_a_release_that_is_replaced_is_stopped(scene: Scene) -> None:
    scene.running("v1")
    scene.release("v2")

    scene.release("v3")
    scene.later(minutes=3)

    assert statuses(scene) == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]
    assert history(scene)[1]["statusReason"] == "Replaced by a new service deployment."


def test_a_revision_keeps_the_digests_its_images_had(scene: Scene) -> None:
    scene.running("v1")
    arn = newest(scene)["targetServiceRevision"]["arn"]
    scene.images[f"{REPOSITORY}:v1"] = scene.images[f"{REPOSITORY}:v2"]

    described = scene.call("DescribeServiceRevisions", serviceRevisionArns=[arn, "unknown"])

    (revision,) = described["serviceRevisions"]
    assert revision["containerImages"] == [
        {"containerName": "web", "image": f"{REPOSITORY}:v1", "imageDigest": digest("1")}
    ]
    assert revision["taskDefinition"].endswith("app:1")
    assert described["failures"] == [{"arn": "unknown", "reason": "MISSING"}]


def test_a_revision_counts_its_tasks(scene: Scene) -> None:
    scene.running("v1")
    scene.release("v2")
    scene.later(seconds=30)

    entry = newest(scene)

    target, (source,) = entry["targetServiceRevision"], entry["sourceServiceRevisions"]
    assert (target["requestedTaskCount"], target["runningTaskCount"]) == (2, 2)
    assert (source["requestedTaskCount"], source["runningTaskCount"]) == (2, 2)
    current = [revision["arn"] for revision in scene.service()["currentServiceRevisions"]]
    assert current == [target["arn"], source["arn"]]


def test_the_history_is_narrowed_by_status_time_and_page(scene: Scene) -> None:
    scene.running("v1")
    scene.release("v2")

    assert [e["status"] for e in history(scene, status=["SUCCESSFUL"])] == ["SUCCESSFUL"]
    early = {"before": START + timedelta(minutes=1)}
    assert len(history(scene, createdAt=early)) == 1
    assert len(history(scene, createdAt={"after": early["before"]})) == 1
    page = scene.call("ListServiceDeployments", cluster="prod", service="web", maxResults=1)
    assert len(page["serviceDeployments"]) == 1
    assert "nextToken" in page


def test_somebody_can_stop_a_release_and_return_to_the_last_one(scene: Scene) -> None:
    scene.running("v1")
    stopped = scene.release("v2")
    scene.later(seconds=20)
    arn = newest(scene)["serviceDeploymentArn"]

    answer = scene.call("StopServiceDeployment", serviceDeploymentArn=arn, stopType="ROLLBACK")

    assert answer == {"serviceDeploymentArn": arn}
    assert scene.deployment(stopped)["rolloutState"] == "FAILED"
    scene.later(minutes=5)
    assert statuses(scene) == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]
    assert scene.service()["taskDefinition"].endswith("app:1")


@pytest.mark.parametrize(
    ("which", "more", "code"),
    [
        ("unknown", {}, "ServiceDeploymentNotFoundException"),
        ("finished", {}, "ConflictException"),
        ("first", {}, "InvalidParameterException"),
        ("first", {"stopType": "ABORT"}, "InvalidParameterException"),
    ],
)
def test_what_cannot_be_rolled_back_is_refused(
    scene: Scene, which: str, more: dict[str, object], code: str
) -> None:
    scene.create("v1")
    arn = newest(scene)["serviceDeploymentArn"] if which != "unknown" else "unknown"
    if which == "finished":
        scene.later(minutes=3)

    with pytest.raises(ApiError, match=code):
        scene.call("StopServiceDeployment", serviceDeploymentArn=arn, **more)


@pytest.mark.parametrize("arns", [[], ["arn"] * 21])
def test_one_to_twenty_are_described_at_once(scene: Scene, arns: list[str]) -> None:
    with pytest.raises(ApiError, match="InvalidParameterException"):
        scene.call("DescribeServiceDeployments", serviceDeploymentArns=arns)
