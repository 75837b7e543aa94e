"""How executions begin: by themselves, by request, and with other revisions and variables."""

from collections.abc import Mapping

import pytest

from longshore_local.awsjson import ApiError
from tests.unit.local.codepipeline.scene import (
    NEW,
    OLD,
    Scene,
    deploy_source,
    kind,
    pipeline,
    source,
    stage,
)

COMMIT = {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": OLD}
TAGGED = pipeline(variables=[{"name": "tag", "defaultValue": "none"}, {"name": "who"}])


def test_a_new_pipeline_runs_the_head_of_its_source(scene: Scene) -> None:
    execution = scene.create()
    scene.later(minutes=1)

    found = scene.execution(execution)

    assert found["status"] == "InProgress"
    assert found["trigger"]["triggerType"] == "CreatePipeline"
    (revision,) = found["artifactRevisions"]
    assert (revision["name"], revision["revisionId"]) == ("SourceOutput", NEW)
    assert (revision["revisionSummary"], revision["revisionUrl"]) == ("newer", "https://git/b")


def test_a_revision_can_be_named_instead_of_the_head(scene: Scene) -> None:
    scene.create()
    scene.later(minutes=1)
    scene.succeed()

    execution = scene.start(sourceRevisions=[COMMIT])
    scene.later(minutes=1)

    found = scene.execution(execution)
    assert found["artifactRevisions"][0]["revisionId"] == OLD
    assert found["trigger"]["triggerType"] == "StartPipelineExecution"


def test_the_same_request_token_is_the_same_execution(scene: Scene) -> None:
    scene.create()
    first = scene.start(clientRequestToken="body-1")
    scene.later(days=1)

    again = scene.start(clientRequestToken="body-1")
    another = scene.start(clientRequestToken="body-2")

    assert again == first != another
    listed = scene.call("ListPipelineExecutions", pipelineName="checkout")
    assert len(listed["pipelineExecutionSummaries"]) == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"actionName": "Deploy"}, "'Deploy' is not a source action"),
        ({"revisionType": "S3_OBJECT_KEY"}, "does not fit action 'Source'"),
        ({"revisionType": "NONE"}, "enum value set"),
    ],
)
def test_a_revision_that_no_source_action_takes_is_refused(
    scene: Scene, changes: Mapping[str, str], words: str
) -> None:
    scene.create()

    with pytest.raises(ApiError, match="ValidationException") as refused:
        scene.start(sourceRevisions=[{**COMMIT, **changes}])

    assert words in refused.value.message


def test_a_source_action_takes_one_revision_and_a_v1_pipeline_none(scene: Scene) -> None:
    scene.create()

    with pytest.raises(ApiError, match="two revisions"):
        scene.start(sourceRevisions=[COMMIT, COMMIT])
    scene.call("UpdatePipeline", pipeline=pipeline(pipelineType="V1"))
    with pytest.raises(ApiError, match="type V2"):
        scene.start(sourceRevisions=[COMMIT])


def test_variables_have_their_defaults_and_what_was_given(scene: Scene) -> None:
    scene.call("CreatePipeline", pipeline=TAGGED)

    execution = scene.start(variables=[{"name": "who", "value": "ada"}])

    assert scene.execution(execution)["variables"] == [
        {"name": "tag", "resolvedValue": "none"},
        {"name": "who", "resolvedValue": "ada"},
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([{"name": "tag", "value": "1"}], "No value was given for who"),
        ([{"name": "x", "value": "1"}], "does not declare x"),
    ],
)
def test_variables_that_do_not_fit_are_refused(
    scene: Scene, given: list[Mapping[str, str]], words: str
) -> None:
    scene.call("CreatePipeline", pipeline=TAGGED)

    with pytest.raises(ApiError, match=words):
        scene.start(variables=given)


def test_a_request_token_with_other_characters_is_refused(scene: Scene) -> None:
    scene.create()

    with pytest.raises(ApiError, match="clientRequestToken"):
        scene.start(clientRequestToken="sha256:abc")


def test_a_source_without_the_revision_fails_its_action(scene: Scene) -> None:
    scene.create()
    execution = scene.start(sourceRevisions=[{**COMMIT, "revisionValue": "c" * 40}])
    scene.later(minutes=1)

    (run,) = scene.runs(execution)

    assert scene.status(execution) == "Failed"
    assert run["output"]["executionResult"]["errorDetails"]["code"] == "RevisionUnavailable"


def test_s3_sources_take_versions_and_keys(scene: Scene) -> None:
    bucket = source(
        actionTypeId=kind("Source", "S3"), configuration={"S3Bucket": "b", "S3ObjectKey": "k"}
    )
    scene.create(pipeline(stage("Source", bucket), stage("Deploy", deploy_source())))

    scene.start(sourceRevisions=[{**COMMIT, "revisionType": "S3_OBJECT_VERSION_ID"}])
    with pytest.raises(ApiError, match="does not fit"):
        scene.start(sourceRevisions=[COMMIT])
