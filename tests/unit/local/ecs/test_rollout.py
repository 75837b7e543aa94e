from datetime import timedelta

import pytest

from tests.unit.local.ecs.scene import Scene, impatient


def test_the_first_deployment_starts_the_tasks_and_completes_when_they_are_healthy(
    scene: Scene,
) -> None:
    service = scene.create("v1")
    (deployment,) = service["deployments"]
    assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "IN_PROGRESS")
    assert (service["runningCount"], service["pendingCount"]) == (0, 2)

    scene.later(seconds=30)
    running = scene.service()
    assert (running["runningCount"], running["pendingCount"]) == (2, 0)
    assert running["deployments"][0]["rolloutState"] == "IN_PROGRESS"

    scene.later(seconds=40)
    (deployment,) = scene.service()["deployments"]
    assert deployment["rolloutState"] == "COMPLETED"
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} completed."
    assert scene.messages()[1:] == [
        f"(service web) (deployment {deployment['id']}) deployment completed.",
        "(service web) has reached a steady state.",
    ]
    assert scene.told() == [
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", deployment["id"]),
        ("SERVICE_DEPLOYMENT_COMPLETED", deployment["id"]),
    ]


def test_a_release_runs_beside_the_old_tasks_until_its_own_are_healthy(scene: Scene) -> None:
    scene.running("v1")
    before = scene.service()["deployments"][0]["id"]

    released = scene.release("v2")

    assert [d["id"] for d in scene.service()["deployments"]] == [released, before]
    scene.later(seconds=30)
    old = scene.deployment(before)
    assert (old["status"], old["rolloutState"], old["runningCount"]) == ("ACTIVE", "COMPLETED", 2)
    assert scene.service()["runningCount"] == 4
    scene.later(seconds=40)
    assert scene.deployment(released)["rolloutState"] == "IN_PROGRESS", "old tasks are stopping"
    scene.later(seconds=30)
    assert scene.deployment(released)["rolloutState"] == "COMPLETED"
    assert {task["startedBy"] for task in scene.tasks()} == {released}
    scene.later(minutes=2)
    assert [d["id"] for d in scene.service()["deployments"]] == [released]


def test_without_room_for_more_old_tasks_go_first(scene: Scene) -> None:
    percents = {"maximumPercent": 100, "minimumHealthyPercent": 50}
    scene.create("v1", desiredCount=4, deploymentConfiguration=percents)
    scene.later(minutes=3)

    released = scene.release("v2")

    counts = []
    for _ in range(60):
        scene.later(seconds=10)
        running = [t for t in scene.tasks() if t["lastStatus"] == "RUNNING"]
        counts.append((len(scene.tasks()), len(running)))
    assert max(total for total, _ in counts) == 4
    assert min(running for _, running in counts) == 2
    assert scene.deployment(released)["rolloutState"] == "COMPLETED"


def test_percentages_that_leave_no_room_stall_and_say_so(scene: Scene) -> None:
    percents = {"maximumPercent": 150, "minimumHealthyPercent": 100}
    scene.create("v1", desiredCount=1, deploymentConfiguration=percents)
    scene.later(minutes=3)

    released = scene.release("v2")
    scene.later(hours=1)

    assert scene.deployment(released)["rolloutState"] == "IN_PROGRESS"
    stuck = [m for m in scene.messages() if "service deployment configuration" in m]
    assert len(stuck) == 1


def test_a_newer_release_replaces_one_under_way_without_a_verdict(scene: Scene) -> None:
    scene.running("v1")
    first = scene.release("v2")
    scene.later(seconds=20)

    second = scene.release("v3")

    replaced = scene.deployment(first)
    assert (replaced["status"], replaced["rolloutState"]) == ("ACTIVE", "IN_PROGRESS")
    scene.later(minutes=5)
    assert [d["id"] for d in scene.service()["deployments"]] == [second]
    assert scene.told() == [
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", first),
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", second),
        ("SERVICE_DEPLOYMENT_COMPLETED", second),
    ]


