"""Builds go through their phases, fail in them, are stopped, retried, and end in time."""

import pytest

from longshore_local.awsjson import ApiError
from longshore_local.codebuild import FINE, Elsewhere, Fails, Hangs, Start, Succeeds, command_failed
from tests.unit.local.codebuild.scene import COMMIT, ROLE, Scene, project

PHASES = [
    "SUBMITTED",
    "QUEUED",
    "PROVISIONING",
    "DOWNLOAD_SOURCE",
    "INSTALL",
    "PRE_BUILD",
    "BUILD",
    "POST_BUILD",
    "UPLOAD_ARTIFACTS",
    "FINALIZING",
    "COMPLETED",
]


def test_a_build_goes_through_every_phase(scene: Scene) -> None:
    build = scene.start(sourceVersion=COMMIT)
    at_once = scene.build(build)
    scene.later(minutes=5)

    found = scene.build(build)

    assert (at_once["buildStatus"], at_once["currentPhase"]) == ("IN_PROGRESS", "QUEUED")
    assert (found["buildStatus"], found["buildComplete"]) == ("SUCCEEDED", True)
    assert list(scene.phases(build)) == PHASES
    assert scene.phases(build)["COMPLETED"] is None
    assert (found["sourceVersion"], found["resolvedSourceVersion"]) == (COMMIT, COMMIT)
    assert found["logs"]["groupName"] == "/aws/codebuild/checkout"
    assert found["logs"]["streamName"] == build.partition(":")[2]
    assert found["logs"]["deepLink"].endswith(
        f"log-group/$252Faws$252Fcodebuild$252Fcheckout/log-events/{build.partition(':')[2]}"
    )


def test_a_project_may_name_where_its_log_is(scene: Scene) -> None:
    logs = {"status": "ENABLED", "groupName": "/longshore/build/checkout", "streamName": "image"}
    scene.call("UpdateProject", name="checkout", logsConfig={"cloudWatchLogs": logs})

    build = scene.start()

    found = scene.build(build)["logs"]
    assert found["groupName"] == "/longshore/build/checkout"
    assert found["streamName"] == f"image/{build.partition(':')[2]}"


def test_the_runner_is_given_the_projects_settings_with_the_overrides(scene: Scene) -> None:
    scene.start(
        sourceVersion=COMMIT,
        environmentVariablesOverride=[
            {"name": "TAG", "value": "v1"},
            {"name": "REPOSITORY", "value": "other"},
        ],
        buildspecOverride="ci/build.yml",
    )
    scene.later(minutes=5)

    (order,) = scene.orders

    assert order.environment == {"REPOSITORY": "other", "TAG": "v1"}
    assert order.source["buildspec"] == "ci/build.yml"
    assert (order.source_version, order.number, order.role) == (COMMIT, 1, ROLE)


def test_a_failed_command_fails_the_build_with_its_phase_and_context() -> None:
    scene = Scene(conduct=Fails("BUILD", "make test", 2))
    build = scene.start()
    scene.later(minutes=5)

    found = scene.build(build)

    assert found["buildStatus"] == "FAILED"
    (phase,) = [one for one in found["phases"] if one.get("phaseStatus") == "FAILED"]
    assert (phase["phaseType"], phase["contexts"]) == (
        "BUILD",
        [
            {
                "statusCode": "COMMAND_EXECUTION_ERROR",
                "message": "Error while executing command: make test. Reason: exit status 2",
            }
        ],
    )
    assert scene.phases(build)["POST_BUILD"] == "SUCCEEDED"


def test_what_comes_before_the_build_ends_it_at_once() -> None:
    scene = Scene(conduct=Fails("PRE_BUILD", "docker login", 1))
    build = scene.start()
    scene.later(minutes=5)

    phases = scene.phases(build)

    assert list(phases)[-3:] == ["PRE_BUILD", "FINALIZING", "COMPLETED"]
    assert scene.build(build)["buildStatus"] == "FAILED"


def test_exported_variables_are_shown() -> None:
    scene = Scene(conduct=Succeeds({"DIGEST": "sha256:1"}))
    build = scene.start()
    scene.later(minutes=5)

    assert scene.build(build)["exportedEnvironmentVariables"] == [
        {"name": "DIGEST", "value": "sha256:1"}
    ]


def test_a_build_that_hangs_ends_when_its_time_is_up() -> None:
    scene = Scene(conduct=Hangs())
    scene.call("UpdateProject", name="checkout", timeoutInMinutes=5)
    build = scene.start()
    scene.later(minutes=6)

    assert scene.build(build)["buildStatus"] == "TIMED_OUT"
    assert scene.phases(build)["BUILD"] == "TIMED_OUT"


