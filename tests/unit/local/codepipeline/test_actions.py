"""Builds, approvals, and what actions tell each other by variables."""

import json

import pytest

from longshore_local.awsjson import ApiError
from longshore_local.codepipeline import OutsideError
from tests.unit.local.codepipeline.scene import (
    NEW,
    Scene,
    approval,
    build,
    deploy,
    pipeline,
    source,
    stage,
)


def built_pipeline(**more: object) -> dict[str, object]:
    return pipeline(stage("Source", source()), stage("Build", build(**more)), stage("D", deploy()))


def test_a_build_gets_the_source_its_revision_and_its_variables(scene: Scene) -> None:
    variables = [{"name": "COMMIT", "value": "#{SourceVariables.C}"}]
    configuration = {"ProjectName": "checkout", "EnvironmentVariables": json.dumps(variables)}
    scene.create(built_pipeline(configuration=configuration))
    scene.later(minutes=1)

    (request,) = scene.others.builds.requests

    assert (request.project, request.pipeline, request.revision) == ("checkout", "checkout", NEW)
    assert request.source in scene.others.artifacts.stored
    assert request.output is not None
    assert request.environment == ({"type": "PLAINTEXT", "name": "COMMIT", "value": NEW},)


def test_what_a_build_exports_can_be_used_later(scene: Scene) -> None:
    parameters = {"FunctionName": "f", "UserParameters": "#{BuildVariables.TAG}/#{variables.who}"}
    scene.create(
        pipeline(
            stage("Source", source()),
            stage("Build", build()),
            stage("D", deploy(configuration=parameters)),
            variables=[{"name": "who", "defaultValue": "ada"}],
        )
    )
    scene.later(minutes=1)

    scene.built(exported={"TAG": "main-1"})

    given = scene.job["data"]["actionConfiguration"]["configuration"]
    assert given["UserParameters"] == "main-1/ada"


def test_a_failed_build_tells_its_phase(scene: Scene) -> None:
    execution = scene.create(built_pipeline())
    scene.later(minutes=1)

    scene.built("FAILED", failure="Phase: BUILD, Code: COMMAND_EXECUTION_ERROR")

    result = scene.runs(execution)[-1]["output"]["executionResult"]
    assert result["externalExecutionId"] == "checkout:1"
    assert "/projects/checkout/build/checkout%3A1/" in result["externalExecutionUrl"]
    assert result["errorDetails"] == {
        "code": "JobFailed",
        "message": (
            "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR"
        ),
    }
    assert scene.status(execution) == "Failed"


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({"EnvironmentVariables": "A=1"}, "not a JSON list"),
        ({"EnvironmentVariables": "#{BuildVariables.X}"}, "#{BuildVariables.X} could not be"),
    ],
)
def test_a_configuration_that_means_nothing_fails_the_action(
    scene: Scene, configuration: dict[str, str], words: str
) -> None:
    given = {"ProjectName": "checkout", **configuration}
    execution = scene.create(built_pipeline(configuration=given))
    scene.later(minutes=1)

    details = scene.runs(execution)[-1]["output"]["executionResult"]["errorDetails"]

    assert details["code"] == "ConfigurationError"
    assert words in details["message"]
    assert scene.status(execution) == "Failed"


def test_a_build_that_is_refused_fails_the_action(scene: Scene) -> None:
    scene.others.builds.refusal = OutsideError("ConfigurationError", "no project checkout")
    execution = scene.create(built_pipeline())
    scene.later(minutes=1)

    details = scene.runs(execution)[-1]["output"]["executionResult"]["errorDetails"]

    assert details == {"code": "ConfigurationError", "message": "no project checkout"}


def approved(scene: Scene, token: str, status: str = "Approved", **names: str) -> None:
    scene.call(
        "PutApprovalResult",
        **{
            "pipelineName": "checkout",
            "stageName": "Approve",
            "actionName": "Approve",
            "token": token,
            "result": {"status": status, "summary": "by ada"},
            **names,
        },
    )
    scene.later(seconds=30)


def waiting_for_approval(scene: Scene, **more: object) -> tuple[str, str]:
    """Return the execution and the token of its approval."""
    execution = scene.create(
        pipeline(stage("Source", source()), stage("Approve", approval(**more)))
    )
    scene.later(minutes=1)
    latest = scene.states()["Approve"]["actionStates"][0]["latestExecution"]
    return execution, latest["token"]


@pytest.mark.parametrize(
    ("decision", "status"), [("Approved", "Succeeded"), ("Rejected", "Failed")]
)
def test_a_decision_is_taken_once(scene: Scene, decision: str, status: str) -> None:
    execution, token = waiting_for_approval(scene)

    approved(scene, token, decision)

    assert scene.status(execution) == status
    latest = scene.states()["Approve"]["actionStates"][0]["latestExecution"]
    assert (latest["summary"], "token" in latest) == ("by ada", False)
    with pytest.raises(ApiError, match="ApprovalAlreadyCompletedException"):
        approved(scene, token)


def test_only_the_token_of_this_approval_decides(scene: Scene) -> None:
    _, token = waiting_for_approval(scene)

    with pytest.raises(ApiError, match="InvalidApprovalTokenException"):
        approved(scene, "00000000-0000-0000-0000-000000000000")
    with pytest.raises(ApiError, match="StageNotFoundException"):
        approved(scene, token, stageName="Nowhere")
    with pytest.raises(ApiError, match="ActionNotFoundException"):
        approved(scene, token, actionName="Nobody")


def test_an_approval_expires(scene: Scene) -> None:
    execution, _ = waiting_for_approval(scene, timeoutInMinutes=5)
    scene.later(minutes=6)

    assert scene.status(execution) == "Failed"


def test_a_topic_is_told_of_an_approval(scene: Scene) -> None:
    topic = "arn:aws:sns:eu-central-1:000000000000:approvals"
    _, token = waiting_for_approval(scene, configuration={"NotificationArn": topic})

    (published,) = scene.others.topics.published
    message = json.loads(published["message"])

    assert published["topic"] == topic
    assert message["approval"]["token"] == token
    assert message["approval"]["expires"] == "2026-05-11T09:00Z"
