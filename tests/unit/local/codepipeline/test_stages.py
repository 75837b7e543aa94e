"""Executions pass through stages one at a time; modes say what becomes of those that wait."""

import pytest

from longshore_local.awsjson import ApiError
from tests.unit.local.codepipeline.scene import (
    NEW,
    Scene,
    approval,
    deploy_source,
    pipeline,
    source,
    stage,
    whole_pipeline,
)


def test_an_execution_passes_every_stage_and_is_told_of(scene: Scene) -> None:
    execution = scene.create(whole_pipeline())
    scene.later(minutes=1)
    scene.built(exported={"DIGEST": "sha256:1"})
    token = scene.states()["Approve"]["actionStates"][0]["latestExecution"]["token"]
    scene.call(
        "PutApprovalResult",
        pipelineName="checkout",
        stageName="Approve",
        actionName="Approve",
        token=token,
        result={"status": "Approved", "summary": "fine"},
    )
    scene.later(minutes=1)
    scene.succeed()

    assert scene.status(execution) == "Succeeded"
    assert scene.told("Pipeline") == ["STARTED", "SUCCEEDED"]
    assert scene.told("Stage") == [
        f"{name} {state}"
        for name in ("Source", "Build", "Approve", "Deploy")
        for state in ("STARTED", "SUCCEEDED")
    ]
    assert len(scene.told("Action")) == 8
    latest = {name: one["latestExecution"]["status"] for name, one in scene.states().items()}
    assert set(latest.values()) == {"Succeeded"}


def test_a_failed_action_fails_stage_and_execution(scene: Scene) -> None:
    execution = scene.create()
    scene.later(minutes=1)

    scene.fail("the release did not come up")

    assert scene.status(execution) == "Failed"
    assert scene.told("Stage")[-1] == "Deploy FAILED"
    assert scene.told("Pipeline") == ["STARTED", "FAILED"]
    result = scene.runs(execution)[-1]["output"]["executionResult"]
    assert result["errorDetails"] == {
        "code": "JobFailed",
        "message": "the release did not come up",
    }


def test_actions_of_one_order_run_side_by_side_and_the_stage_waits_for_all(scene: Scene) -> None:
    two = [deploy_source(name=name) for name in ("One", "Two")]
    execution = scene.create(
        pipeline(
            stage("Source", source()),
            stage("Deploy", *two, deploy_source(name="Three", runOrder=2)),
        )
    )
    scene.later(minutes=1)
    first, second = scene.jobs

    scene.call(
        "PutJobFailureResult",
        jobId=first["id"],
        failureDetails={"type": "JobFailed", "message": "no"},
    )
    scene.later(minutes=1)
    between = scene.status(execution)
    scene.call("PutJobSuccessResult", jobId=second["id"])
    scene.later(minutes=1)

    assert (between, scene.status(execution)) == ("InProgress", "Failed")
    assert len(scene.others.functions.invoked) == 2


def test_who_waits_is_superseded_by_whoever_comes_after(scene: Scene) -> None:
    first = scene.create()
    scene.later(minutes=1)
    second = scene.start()
    scene.later(minutes=1)
    third = scene.start()
    scene.later(minutes=1)

    assert scene.status(second) == "Superseded"
    assert scene.execution(second)["statusSummary"] == f"Superseded by execution {third}"
    assert scene.states()["Deploy"]["inboundExecution"]["pipelineExecutionId"] == third
    assert scene.told("Pipeline") == ["STARTED", "STARTED", "STARTED", "SUPERSEDED"]
    scene.succeed()
    assert scene.status(first) == "Succeeded"
    assert scene.states()["Deploy"]["latestExecution"]["pipelineExecutionId"] == third
    assert "inboundExecution" not in scene.states()["Deploy"]


def test_a_queue_keeps_everybody_in_order(scene: Scene) -> None:
    ids = [scene.create(pipeline(executionMode="QUEUED"))]
    scene.later(minutes=1)
    ids += [scene.start(), scene.start()]
    scene.later(minutes=1)

    order = []
    for _ in ids:
        details = scene.call("GetJobDetails", jobId=scene.job["id"])["jobDetails"]
        order.append(details["data"]["pipelineContext"]["pipelineExecutionId"])
        scene.succeed()
        scene.later(minutes=1)

    assert order == ids
    assert [scene.status(one) for one in ids] == ["Succeeded"] * 3


def test_parallel_executions_do_not_wait(scene: Scene) -> None:
    scene.create(pipeline(executionMode="PARALLEL"))
    scene.start()
    scene.later(minutes=1)

    assert len(scene.others.functions.invoked) == 2


def test_a_failed_execution_makes_room_for_the_next(scene: Scene) -> None:
    first = scene.create()
    scene.later(minutes=1)
    second = scene.start()
    scene.later(minutes=1)

    scene.fail()

    assert scene.status(first) == "Failed"
    assert scene.states()["Deploy"]["latestExecution"]["pipelineExecutionId"] == second
    with pytest.raises(ApiError, match="NotLatestPipelineExecutionException"):
        retry(scene, first)