def test_with_a_desired_count_of_nothing_a_release_completes_at_once_and_unproved(
    scene: Scene,
) -> None:
    scene.running("v1", desiredCount=0)

    released = scene.release("crashes")

    assert scene.deployment(released)["rolloutState"] == "COMPLETED"
    assert scene.told()[-1] == ("SERVICE_DEPLOYMENT_COMPLETED", released)
    assert scene.tasks("STOPPED") == []


def test_scaling_begins_no_deployment(scene: Scene) -> None:
    scene.running("v1")
    before = scene.service()["deployments"][0]["id"]

    scene.update(desiredCount=3)
    scene.later(minutes=2)
    assert (len(scene.tasks()), scene.service()["desiredCount"]) == (3, 3)
    scene.update(desiredCount=1)
    scene.later(minutes=2)

    assert len(scene.tasks()) == 1
    assert [d["id"] for d in scene.service()["deployments"]] == [before]
    assert scene.told() == []


def test_the_same_revision_again_begins_a_deployment_only_when_forced(scene: Scene) -> None:
    scene.running("v1")
    before = scene.service()["deployments"][0]["id"]

    same = scene.update(taskDefinition="app:1")
    forced = scene.update(forceNewDeployment=True)

    assert same["deployments"][0]["id"] == before
    assert forced["deployments"][0]["id"] != before
    assert forced["taskDefinition"].endswith("app:1")


def test_a_network_change_begins_a_deployment_and_a_breaker_change_does_not(scene: Scene) -> None:
    scene.running("v1")
    before = scene.service()["deployments"][0]["id"]
    breaker = {"deploymentCircuitBreaker": {"enable": False, "rollback": False}}
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}

    adjusted = scene.update(deploymentConfiguration=breaker)
    moved = scene.update(networkConfiguration=network)

    assert adjusted["deployments"][0]["id"] == before
    assert adjusted["deploymentConfiguration"]["maximumPercent"] == 200, "what is not given stays"
    assert moved["deployments"][0]["id"] != before
    assert moved["deployments"][0]["networkConfiguration"] == network


def test_ecs_pins_a_tag_for_as_long_as_a_deployment_lives(scene: Scene) -> None:
    scene.running("v1")
    reference = next(name for name in scene.images if name.endswith(":v1"))
    scene.images["elsewhere/app:v1"] = scene.images[reference]
    original = scene.images[reference]
    scene.images[reference] = next(b for n, b in scene.images.items() if n.endswith(":crashes"))
    scene.images[reference.replace(":v1", ":kept")] = original

    scene.update(desiredCount=3)
    scene.later(minutes=2)

    digests = {c["imageDigest"] for task in scene.tasks() for c in task["containers"]}
    assert digests == {original.digest}
    assert scene.service()["runningCount"] == 3


def test_a_deleted_digest_breaks_scaling_out_later(scene: Scene) -> None:
    scene.running("v1")
    for name in [name for name in scene.images if name.endswith(":v1")]:
        del scene.images[name]

    scene.update(desiredCount=3)
    scene.later(minutes=10)

    assert scene.service()["runningCount"] == 2
    assert scene.deployment(scene.service()["deployments"][0]["id"])["rolloutState"] == "COMPLETED"
    assert "CannotPullContainerError" in scene.tasks("STOPPED")[0]["stoppedReason"]


def test_a_task_that_dies_after_its_deployment_completed_is_replaced(scene: Scene) -> None:
    scene.running("dies-later")
    deployment = scene.service()["deployments"][0]["id"]
    first = {task["taskArn"] for task in scene.tasks()}

    scene.later(minutes=12)

    assert first.isdisjoint(task["taskArn"] for task in scene.tasks())
    assert len(scene.tasks()) == 2
    assert scene.deployment(deployment)["rolloutState"] == "COMPLETED"
    assert scene.told() == []


@pytest.mark.parametrize("retry", [timedelta(), timedelta(seconds=-1)])
def test_a_world_where_crashes_take_no_time_is_refused(retry: timedelta) -> None:
    with pytest.raises(ValueError, match="retry"):
        impatient(retry=retry)
