"""A Git push on its way: the real webhook and starter, to CodePipeline and CodeBuild as played."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.pipeline_start.app import handler as pipeline_start
from functions.webhook.app import handler as webhook
from longshore.aws import items, keys
from longshore.aws.gate import Recorder
from longshore.aws.timelines import DynamoTimelineStore
from longshore.domain.executions import ExecutionState, Timeline
from longshore.domain.origins import BuiltImage, Origin
from longshore.domain.pipelines import ExecutionRef, PipelineRef
from longshore.domain.pushes import PushLink, PushRecord, Startable
from longshore.runtime.wiring import shared
from longshore.usecases.watch_ports import TimelineChanges
from longshore_cli.access import Access, Place
from longshore_cli.installation import Installation as Here
from longshore_cli.origin.asked import AskedImage
from longshore_cli.origin.reading import OriginReader
from longshore_local.awsjson.exchange import Exchange
from longshore_local.awsjson.server import JsonServer
from longshore_local.codebuild.server import codebuild_stand_in
from longshore_local.codepipeline.server import codepipeline_stand_in
from tests.support.builders import HOME, make_digest
from tests.support.deliveries import (
    AFTER,
    SECRETS,
    Sent,
    bitbucket,
    github,
    gitlab,
    http_event,
    sample,
)
from tests.support.lambdas import Installation
from tests.support.ledgers import TABLE
from tests.unit.local.codebuild import scene as codebuild
from tests.unit.local.codepipeline import scene as codepipeline

DOCUMENT = {
    "apiVersion": "longshore/v1",
    "application": "checkout",
    "images": {"app": {"repository": "checkout", "select": {"tag": "main"}}},
    "stages": {"production": {"targets": [{"service": "prod/web"}]}},
    "git": [
        {"github": "acme/checkout", "branches": ["main"], "pipeline": "checkout"},
        {"github": "acme/checkout", "branches": ["main"], "paths": ["web/**"], "build": "checkout"},
        {"github": "acme/checkout", "branches": ["main"], "paths": ["api/**"], "pipeline": "api"},
        {"gitlab": "acme/shop/web", "branches": ["main"], "pipeline": "nowhere"},
        {"bitbucket": "acme/checkout", "tags": ["v*"], "build": "checkout"},
    ],
}
MOST_CALLS = 4


@dataclass
class Forge:
    """An installation with a webhook, and the engines that it starts."""

    installation: Installation
    pipelines: codepipeline.Scene = field(default_factory=codepipeline.Scene)
    builds: codebuild.Scene = field(default_factory=codebuild.Scene)

    def __post_init__(self) -> None:
        self.pipelines.call("CreatePipeline", pipeline=codepipeline.pipeline())
        stand_ins = [
            codepipeline_stand_in(self.pipelines.world),
            codebuild_stand_in(self.builds.world),
        ]
        self.server = JsonServer(Exchange(stand_ins))
        self.pushes = self.installation.queue("pushes.fifo")
        secrets = self.installation.clients.secrets
        self.secret = secrets.create_secret(Name="longshore/git", SecretString=json.dumps(SECRETS))[
            "ARN"
        ]

    def deliver(self, sent: Sent, **more: str) -> tuple[int, Any]:
        settings = {
            "PUSHES_URL": self.pushes,
            "GIT_SECRET": self.secret,
            "GITLAB_PLAIN_TOKEN": "false",
        }
        answered = self.installation.invoke(webhook, http_event(sent), "webhook", **settings | more)
        return answered["statusCode"], json.loads(answered["body"])

    def start(self) -> bool:
        return self.installation.consume(self.pushes, pipeline_start, "pipeline-start")

    def started(self) -> list[Any]:
        """The executions that somebody asked for: a new pipeline begins one by itself."""
        listed = self.pipelines.call("ListPipelineExecutions", pipelineName="checkout")
        found: list[Any] = listed["pipelineExecutionSummaries"]
        return [each for each in found if each["trigger"]["triggerType"] != "CreatePipeline"]

    def environment(self, build: str) -> dict[str, str]:
        listed = self.builds.build(build)["environment"]["environmentVariables"]
        return {each["name"]: each["value"] for each in listed}

    def record(self, name: str) -> PushRecord:
        return items.record_of(self._item(keys.push(name)), PushRecord)

    def link(self, execution: str) -> PushLink:
        return items.record_of(self._item(keys.push_link(execution)), PushLink)

    def _item(self, key: keys.Key) -> Any:  # noqa: ANN401  attributes
        table = self.installation.clients.dynamodb
        return table.get_item(TableName=TABLE, Key=items.key_of(key))["Item"]


@pytest.fixture
def forge(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    harbour = installation.harbour
    harbour.open_service("prod", "web", installation.push("main", 1))
    status, _ = installation.post(
        "/v1/configurations", {"document": DOCUMENT, "deploy": False, "base": 0}
    )
    assert status == 200
    forge = Forge(installation)
    with forge.server:
        for service in ("CODEPIPELINE", "CODEBUILD"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", forge.server.endpoint_url)
        yield forge


def test_a_push_starts_what_it_is_for_at_its_commit(forge: Forge) -> None:
    status, body = forge.deliver(github(sample("github_push")))
    assert (status, body["outcome"]) == (202, "accepted")
    assert forge.start()

    (execution,) = forge.started()
    assert execution["trigger"]["triggerType"] == "StartPipelineExecution"
    record = forge.record(body["push"])
    pipeline, build = record.starts
    assert record.done
    assert pipeline.execution == execution["pipelineExecutionId"]
    assert forge.builds.build(build.execution)["sourceVersion"] == AFTER
    assert forge.environment(build.execution)["GIT_COMMIT"] == AFTER
    link = forge.link(f"checkout:{pipeline.execution}")
    assert (link.push, link.commit, link.ref, link.pusher) == (
        body["push"],
        AFTER,
        "refs/heads/main",
        "ada",
    )
    assert forge.link(build.execution).push == body["push"]


def test_what_a_build_of_it_made_leads_back_to_the_push(forge: Forge) -> None:
    """As `longshore origin` goes: it must find what the starter left."""
    _, body = forge.deliver(github(sample("github_push")))
    forge.start()
    (execution,) = forge.started()
    origin = Origin(pipeline="checkout", execution=execution["pipelineExecutionId"], commit=AFTER)
    built = BuiltImage(digest=make_digest(1), origin=origin, build="checkout-image:1")
    run = ExecutionRef(PipelineRef(HOME, "checkout"), execution["pipelineExecutionId"])
    DynamoTimelineStore(shared.make_table(TABLE)).commit(
        TimelineChanges(
            timeline=Timeline(execution=run, state=ExecutionState.SUCCEEDED), images=(built,)
        )
    )

    here = Here("longshore", "0.1.0", HOME, TABLE, control_url="https://unused.invalid")
    (trail,) = OriginReader(Access(Place()), here).find(AskedImage(built.digest)).trails

    assert trail.link is not None
    assert trail.push is not None
    assert (trail.link.push, trail.push.pusher) == (body["push"], "ada")
    assert trail.push.start_of("refs/heads/main", Startable.PIPELINE, "checkout") is not None


def test_a_redelivery_starts_nothing_again_before_and_after_it_is_done(forge: Forge) -> None:
    sent = github(sample("github_push"))
    forge.deliver(sent)
    assert forge.deliver(sent)[1]["outcome"] == "duplicate"
    while forge.start():
        pass

    status, body = forge.deliver(sent.having(x_github_delivery="another"))

    assert (status, body["outcome"]) == (200, "duplicate")
    assert not forge.start()
    assert len(forge.started()) == 1
    listed = forge.builds.call("ListBuildsForProject", projectName="checkout")
    assert len(listed["ids"]) == 1


def test_an_answer_needs_four_calls_at_most_and_three_when_warm(forge: Forge) -> None:
    calls = Recorder()
    shared.make_gate()._passage = calls  # noqa: SLF001  where calls can be recorded
    forge.deliver(github(sample("github_push")))
    assert Counter(call.action for call in calls.calls) == {
        "secretsmanager:GetSecretValue": 1,
        "dynamodb:Query": 1,
        "dynamodb:PutItem": 1,
        "sqs:SendMessage": 1,
    }
    calls.calls.clear()

    forge.deliver(github(sample("github_push", before="c" * 40)))
    assert len(calls.calls) == MOST_CALLS - 1
    calls.calls.clear()

    for _ in range(3):
        forge.deliver(github({}).having(x_hub_signature_256="sha256=" + "0" * 64))
    assert len(calls.calls) == 0  # the secret was read a moment ago


def test_what_aws_refuses_is_recorded_and_ends(forge: Forge) -> None:
    now = forge.installation.harbour.now()
    status, body = forge.deliver(gitlab(sample("gitlab_push"), at=now))
    assert status == 202
    forge.start()

    record = forge.record(body["push"])
    (refused,) = record.starts
    assert record.done
    assert refused.execution == ""
    assert "codepipeline:StartPipelineExecution was refused" in refused.reason
    assert not forge.start()


def test_several_refs_of_one_push_start_what_each_is_for(forge: Forge) -> None:
    _, body = forge.deliver(bitbucket(sample("bitbucket_cloud_push")))
    forge.start()

    (build,) = forge.record(body["push"]).starts
    assert build.ref == "refs/tags/v1.5.0"
    assert forge.environment(build.execution)["GIT_TAG"] == "v1.5.0"


def test_a_repository_that_nothing_names_any_more_is_unknown(forge: Forge) -> None:
    forge.deliver(github(sample("github_push")))
    without = {key: value for key, value in DOCUMENT.items() if key != "git"}
    apply = {"document": without, "deploy": False, "base": 1}
    assert forge.installation.post("/v1/configurations", apply)[0] == 200

    forge.start()

    assert forge.started() == []  # what is in force when it is started counts
    assert forge.deliver(github(sample("github_push", before="c" * 40)))[0] == 404


def test_without_the_secret_the_answer_is_short_and_the_log_is_not(
    forge: Forge, capsys: pytest.CaptureFixture[str]
) -> None:
    forge.installation.clients.secrets.put_secret_value(
        SecretId=forge.secret, SecretString="no JSON"
    )

    assert forge.deliver(github(sample("github_push"))) == (500, {"error": "failed"})
    assert "is no JSON object: put" in capsys.readouterr().out