def retry(scene: Scene, execution: str, mode: str = "FAILED_ACTIONS", name: str = "Deploy") -> None:
    scene.call(
        "RetryStageExecution",
        pipelineName="checkout",
        stageName=name,
        pipelineExecutionId=execution,
        retryMode=mode,
    )
    scene.later(minutes=1)


@pytest.mark.parametrize(("mode", "jobs"), [("FAILED_ACTIONS", 3), ("ALL_ACTIONS", 4)])
def test_a_retry_runs_what_failed_or_everything(scene: Scene, mode: str, jobs: int) -> None:
    two = [deploy_source(name="One"), deploy_source(name="Two", runOrder=2)]
    execution = scene.create(pipeline(stage("Source", source()), stage("Deploy", *two)))
    scene.later(minutes=1)
    scene.succeed()
    scene.fail()

    retry(scene, execution, mode)
    while scene.status(execution) == "InProgress":
        scene.succeed()

    assert len(scene.others.functions.invoked) == jobs
    assert scene.status(execution) == "Succeeded"
    assert scene.told("Pipeline") == ["STARTED", "FAILED", "RESUMED", "SUCCEEDED"]
    assert scene.last_detail["pipeline-execution-attempt"] == 2.0


def test_there_must_be_something_to_retry(scene: Scene) -> None:
    execution = scene.create()
    scene.later(minutes=1)

    for name, code in (
        ("Nowhere", "StageNotFoundException"),
        ("Source", "StageNotRetryableException: .*Succeeded"),
        ("Deploy", "StageNotRetryableException: .*InProgress"),
    ):
        with pytest.raises(ApiError, match=code):
            retry(scene, execution, name=name)


def stop(scene: Scene, execution: str, *, abandon: bool = False) -> None:
    scene.call(
        "StopPipelineExecution",
        pipelineName="checkout",
        pipelineExecutionId=execution,
        abandon=abandon,
        reason="an update",
    )


def test_a_stop_waits_for_what_runs(scene: Scene) -> None:
    execution = scene.create(
        pipeline(stage("Source", source()), stage("D", deploy_source()), stage("A", approval()))
    )
    scene.later(minutes=1)

    stop(scene, execution)
    between = scene.status(execution), scene.states()["D"]["latestExecution"]["status"]
    with pytest.raises(ApiError, match="DuplicatedStopRequestException"):
        stop(scene, execution)
    scene.succeed()

    assert between == ("Stopping", "Stopping")
    assert scene.status(execution) == "Stopped"
    assert scene.told("Pipeline") == ["STARTED", "STOPPING", "STOPPED"]
    assert scene.told("Stage")[-1] == "D STOPPED"
    assert scene.last_detail["stop-execution-comments"] == "an update"


def test_a_stop_may_abandon_what_runs(scene: Scene) -> None:
    execution = scene.create(whole_pipeline())
    scene.later(minutes=1)

    stop(scene, execution, abandon=True)

    assert scene.status(execution) == "Stopped"
    assert scene.told("Action")[-1] == "Build Build ABANDONED"
    assert scene.runs(execution)[-1]["status"] == "Abandoned"
    assert scene.others.builds.stopped == ["checkout:1"]
    with pytest.raises(ApiError, match="PipelineExecutionNotStoppableException"):
        stop(scene, execution, abandon=True)


def test_one_that_waits_is_stopped_at_once_and_does_not_come_back(scene: Scene) -> None:
    scene.create()
    scene.later(minutes=1)
    waiting = scene.start()
    scene.later(minutes=1)

    stop(scene, waiting)
    scene.succeed()
    scene.later(minutes=1)

    assert scene.status(waiting) == "Stopped"
    assert len(scene.others.functions.invoked) == 1


def test_executions_are_listed_newest_first_and_by_the_stage_they_passed(scene: Scene) -> None:
    first = scene.create()
    scene.later(minutes=1)
    scene.succeed()
    second = scene.start()
    scene.later(minutes=1)

    listed = scene.call("ListPipelineExecutions", pipelineName="checkout", maxResults=1)
    passed = scene.call(
        "ListPipelineExecutions",
        pipelineName="checkout",
        filter={"succeededInStage": {"stageName": "Deploy"}},
    )

    (newest,) = listed["pipelineExecutionSummaries"]
    assert (newest["pipelineExecutionId"], "nextToken" in listed) == (second, True)
    assert newest["sourceRevisions"][0]["revisionId"] == NEW
    assert [one["pipelineExecutionId"] for one in passed["pipelineExecutionSummaries"]] == [first]


def test_an_unknown_execution_is_told(scene: Scene) -> None:
    scene.create()

    with pytest.raises(ApiError, match="PipelineExecutionNotFoundException"):
        scene.execution("00000000-0000-0000-0000-000000000000")


def test_the_same_story_is_told_however_often_somebody_looks() -> None:
    def story(step: float) -> list[dict[str, object]]:
        scene = Scene()
        scene.create(whole_pipeline())
        for _ in range(int(120 / step)):
            scene.later(seconds=step)
        return scene.events

    assert story(1) == story(60)
