"""The deploy action of a pipeline: jobs of CodePipeline, answered by the deployed function."""

import json
from collections.abc import Mapping

import pytest

from longshore_local.embedded import EmbeddedAws
from longshore_local.settings import REGISTRY
from tests.e2e.calls import granted, used
from tests.e2e.deploy_pipeline import DeployPipeline
from tests.e2e.shop import Shop, Shops

BUILD = "main-0123456789ab"
"""A tag that the stage's policy takes no notice of: the pipeline alone brings it."""


@pytest.fixture(scope="module")
def shop(shops: Shops) -> Shop:
    return shops.open("piped")


@pytest.fixture(scope="module")
def pipeline(aws: EmbeddedAws, shop: Shop) -> DeployPipeline:
    made = DeployPipeline(aws, "piped-delivery", shop.stage)
    made.make()
    return made


def definitions(repository: str, digest: str) -> Mapping[str, str]:
    image = f"{REGISTRY}/{repository}@{digest}"
    return {"imagedefinitions.json": json.dumps([{"name": "main", "imageUri": image}])}


def test_a_pipeline_brings_the_image_of_its_artifact(shop: Shop, pipeline: DeployPipeline) -> None:
    digest = shop.push(BUILD)

    action = pipeline.run(definitions(shop.name("web"), digest))

    (deployment, *_) = shop.history()
    variables = action["output"]["outputVariables"]
    assert action["status"] == "Succeeded", action["output"]["executionResult"]
    assert shop.runs() == {BUILD}
    assert set(variables) == {"release", "digest", "deployment", "duration"}
    assert (variables["digest"], variables["deployment"]) == (digest, f"{shop.stage}#1")
    assert deployment["trigger"]["actor"] == f"codepipeline:{pipeline.name}"
    assert deployment["trigger"]["origin"]["execution"] == action["pipelineExecutionId"]


@pytest.mark.parametrize(
    ("files", "code", "sentence"),
    [
        (
            {"read.me": "no image"},
            "ConfigurationError",
            "the input artifact Images holds no imagedefinitions.json and no imageDetail.json",
        ),
        (
            definitions("piped-web", f"sha256:{'0' * 64}"),
            "RevisionUnavailable",
            "is not in ECR, account 111122223333, region eu-west-1: push it before",
        ),
    ],
)
def test_a_wrong_artifact_fails_the_pipeline_with_a_sentence(
    shop: Shop, pipeline: DeployPipeline, files: Mapping[str, str], code: str, sentence: str
) -> None:
    before = shop.rollouts()

    action = pipeline.run(files)

    error = action["output"]["executionResult"]["errorDetails"]
    assert action["status"] == "Failed"
    assert error["code"] == code
    assert sentence in error["message"]
    assert shop.rollouts() == before


def test_what_is_granted_to_the_action_is_what_it_used(aws: EmbeddedAws) -> None:
    assert granted(aws, "PipelineJob") == used(aws, "PipelineJob")
