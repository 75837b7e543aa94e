"""Events have the shape of AWS's, and are met by rules as AWS's are."""

from typing import Any

from tests.unit.local.codepipeline.scene import NEW, Scene, whole_pipeline


def details(scene: Scene, what: str) -> list[Any]:
    return [
        event["detail"]
        for event in scene.events
        if event["detail-type"] == f"CodePipeline {what} Execution State Change"
    ]


def test_every_event_has_its_envelope(scene: Scene) -> None:
    scene.create(whole_pipeline())
    scene.later(minutes=1)

    for event in scene.events:
        assert event.keys() == {
            "version",
            "id",
            "detail-type",
            "source",
            "account",
            "time",
            "region",
            "resources",
            "detail",
        }
        assert event["source"] == "aws.codepipeline"
        assert event["resources"] == ["arn:aws:codepipeline:eu-central-1:000000000000:checkout"]
    assert len({str(event["id"]) for event in scene.events}) == len(scene.events)


def test_the_trigger_is_told_when_an_execution_starts_and_only_then(scene: Scene) -> None:
    execution = scene.create()
    scene.later(minutes=1)
    scene.succeed()

    started, succeeded = details(scene, "Pipeline")

    assert started == {
        "pipeline": "checkout",
        "execution-id": execution,
        "start-time": "2026-05-04T09:00:00.000Z",
        "version": 1.0,
        "pipeline-execution-attempt": 1.0,
        "state": "STARTED",
        "execution-trigger": {
            "trigger-type": "CreatePipeline",
            "trigger-detail": "arn:aws:iam::000000000000:root",
        },
    }
    assert (succeeded["state"], "execution-trigger" in succeeded) == ("SUCCEEDED", False)


def test_an_action_tells_its_type_artifacts_and_result(scene: Scene) -> None:
    scene.create()
    scene.later(minutes=1)

    source = next(one for one in details(scene, "Action") if one["state"] == "SUCCEEDED")
    deploy = details(scene, "Action")[-1]

    assert source["type"] == {
        "owner": "AWS",
        "provider": "CodeStarSourceConnection",
        "category": "Source",
        "version": "1",
    }
    assert source["execution-result"] == {
        "external-execution-url": "https://git/b",
        "external-execution-summary": "newer",
        "external-execution-id": NEW,
    }
    assert source["output-artifacts"] == deploy["input-artifacts"]
    assert source["output-artifacts"][0]["s3location"]["bucket"] == "artifacts"
    assert (deploy["stage"], deploy["action"], deploy["region"]) == (
        "Deploy",
        "Deploy",
        "eu-central-1",
    )


def test_a_failure_tells_its_code(scene: Scene) -> None:
    scene.create()
    scene.later(minutes=1)
    scene.fail("the image is gone", "ConfigurationError")

    failed = next(one for one in details(scene, "Action") if one["state"] == "FAILED")

    assert failed["execution-result"] == {
        "external-execution-summary": "the image is gone",
        "error-code": "ConfigurationError",
    }
