"""Pipelines are created, read, changed and deleted; what cannot be is refused."""

from collections.abc import Mapping

import pytest

from longshore_local.awsjson import ApiError
from tests.unit.local.codepipeline.scene import (
    Scene,
    approval,
    build,
    deploy,
    deploy_source,
    kind,
    pipeline,
    source,
    stage,
    whole_pipeline,
)

SOURCES = stage("Source", source())


def test_a_pipeline_is_read_as_it_was_declared_with_its_version(scene: Scene) -> None:
    scene.create(whole_pipeline())

    found = scene.call("GetPipeline", name="checkout")

    assert found["pipeline"] == {
        **whole_pipeline(),
        "version": 1,
        "executionMode": "SUPERSEDED",
    }
    assert found["metadata"]["pipelineArn"] == (
        "arn:aws:codepipeline:eu-central-1:000000000000:checkout"
    )


def test_a_change_makes_a_version_and_older_ones_stay(scene: Scene) -> None:
    scene.create()

    scene.call("UpdatePipeline", pipeline=whole_pipeline())

    assert len(scene.call("GetPipeline", name="checkout")["pipeline"]["stages"]) == 4
    assert len(scene.call("GetPipeline", name="checkout", version=1)["pipeline"]["stages"]) == 2
    with pytest.raises(ApiError, match="PipelineVersionNotFoundException"):
        scene.call("GetPipeline", name="checkout", version=3)


def test_pipelines_are_listed_in_pages_and_deleted(scene: Scene) -> None:
    for name in ("b", "a", "c"):
        scene.call("CreatePipeline", pipeline=pipeline(name=name))

    first = scene.call("ListPipelines", maxResults=2)
    rest = scene.call("ListPipelines", maxResults=2, nextToken=first["nextToken"])
    scene.call("DeletePipeline", name="a")
    scene.call("DeletePipeline", name="a")

    assert [one["name"] for one in first["pipelines"] + rest["pipelines"]] == ["a", "b", "c"]
    assert "nextToken" not in rest
    assert [one["name"] for one in scene.call("ListPipelines")["pipelines"]] == ["b", "c"]
    with pytest.raises(ApiError, match="InvalidNextTokenException"):
        scene.call("ListPipelines", nextToken="made up")


def test_a_second_pipeline_of_one_name_is_refused(scene: Scene) -> None:
    scene.create()

    with pytest.raises(ApiError, match="PipelineNameInUseException"):
        scene.create()


@pytest.mark.parametrize(
    ("declared", "code", "words"),
    [
        (pipeline(SOURCES), "InvalidStructureException", "at least 2 stages"),
        (pipeline(artifactStore=None), "InvalidStructureException", "artifact store"),
        (pipeline(SOURCES, SOURCES), "InvalidStructureException", "named 'Source'"),
        (pipeline(SOURCES, stage("Deploy")), "InvalidStageDeclarationException", "one action"),
        (
            pipeline(stage("Source", source(), deploy()), stage("D", deploy())),
            "InvalidStageDeclarationException",
            "'Deploy'",
        ),
        (
            pipeline(SOURCES, stage("Deploy", source(name="Two", outputArtifacts=[]))),
            "InvalidStageDeclarationException",
            "'Two'",
        ),
        (
            pipeline(SOURCES, stage("Deploy", deploy_source(), deploy_source())),
            "InvalidStructureException",
            "actions of the stage 'Deploy' are named 'Deploy'",
        ),
        (
            pipeline(SOURCES, stage("Deploy", deploy_source(actionTypeId=kind("Deploy", "ECS")))),
            "InvalidActionDeclarationException",
            "'ECS'",
        ),
        (
            pipeline(SOURCES, stage("Deploy", deploy_source(configuration={}))),
            "InvalidActionDeclarationException",
            "'FunctionName'",
        ),
        (
            pipeline(SOURCES, stage("Deploy", deploy())),
            "InvalidActionDeclarationException",
            "BuildOutput",
        ),
        (
            pipeline(SOURCES, stage("Build", build(), deploy())),
            "InvalidActionDeclarationException",
            "BuildOutput",
        ),
        (
            pipeline(SOURCES, stage("B", build(outputArtifacts=[{"name": "SourceOutput"}]))),
            "InvalidStructureException",
            "output artifacts",
        ),
        (
            pipeline(pipelineType="V1", executionMode="QUEUED", variables=[{"name": "tag"}]),
            "InvalidStructureException",
            "variables, executionMode",
        ),
    ],
)
def test_a_pipeline_whose_parts_do_not_fit_is_refused(
    scene: Scene, declared: Mapping[str, object], code: str, words: str
) -> None:
    given = {key: value for key, value in declared.items() if value is not None}

    with pytest.raises(ApiError) as refused:
        scene.call("CreatePipeline", pipeline=given)

    assert refused.value.code == code
    assert words in refused.value.message


def test_actions_in_order_may_use_each_others_artifacts(scene: Scene) -> None:
    scene.create(pipeline(SOURCES, stage("All", build(), approval(runOrder=2), deploy(runOrder=3))))

    assert scene.states().keys() == {"Source", "All"}


def test_what_the_model_does_not_allow_is_refused_as_aws_words_it(scene: Scene) -> None:
    with pytest.raises(ApiError, match=r"ValidationException: 1 validation error detected") as no:
        scene.call("CreatePipeline", pipeline=pipeline(name="with blank"))

    assert "pipeline.name" in no.value.message


def test_an_unknown_pipeline_is_told_by_name(scene: Scene) -> None:
    for operation in ("GetPipeline", "GetPipelineState", "StartPipelineExecution"):
        with pytest.raises(ApiError, match=r"PipelineNotFoundException: .*'nowhere'"):
            scene.call(operation, name="nowhere")
