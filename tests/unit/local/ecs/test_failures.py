from datetime import timedelta
from itertools import pairwise

import pytest

from longshore_local.ecs import Exits, ImageBehaviour, breaker
from tests.unit.local.ecs.scene import REPOSITORY, Scene, definition_of, digest

NO_BREAKER = {"enable": False, "rollback": False}
NO_ROLLBACK = {"enable": True, "rollback": False}


def test_the_circuit_breaker_rolls_back_to_what_completed_last(scene: Scene) -> None:
    scene.running("v1")
    failed = scene.release("crashes")

    scene.later(minutes=3)

    back, gone, _ = scene.service()["deployments"]
    assert back["taskDefinition"].endswith("app:1")
    assert (back["status"], back["rolloutState"]) == ("PRIMARY", "IN_PROGRESS")
    assert back["rolloutStateReason"] == (
        f"ECS deployment circuit breaker: rolling back to deploymentId {back['id']}."
    )
    assert (gone["id"], gone["status"], gone["rolloutState"]) == (failed, "ACTIVE", "FAILED")
    assert gone["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert gone["failedTasks"] >= 3
    scene.later(minutes=3)
    (back,) = scene.service()["deployments"]
    assert back["rolloutState"] == "COMPLETED"
    assert scene.service()["runningCount"] == 2
    assert scene.told() == [
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", failed),
        ("SERVICE_DEPLOYMENT_FAILED", failed),
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", back["id"]),
        ("SERVICE_DEPLOYMENT_COMPLETED", back["id"]),
    ]


def test_a_rollback_is_told_in_the_words_of_ecs(scene: Scene) -> None:
    scene.running("v1")
    failed = scene.release("crashes")

    scene.later(minutes=5)

    back = scene.service()["deployments"][0]["id"]
    told = [m for m in scene.messages() if "deployment" in m or "steady" in m][-4:]
    assert told == [
        f"(service web) (deployment {failed}) deployment failed: tasks failed to start.",
        f"(service web) rolling back to deployment {back}.",
        f"(service web) (deployment {back}) deployment completed.",
        "(service web) has reached a steady state.",
    ]


def test_the_old_tasks_serve_throughout_a_failing_release(scene: Scene) -> None:
    scene.running("v1")
    scene.release("crashes")

    for _ in range(40):
        scene.later(seconds=10)
        healthy = [t for t in scene.tasks() if t["taskDefinitionArn"].endswith("app:1")]
        assert len([t for t in healthy if t["lastStatus"] == "RUNNING"]) >= 2


def test_without_rollback_a_failed_release_stays_and_starts_nothing_more(scene: Scene) -> None:
    scene.running("v1", breaker=NO_ROLLBACK)
    failed = scene.release("crashes")

    scene.later(minutes=10)
    stopped = len(scene.tasks("STOPPED"))
    scene.later(minutes=30)

    assert len(scene.tasks("STOPPED")) == stopped
    primary = scene.service()["deployments"][0]
    assert (primary["id"], primary["status"], primary["rolloutState"]) == (
        failed,
        "PRIMARY",
        "FAILED",
    )
    assert [t["taskDefinitionArn"][-5:] for t in scene.tasks()] == ["app:1", "app:1"]


def test_a_first_deployment_that_fails_has_nothing_to_go_back_to(scene: Scene) -> None:
    scene.create(
        "crashes",
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )

    scene.later(hours=1)

    (only,) = scene.service()["deployments"]
    assert (only["status"], only["rolloutState"]) == ("PRIMARY", "FAILED")
    assert [name for name, _ in scene.told()] == [
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_FAILED",
    ]


def test_a_rollback_that_fails_is_not_rolled_back_again(scene: Scene) -> None:
    scene.running("v1")
    scene.release("crashes")
    scene.later(minutes=1)
    for name in [name for name in scene.images if name.endswith(":v1")]:
        del scene.images[name]

    scene.later(hours=2)

    primary = scene.service()["deployments"][0]
    assert primary["taskDefinition"].endswith("app:1")
    assert primary["rolloutState"] == "FAILED"
    assert [name for name, _ in scene.told()].count("SERVICE_DEPLOYMENT_FAILED") == 2
    history = scene.call("ListServiceDeployments", cluster="prod", service="web")
    assert history["serviceDeployments"][0]["status"] == "ROLLBACK_FAILED"


def test_without_a_breaker_a_crashing_release_never_gets_a_verdict(scene: Scene) -> None:
    scene.running("v1", breaker=NO_BREAKER)
    released = scene.release("crashes")
    counts = []

    for _ in range(12):
        scene.later(hours=1)
        counts.append(scene.deployment(released)["failedTasks"])

    assert scene.deployment(released)["rolloutState"] == "IN_PROGRESS"
    assert all(more > fewer for fewer, more in pairwise(counts))
    assert counts[-1] < 100, "the scheduler throttles"
    assert scene.told() == [("SERVICE_DEPLOYMENT_IN_PROGRESS", released)]
    impaired = [m for m in scene.messages() if "unable to consistently start" in m]
    assert len(impaired) == 1
    assert scene.told("ECS Service Action") == [("SERVICE_TASK_START_IMPAIRED", "")]
    assert len(scene.service()["events"]) <= 100


def test_going_back_by_hand_ends_a_release_without_a_verdict(scene: Scene) -> None:
    scene.running("v1", breaker=NO_BREAKER)
    failing = scene.release("crashes")
    scene.later(minutes=30)

    back = scene.update(taskDefinition="app:1")["deployments"][0]["id"]
    scene.later(minutes=5)

    assert [d["id"] for d in scene.service()["deployments"]] == [back]
    assert ("SERVICE_DEPLOYMENT_COMPLETED", back) in scene.told()
    assert failing not in [d for name, d in scene.told() if not name.endswith("IN_PROGRESS")]


def test_a_crash_names_container_exit_code_and_reason(scene: Scene) -> None:
    scene.running("v1")
    released = scene.release("crashes")
    scene.later(minutes=2)

    task = scene.tasks("STOPPED", startedBy=released)[0]

    assert (task["lastStatus"], task["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["stoppedReason"] == "Essential container in task exited"
    (container,) = task["containers"]
    assert (container["name"], container["exitCode"]) == ("web", 1)
    assert container["imageDigest"] == f"sha256:{'a' * 64}"


def test_what_the_runtime_says_of_a_container_is_kept(scene: Scene) -> None:
    scene.running("dies-later")

    scene.later(minutes=10)

    container = scene.tasks("STOPPED")[0]["containers"][0]
    assert (container["exitCode"], container["reason"]) == (137, "OOM")


@pytest.mark.parametrize(
    ("tag", "cause"), [("forbidden", "403 Forbidden"), ("nowhere", "not found")]
)
def test_an_image_that_cannot_be_pulled_never_ran(scene: Scene, tag: str, cause: str) -> None:
    scene.running("v1")
    released = scene.release(tag)
    scene.later(minutes=2)

    task = scene.tasks("STOPPED", startedBy=released)[0]

    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError: pull image manifest")
    assert task["stoppedReason"].endswith(f"{REPOSITORY}:{tag}: {cause}")
    assert "startedAt" not in task
    (container,) = task["containers"]
    assert {"exitCode", "imageDigest"}.isdisjoint(container)
    assert container["reason"] == task["stoppedReason"]


def test_an_image_that_cannot_be_pulled_trips_the_breaker(scene: Scene) -> None:
    scene.running("v1")
    failed = scene.release("nowhere")

    scene.later(minutes=10)

    assert ("SERVICE_DEPLOYMENT_FAILED", failed) in scene.told()


def test_a_task_that_never_becomes_healthy_is_stopped_and_counted(scene: Scene) -> None:
    scene.running("v1")
    failed = scene.release("unhealthy")
    scene.later(minutes=4)

    task = scene.tasks("STOPPED", startedBy=failed)[0]
    assert task["stopCode"] == "ServiceSchedulerInitiated"
    assert task["stoppedReason"] == "Task failed container health checks"
    assert f"(service web) (task {task['taskArn'][-32:]}) failed container health checks." in (
        scene.messages()
    )
    scene.later(minutes=10)
    assert ("SERVICE_DEPLOYMENT_FAILED", failed) in scene.told()


def test_a_task_that_never_starts_trips_nothing(scene: Scene) -> None:
    scene.running("v1")
    released = scene.release("pending")

    scene.later(hours=5)

    stuck = scene.deployment(released)
    assert (stuck["rolloutState"], stuck["failedTasks"], stuck["pendingCount"]) == (
        "IN_PROGRESS",
        0,
        2,
    )


def test_a_container_that_is_not_essential_may_end(scene: Scene) -> None:
    containers = definition_of("v1")["containerDefinitions"]
    assert isinstance(containers, list)
    side = {"name": "side", "image": f"{REPOSITORY}:crashes", "memory": 1, "essential": False}
    scene.register("v1", containerDefinitions=[*containers, side])

    scene.call(
        "CreateService", cluster="prod", serviceName="web", taskDefinition="app", desiredCount=1
    )
    scene.later(minutes=3)

    (task,) = scene.tasks()
    states = {c["name"]: (c["lastStatus"], c.get("exitCode")) for c in task["containers"]}
    assert states == {"web": ("RUNNING", None), "side": ("STOPPED", 1)}
    assert scene.service()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_container_beside_the_one_that_crashed_is_terminated(scene: Scene) -> None:
    containers = definition_of("v1")["containerDefinitions"]
    assert isinstance(containers, list)
    side = {"name": "side", "image": f"{REPOSITORY}:crashes", "memory": 1}
    scene.register("v1", containerDefinitions=[*containers, side])
    scene.call(
        "CreateService", cluster="prod", serviceName="web", taskDefinition="app", desiredCount=1
    )
    scene.later(minutes=1)

    codes = {c["name"]: c["exitCode"] for c in scene.tasks("STOPPED")[0]["containers"]}

    assert codes == {"web": 143, "side": 1}


@pytest.mark.parametrize(
    ("desired", "chosen", "expected"),
    [
        (1, None, 3),
        (2, None, 3),
        (7, None, 4),
        (1000, None, 200),
        (4, {"type": "COUNT", "value": 1}, 1),
        (10, {"type": "BOUNDED_PERCENT", "value": 90}, 9),
        (10, {"type": "BOUNDED_PERCENT", "value": 1}, 3),
        (10, {"type": "UNBOUNDED_PERCENT", "value": 10}, 1),
        (1000, {"type": "UNBOUNDED_PERCENT", "value": 50}, 500),
    ],
)
def test_the_breaker_takes_as_many_failures_as_configured(
    desired: int, chosen: object, expected: int
) -> None:
    configuration = {"deploymentCircuitBreaker": {"thresholdConfiguration": chosen}}

    assert breaker.threshold(configuration, desired) == expected


@pytest.mark.parametrize(("reset", "left"), [(True, 0), (False, 2)])
def test_a_healthy_task_sets_the_count_back_unless_told_otherwise(
    scene: Scene, reset: object, left: int
) -> None:
    scene.running("v1", breaker={"enable": True, "rollback": True, "resetOnHealthyTask": reset})
    released = scene.release("crashes")
    scene.later(seconds=60)
    assert scene.deployment(released)["failedTasks"] == 2

    # What the image depends on is mended: the same digest runs from now on.
    mended = ImageBehaviour(digest("a"))
    scene.images[f"{REPOSITORY}:crashes"] = mended
    scene.later(minutes=5)

    assert scene.deployment(released)["failedTasks"] == left
    assert scene.deployment(released)["rolloutState"] == "COMPLETED"


def test_a_task_that_dies_after_it_was_healthy_is_no_failure_of_the_release(scene: Scene) -> None:
    percents = {"maximumPercent": 150, "minimumHealthyPercent": 100}
    strict = {"enable": True, "rollback": True, "resetOnHealthyTask": False}
    breaker_on = {"deploymentCircuitBreaker": strict}
    scene.create("v1", desiredCount=4, deploymentConfiguration={**percents, **breaker_on})
    scene.later(minutes=3)
    short_lived = ImageBehaviour(digest("f"), Exits(1, timedelta(seconds=50)))
    scene.images[f"{REPOSITORY}:short-lived"] = short_lived

    # Two at a time become healthy, and are gone before the next two are.
    released = scene.release("short-lived")
    scene.later(hours=2)

    stuck = scene.deployment(released)
    assert (stuck["rolloutState"], stuck["failedTasks"]) == ("IN_PROGRESS", 0)
    assert len(scene.tasks("STOPPED")) > 10


def test_a_task_that_fails_after_its_release_was_replaced_changes_nothing(scene: Scene) -> None:
    at_once = {"type": "COUNT", "value": 1}
    scene.running(
        "v1", breaker={"enable": True, "rollback": True, "thresholdConfiguration": at_once}
    )
    replaced = scene.release("crashes")
    scene.later(seconds=30)
    assert [t["lastStatus"] for t in scene.tasks("STOPPED")] == ["DEPROVISIONING"] * 2

    released = scene.release("v2")
    scene.later(minutes=5)

    assert ("SERVICE_DEPLOYMENT_FAILED", replaced) not in scene.told()
    assert [d["id"] for d in scene.service()["deployments"]] == [released]


def test_retries_slow_down_up_to_a_limit(scene: Scene) -> None:
    pace = scene.pace

    pauses = [pace.pause_after(failures) for failures in (1, 2, 3, 4, 5, 50)]

    assert pauses == [
        timedelta(seconds=10),
        timedelta(seconds=10),
        timedelta(seconds=10),
        timedelta(seconds=20),
        timedelta(seconds=40),
        timedelta(minutes=27),
    ]
