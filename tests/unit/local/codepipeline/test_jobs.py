"""Lambda actions: the job that a function is given, and its answers."""

import json
from pathlib import Path

import pytest

from longshore_local.awsjson import ApiError
from longshore_local.codepipeline import Location
from tests.unit.local.codepipeline.scene import (
    FUNCTION,
    Scene,
    deploy_source,
    pipeline,
    source,
    stage,
    whole_pipeline,
)


def test_a_job_has_what_aws_puts_into_it(scene: Scene) -> None:
    scene.create(whole_pipeline())
    scene.later(minutes=1)
    scene.built()
    approve(scene)

    function, event = scene.others.functions.invoked[0]
    data = scene.job["data"]

    assert function == FUNCTION
    assert event.keys() == {"CodePipeline.job"}
    assert scene.job.keys() == {"id", "accountId", "data"}
    assert scene.job["accountId"] == "000000000000"
    assert data.keys() == {
        "actionConfiguration",
        "inputArtifacts",
        "outputArtifacts",
        "artifactCredentials",
    }
    assert data["actionConfiguration"] == {
        "configuration": {
            "FunctionName": FUNCTION,
            "UserParameters": '{"stage":"checkout/prod"}',
        }
    }
    (given,) = data["inputArtifacts"]
    place = given["location"]["s3Location"]
    assert (given["name"], given["revision"], given["location"]["type"]) == (
        "BuildOutput",
        None,
        "S3",
    )
    assert place["bucketName"] == "artifacts"
    assert place["objectKey"].startswith("checkout/BuildOutpu/")
    assert data["artifactCredentials"].keys() == {
        "accessKeyId",
        "secretAccessKey",
        "sessionToken",
    }
    json.dumps(event)


def approve(scene: Scene) -> None:
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


def test_the_source_artifact_lies_where_the_job_says(scene: Scene) -> None:
    scene.create()
    scene.later(minutes=1)

    place = scene.job["data"]["inputArtifacts"][0]["location"]["s3Location"]

    location = Location(place["bucketName"], place["objectKey"])
    assert scene.others.artifacts.stored[location] == b"a zip archive"


def test_a_key_of_the_bucket_is_in_the_job(scene: Scene) -> None:
    key = {"id": "arn:aws:kms:eu-central-1:000000000000:key/1", "type": "KMS"}
    store = {"type": "S3", "location": "artifacts", "encryptionKey": key}
    scene.create(pipeline(artifactStore=store))
    scene.later(minutes=1)

    assert scene.job["data"]["encryptionKey"] == key


def test_details_name_the_place_in_the_pipeline(scene: Scene) -> None:
    execution = scene.create()
    scene.later(minutes=1)

    details = scene.call("GetJobDetails", jobId=scene.job["id"])["jobDetails"]

    context = details["data"].pop("pipelineContext")
    kind = details["data"].pop("actionTypeId")
    assert context == {
        "pipelineName": "checkout",
        "stage": {"name": "Deploy"},
        "action": {
            "name": "Deploy",
            "actionExecutionId": scene.runs(execution)[-1]["actionExecutionId"],
        },
        "pipelineArn": "arn:aws:codepipeline:eu-central-1:000000000000:checkout",
        "pipelineExecutionId": execution,
    }
    assert kind["provider"] == "Lambda"
    assert details["id"] == scene.job["id"]


def test_a_continuation_is_a_new_job_with_the_token_after_a_pause(scene: Scene) -> None:
    execution = scene.create()
    scene.later(minutes=1)
    first = scene.job["id"]

    scene.call(
        "PutJobSuccessResult",
        jobId=first,
        continuationToken="deployment-1",
        executionDetails={"summary": "1 of 2", "percentComplete": 50},
    )
    scene.later(seconds=5)
    early = len(scene.others.functions.invoked)
    state = scene.states()["Deploy"]["actionStates"][0]["latestExecution"]
    scene.later(minutes=1)

    assert early == 1
    assert (state["status"], state["summary"], state["percentComplete"]) == (
        "InProgress",
        "1 of 2",
        50,
    )
    assert scene.job["id"] != first
    assert scene.job["data"]["continuationToken"] == "deployment-1"
    scene.succeed(outputVariables={"digest": "sha256:1"}, executionDetails={"summary": "done"})
    run = scene.runs(execution)[-1]
    assert run["output"]["outputVariables"] == {"digest": "sha256:1"}
    assert run["output"]["executionResult"]["externalExecutionSummary"] == "done"
    assert scene.status(execution) == "Succeeded"


