"""A push to a Git host, told to the deployed webhook, starts a pipeline and a build, once."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from longshore_local.demo.scene import await_that
from longshore_local.embedded import EmbeddedAws
from longshore_local.git import BareRepository, Delivered, Webhook, deliver
from longshore_local.git.commands import git
from longshore_local.settings import REGISTRY
from tests.e2e.calls import granted, used
from tests.e2e.deploy_pipeline import DeployPipeline
from tests.e2e.hosted import (
    APPLICATION,
    BUILT,
    PIPELINE,
    PROJECT,
    PUSHER,
    REPOSITORY,
    Code,
    builds,
    make_project,
)
from tests.e2e.shop import Shop, Shops

IMAGE = "main-0123456789ab"
"""A tag that the stage's policy takes no notice of: the pipeline alone brings it."""


@pytest.fixture(scope="module")
def shop(shops: Shops) -> Shop:
    return shops.open(APPLICATION)


@pytest.fixture(scope="module")
def code(aws: EmbeddedAws, shop: Shop) -> Code:
    bare = aws.yard.host_repository(aws.scratch / "pushed.git", REPOSITORY)
    aws.webhook.install(bare, PUSHER)
    git(shop.command.folder, "clone", "--quiet", str(bare.path), "clone")
    return Code(aws, bare, shop.command.folder / "clone")


@pytest.fixture(scope="module")
def pipeline(aws: EmbeddedAws, shop: Shop, code: Code) -> DeployPipeline:
    made = DeployPipeline(aws, PIPELINE, shop.stage, code.bare.full_name)
    made.make()
    make_project(aws)
    file = shop.command.folder / "longshore.yaml"
    of_repository = {"github": REPOSITORY}
    starts = [
        {
            **of_repository,
            "branches": ["main"],
            "pipeline": PIPELINE,
            "source": "CodeStarSourceConnection",
        },
        {**of_repository, "tags": ["v*"], "build": PROJECT},
    ]
    file.write_text(json.dumps({**json.loads(file.read_text()), "git": starts}))
    shop.command.must("apply", "--yes")
    return made


def definitions(digest: str) -> Mapping[str, str]:
    image = f"{REGISTRY}/{APPLICATION}-web@{digest}"
    return {"imagedefinitions.json": json.dumps([{"name": "main", "imageUri": image}])}


def test_a_push_to_a_branch_runs_as_containers(
    shop: Shop, code: Code, pipeline: DeployPipeline
) -> None:
    commit = code.commit(definitions(shop.push(IMAGE)))

    said = code.push("HEAD:refs/heads/main")
    await_that(lambda: len(pipeline.executions()) > 1, "the push started no execution")
    action = pipeline.deployed_by(pipeline.executions()[0]["pipelineExecutionId"])

    execution, _ = pipeline.executions()
    (deployment, *_) = shop.history()
    assert said == ["webhook answered 202 for refs/heads/main: accepted"]
    assert execution["trigger"]["triggerType"] == "StartPipelineExecution"
    assert execution["sourceRevisions"][0]["revisionId"] == commit
    assert action["status"] == "Succeeded", action["output"]["executionResult"]
    assert shop.runs() == {IMAGE}
    assert deployment["trigger"]["origin"]["commit"] == commit


def test_a_pushed_tag_starts_a_build_at_its_commit(
    aws: EmbeddedAws, code: Code, pipeline: DeployPipeline
) -> None:
    commit = code.commit({"notes.txt": "1"})
    git(code.clone, "tag", "v1")
    executions = pipeline.executions()

    code.push("v1")
    await_that(lambda: len(builds(aws)) == 1, "the tag started no build")
    await_that(lambda: bool(builds(aws)[0]["buildComplete"]), "the build did not end")

    (build,) = builds(aws)
    exported = {one["name"]: one["value"] for one in build["exportedEnvironmentVariables"]}
    assert build["buildStatus"] == "SUCCEEDED", build["phases"]
    pushed = {"GIT_TAG": "v1", "GIT_COMMIT": commit, "GIT_PUSHER": PUSHER}
    assert exported == {**pushed, "IMAGE_DIGEST": BUILT}
    assert pipeline.executions() == executions