@pytest.mark.parametrize("after", [0, 1.5, 20, 40])
def test_a_stop_ends_a_build_whatever_it_is_doing(after: float) -> None:
    scene = Scene()
    build = scene.start()
    scene.later(seconds=after)

    stopped = scene.call("StopBuild", id=build)["build"]
    scene.later(minutes=5)

    assert stopped["buildStatus"] == "STOPPED"
    assert scene.build(build)["buildStatus"] == "STOPPED"
    assert scene.call("StopBuild", id=build)["build"]["endTime"] == stopped["endTime"]


def test_the_same_token_is_the_same_build_for_five_minutes(scene: Scene) -> None:
    first = scene.start(idempotencyToken="body-1", sourceVersion=COMMIT)

    again = scene.start(idempotencyToken="body-1", sourceVersion=COMMIT)
    with pytest.raises(ApiError, match="other parameters"):
        scene.start(idempotencyToken="body-1")
    scene.later(minutes=6)
    later = scene.start(idempotencyToken="body-1", sourceVersion=COMMIT)

    assert again == first != later


def test_a_retry_starts_again_with_the_same_source(scene: Scene) -> None:
    first = scene.start(sourceVersion=COMMIT)
    with pytest.raises(ApiError, match="still in progress"):
        scene.call("RetryBuild", id=first)
    scene.later(minutes=5)

    retried = scene.call("RetryBuild", id=first)["build"]

    assert (retried["sourceVersion"], retried["buildNumber"]) == (COMMIT, 2)
    listed = scene.call("ListBuildsForProject", projectName="checkout")["ids"]
    assert listed == [retried["id"], first]
    ascending = scene.call("ListBuildsForProject", projectName="checkout", sortOrder="ASCENDING")
    assert ascending["ids"] == [first, retried["id"]]


def test_builds_are_found_by_id_and_arn(scene: Scene) -> None:
    build = scene.start()
    arn = scene.build(build)["arn"]

    found = scene.call("BatchGetBuilds", ids=[arn, "checkout:gone"])

    assert [one["id"] for one in found["builds"]] == [build]
    assert found["buildsNotFound"] == ["checkout:gone"]
    with pytest.raises(ApiError, match="ResourceNotFoundException"):
        scene.call("StopBuild", id="checkout:gone")


def test_more_than_a_hundred_are_too_many(scene: Scene) -> None:
    names = [f"checkout:{number}" for number in range(101)]

    with pytest.raises(ApiError, match="InvalidInputException"):
        scene.call("BatchGetBuilds", ids=names)


def test_a_pipelines_project_is_started_by_the_pipeline_alone(scene: Scene) -> None:
    kind = {"type": "CODEPIPELINE"}
    scene.call("CreateProject", **project(name="of-pipeline", source=kind, artifacts=kind))

    with pytest.raises(ApiError, match="sourceTypeOverride"):
        scene.call("StartBuild", projectName="of-pipeline")
    start = Start(
        {"environmentVariablesOverride": [{"name": "A", "value": "1"}]},
        initiator="codepipeline/checkout",
        revision=COMMIT,
        source={"location": "bucket/key"},
    )
    build = scene.world.start("of-pipeline", start)
    scene.later(minutes=5)

    (order,) = scene.orders
    assert (order.initiator, order.revision) == ("codepipeline/checkout", COMMIT)
    assert (order.source["location"], order.environment["A"]) == ("bucket/key", "1")
    assert scene.build(build)["initiator"] == "codepipeline/checkout"


def test_who_runs_a_build_elsewhere_tells_of_its_phases() -> None:
    scene = Scene(conduct=Elsewhere())
    build = scene.start()
    scene.later(minutes=1)

    scene.world.entered(build, "BUILD")
    scene.world.left(build, "FAILED", command_failed("make", 2))
    scene.world.entered(build, "POST_BUILD")
    scene.world.left(build, "SUCCEEDED", FINE)
    scene.world.finished(build, {"A": "1"})
    scene.later(minutes=1)

    assert scene.build(build)["buildStatus"] == "FAILED"
    assert list(scene.phases(build))[3:] == ["BUILD", "POST_BUILD", "FINALIZING", "COMPLETED"]


def test_what_is_told_of_a_build_that_was_stopped_changes_nothing() -> None:
    scene = Scene(conduct=Elsewhere())
    build = scene.start()
    scene.later(minutes=1)
    scene.world.entered(build, "BUILD")
    scene.call("StopBuild", id=build)
    before = scene.build(build)

    scene.world.left(build, "SUCCEEDED", FINE)
    scene.world.entered(build, "POST_BUILD")
    scene.world.finished(build, {})

    assert scene.build(build) == before