def test_a_job_is_answered_once(scene: Scene) -> None:
    scene.create()
    scene.later(minutes=1)
    job = scene.job["id"]
    scene.succeed()

    failure = {"type": "JobFailed", "message": "no"}
    with pytest.raises(ApiError, match="InvalidJobStateException"):
        scene.call("PutJobSuccessResult", jobId=job)
    with pytest.raises(ApiError, match="InvalidJobStateException"):
        scene.call("PutJobFailureResult", jobId=job, failureDetails=failure)


def test_a_job_that_was_continued_is_over(scene: Scene) -> None:
    scene.create()
    scene.later(minutes=1)
    scene.call("PutJobSuccessResult", jobId=scene.job["id"], continuationToken="more")

    with pytest.raises(ApiError, match="InvalidJobStateException"):
        scene.call("PutJobSuccessResult", jobId=scene.job["id"])


def test_a_job_of_an_abandoned_action_is_over(scene: Scene) -> None:
    execution = scene.create()
    scene.later(minutes=1)
    scene.call(
        "StopPipelineExecution",
        pipelineName="checkout",
        pipelineExecutionId=execution,
        abandon=True,
    )

    with pytest.raises(ApiError, match="InvalidJobStateException"):
        scene.succeed()


@pytest.mark.parametrize("operation", ["GetJobDetails", "PutJobSuccessResult"])
def test_a_job_that_nobody_was_given_is_not_found(scene: Scene, operation: str) -> None:
    with pytest.raises(ApiError, match="JobNotFoundException"):
        scene.call(operation, jobId="00000000-0000-0000-0000-000000000000")


def test_variables_come_with_the_last_answer_alone_and_may_not_be_too_large(scene: Scene) -> None:
    scene.create()
    scene.later(minutes=1)

    with pytest.raises(ApiError, match="ValidationException"):
        scene.succeed(continuationToken="more", outputVariables={"a": "1"})
    with pytest.raises(ApiError, match="OutputVariablesSizeExceededException"):
        scene.succeed(outputVariables={"a": "1" * 122880})
    with pytest.raises(ApiError, match="ValidationException"):
        scene.succeed(executionDetails={"summary": "x" * 2049})
    scene.succeed(outputVariables={"a": "1"})


def test_a_function_that_does_not_answer_fails_its_action(scene: Scene) -> None:
    execution = scene.create()
    scene.later(minutes=25)

    details = scene.runs(execution)[-1]["output"]["executionResult"]["errorDetails"]

    assert scene.status(execution) == "Failed"
    assert f"function {FUNCTION} failed to return a result" in details["message"]


def test_an_action_that_is_continued_for_ever_ends(scene: Scene) -> None:
    execution = scene.create()
    scene.later(minutes=1)
    for _ in range(24 * 4):
        if scene.status(execution) == "InProgress":
            scene.call("PutJobSuccessResult", jobId=scene.job["id"], continuationToken="more")
        scene.later(minutes=15.2)

    assert scene.status(execution) == "Failed"


def test_a_function_that_does_not_exist_fails_its_action(scene: Scene) -> None:
    scene.others.functions.missing = frozenset({FUNCTION})
    execution = scene.create()
    scene.later(minutes=1)

    details = scene.runs(execution)[-1]["output"]["executionResult"]["errorDetails"]

    assert details == {
        "code": "ConfigurationError",
        "message": f"The function {FUNCTION} does not exist",
    }


def test_without_parameters_of_the_user_there_is_no_such_key(scene: Scene) -> None:
    action = deploy_source(configuration={"FunctionName": FUNCTION})
    scene.create(pipeline(stage("Source", source()), stage("Deploy", action)))
    scene.later(minutes=1)

    assert scene.job["data"]["actionConfiguration"]["configuration"] == {"FunctionName": FUNCTION}


def test_a_job_has_the_shape_of_the_sample_of_aws(scene: Scene) -> None:
    samples = sorted(Path("events/codepipeline").glob("*job*.json"))
    scene.create()
    scene.later(minutes=1)

    for sample in samples:
        given = json.loads(sample.read_text()).get("CodePipeline.job", {})
        assert given.keys() <= scene.job.keys()
