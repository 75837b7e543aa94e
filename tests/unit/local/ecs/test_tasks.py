import pytest

from longshore_local.awsjson import ApiError
from tests.unit.local.ecs.scene import Scene, digest


def test_a_task_comes_up_step_by_step(scene: Scene) -> None:
    scene.create("v1", desiredCount=1)

    seen = []
    for _ in range(3):
        (task,) = scene.tasks()
        pulled = "imageDigest" in task["containers"][0]
        seen.append((task["lastStatus"], task["version"], pulled))
        scene.later(seconds=15)

    assert seen == [("PROVISIONING", 1, False), ("PENDING", 2, False), ("RUNNING", 3, True)]


def test_a_running_task_says_what_it_runs_and_for_whom(scene: Scene) -> None:
    scene.running("v1")
    service = scene.service()

    task = scene.tasks()[0]

    assert task["startedBy"] == service["deployments"][0]["id"]
    assert task["group"] == "service:web"
    assert task["taskDefinitionArn"] == service["taskDefinition"]
    (container,) = task["containers"]
    assert (container["lastStatus"], container["imageDigest"]) == ("RUNNING", digest("1"))
    assert "exitCode" not in container


def test_tasks_are_selected_by_service_family_starter_and_launch_type(scene: Scene) -> None:
    scene.running("v1", launchType="FARGATE")
    scene.register("v2", family="other")
    scene.call(
        "CreateService", cluster="prod", serviceName="two", taskDefinition="other", desiredCount=1
    )
    starter = scene.service()["deployments"][0]["id"]

    counts = {
        name: len(scene.tasks(**{name: value}))
        for name, value in {
            "serviceName": "web",
            "family": "other",
            "startedBy": starter,
            "launchType": "EC2",
        }.items()
    }

    assert len(scene.tasks()) == 3
    assert counts == {"serviceName": 2, "family": 1, "startedBy": 2, "launchType": 1}


@pytest.mark.parametrize(
    ("selection", "code"),
    [
        ({"serviceName": "gone"}, "ServiceNotFoundException"),
        ({"startedBy": "x", "family": "app"}, "InvalidParameterException"),
    ],
)
def test_a_selection_that_cannot_be_is_refused(
    scene: Scene, selection: dict[str, object], code: str
) -> None:
    with pytest.raises(ApiError, match=code):
        scene.call("ListTasks", cluster="prod", **selection)


def test_stopped_tasks_are_shown_for_an_hour(scene: Scene) -> None:
    scene.running("v1")
    scene.release("v2")
    scene.later(minutes=5)
    assert len(scene.tasks("STOPPED")) == 2
    gone = scene.tasks("STOPPED")[0]["taskArn"]

    scene.later(hours=1)

    assert scene.tasks("STOPPED") == []
    described = scene.call("DescribeTasks", cluster="prod", tasks=[gone, "unknown"])
    assert described["tasks"] == []
    assert [f["reason"] for f in described["failures"]] == ["MISSING", "MISSING"]


@pytest.mark.parametrize("names", [[], ["task"] * 101])
def test_one_to_a_hundred_tasks_are_described_at_once(scene: Scene, names: list[str]) -> None:
    with pytest.raises(ApiError, match="InvalidParameterException"):
        scene.call("DescribeTasks", cluster="prod", tasks=names)


def test_a_task_that_somebody_stops_is_replaced_and_no_failure(scene: Scene) -> None:
    scene.running("v1")
    victim = scene.tasks()[0]["taskArn"]

    stopping = scene.call("StopTask", cluster="prod", task=victim, reason="drill")["task"]

    assert (stopping["lastStatus"], stopping["desiredStatus"]) == ("STOPPING", "STOPPED")
    scene.later(minutes=3)
    (stopped,) = scene.tasks("STOPPED")
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "drill")
    assert stopped["containers"][0]["exitCode"] == 143
    assert scene.service()["runningCount"] == 2
    assert scene.service()["deployments"][0]["failedTasks"] == 0
    assert scene.messages()[-1] == "(service web) has reached a steady state."


def test_stopping_a_task_twice_is_no_error_and_an_unknown_one_is(scene: Scene) -> None:
    scene.running("v1")
    victim = scene.tasks()[0]["taskArn"]

    for _ in range(2):
        scene.call("StopTask", cluster="prod", task=victim)
        scene.later(minutes=1)

    assert len(scene.tasks("STOPPED")) == 1
    with pytest.raises(ApiError, match="referenced task was not found"):
        scene.call("StopTask", cluster="prod", task="unknown")


def test_a_task_stopped_by_a_release_names_the_deployment_that_did_it(scene: Scene) -> None:
    scene.running("v1")
    released = scene.release("v2")
    scene.later(minutes=3)

    task = scene.tasks("STOPPED")[0]

    assert task["stopCode"] == "ServiceSchedulerInitiated"
    assert task["stoppedReason"] == f"Scaling activity initiated by (deployment {released})"


@pytest.mark.parametrize(("tag", "health"), [("v1", "HEALTHY"), ("unhealthy", "UNHEALTHY")])
def test_health_is_told_where_there_is_a_health_check(scene: Scene, tag: str, health: str) -> None:
    check = {"command": ["CMD", "true"]}
    image = next(name for name in scene.images if name.endswith(f":{tag}"))
    container = {"name": "web", "image": image, "memory": 1, "healthCheck": check}
    scene.register("v1", containerDefinitions=[container])
    scene.call(
        "CreateService", cluster="prod", serviceName="web", taskDefinition="app", desiredCount=1
    )

    assert scene.tasks()[0]["healthStatus"] == "UNKNOWN"
    scene.later(seconds=150)

    status = "RUNNING" if tag == "v1" else "STOPPED"
    assert scene.tasks(status)[0]["healthStatus"] == health