def test_the_image_of_that_build_leads_back_to_the_push(aws: EmbeddedAws, shop: Shop) -> None:
    (build,) = builds(aws)

    def said() -> str:
        return shop.command.run("origin", BUILT).printed

    await_that(lambda: "refs/tags/v1 of" in said(), "the image of the build got no origin")

    assert f"built      {build['id']}, started by the push" in said()
    assert f"push       refs/tags/v1 of {REPOSITORY} at github by {PUSHER}" in said()
    assert "BuildFailed" not in shop.heard()


@pytest.mark.usefixtures("pipeline")
def test_a_build_that_fails_is_told_with_its_push(shop: Shop, code: Code) -> None:
    commit = code.commit({"notes.txt": "2"})
    git(code.clone, "tag", "v1-broken")

    code.push("v1-broken")
    notice = shop.told("BuildFailed", "v1-broken")

    assert notice.attributes["project"] == PROJECT
    assert f"Trigger     push of tag v1-broken by {PUSHER}" in notice.text
    assert f"Commit      {commit[:12]}" in notice.text
    assert f"{PROJECT} failed in its phase BUILD" in notice.text
    assert shop.heard().count("BuildFailed") == 1


def test_a_delivery_that_comes_again_starts_nothing(
    aws: EmbeddedAws, code: Code, pipeline: DeployPipeline
) -> None:
    payload = code.payload("HEAD~1", "HEAD")
    before = len(pipeline.executions())
    first = deliver(aws.webhook, "push", payload)
    await_that(lambda: len(pipeline.executions()) > before, "the push started no execution")

    again = [deliver(aws.webhook, "push", payload) for _ in range(2)]
    await_that(lambda: nothing_pushed_waits(aws), "the pushes were not worked off")

    assert (first.status, first.outcome) == (202, "accepted")
    assert [(one.status, one.outcome) for one in again] == [(200, "duplicate")] * 2
    assert len(pipeline.executions()) == before + 1


def nothing_pushed_waits(aws: EmbeddedAws) -> bool:
    attributes = aws.cloud.sqs.get_queue_attributes(
        QueueUrl=aws.stack["Pushes"],
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return set(attributes.values()) == {"0"}


@pytest.fixture
def strangers(aws: EmbeddedAws, code: Code) -> Mapping[str, Delivered]:
    """What is answered to a wrong secret, and about repositories that are named almost so."""
    names = [f"{REPOSITORY}-2", REPOSITORY[:-1]]
    others = [replace(code, bare=BareRepository(code.bare.path, name)) for name in names]
    payload = code.payload("HEAD~1", "HEAD")
    wrong = Webhook(aws.webhook.url, "not the secret of this installation")
    return {
        "wrong secret": deliver(wrong, "push", payload),
        **{
            other.bare.full_name: deliver(aws.webhook, "push", other.payload("HEAD~1", "HEAD"))
            for other in others
        },
    }


def test_who_is_not_known_learns_nothing(
    strangers: Mapping[str, Delivered], pipeline: DeployPipeline
) -> None:
    refused, *unknown = strangers.values()

    assert (refused.status, json.loads(refused.body)) == (401, {"error": "not accepted"})
    for answer in unknown:
        assert (answer.status, json.loads(answer.body)) == (404, {"error": "not found"})
    assert len(pipeline.executions()) == 3


@pytest.mark.usefixtures("pipeline")
def test_the_command_tries_the_webhook(shop: Shop) -> None:
    assert "200" in shop.command.must("webhook", "test")


@pytest.mark.usefixtures("pipeline")
def test_what_is_granted_is_what_they_used(aws: EmbeddedAws) -> None:
    assert granted(aws, "Webhook") == used(aws, "Webhook")
    assert granted(aws, "PipelineStart") == used(aws, "PipelineStart")
