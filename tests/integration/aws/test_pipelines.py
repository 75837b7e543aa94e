"""CodePipeline and CodeBuild read back: by the stand-in of CodePipeline, and by canned answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus
from typing import Any, cast

import pytest
from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel
from botocore.session import Session
from botocore.stub import Stubber

from longshore.aws.clients import Clients
from longshore.aws.codebuild import AwsBuilds
from longshore.aws.codepipeline import AwsPipelines
from longshore.aws.gate import Gate, Recorder
from longshore.domain.builds import BuildState, SeenBuild
from longshore.domain.errors import NotPermitted
from longshore.domain.executions import ActionState, BuildOutcome, ExecutionState, SeenExecution
from longshore.domain.outcomes import EventName
from longshore.domain.pipelines import ExecutionRef, PipelineRef, PipelineSpec
from longshore.domain.places import Home
from longshore.usecases.route_event import RouterPorts, route
from longshore.usecases.watch_execution import watch_execution
from longshore.usecases.watch_ports import WatchPorts
from longshore_local.awsjson.errors import ApiError
from tests.support.builders import make_configuration
from tests.support.fakes import InMemoryDirectory
from tests.support.watch_fakes import EXECUTION, PIPELINE, Watchtower
from tests.support.work import FakeWorkQueue
from tests.unit.local.codepipeline.scene import NEW, Scene, whole_pipeline

PLACE = Home("aws", "000000000000", "eu-central-1")
THERE = PipelineRef(PLACE, "checkout")
MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def session() -> Session:
    made = Session()
    made.set_credentials("test", "test")
    made.set_config_variable("region", PLACE.region)
    return made


# ── the stand-in ─────────────────────────────────────────────────────────────────────────────


def over(scene: Scene) -> tuple[AwsPipelines, Recorder]:
    """Return the adapter on a stand-in: the wire of its client is a call."""
    made, calls = session(), Recorder()
    made.register("before-call.codepipeline", cast("Any", _wire(scene)))
    return AwsPipelines(Gate(calls), Clients(made)), calls


def _wire(scene: Scene) -> Callable[..., tuple[AWSResponse, object]]:
    def answer(
        model: OperationModel, params: Mapping[str, str], **_: object
    ) -> tuple[AWSResponse, object]:
        status, reply = HTTPStatus.OK, {}
        try:
            reply = scene.world.call(model.name, json.loads(params["body"]))
        except ApiError as error:
            status = HTTPStatus.BAD_REQUEST
            reply = {"Error": {"Code": error.code, "Message": error.message}}
        meta = {"ResponseMetadata": {"HTTPStatusCode": int(status)}}
        return AWSResponse("memory://", int(status), cast("Any", {}), None), {**reply, **meta}

    return answer


class Story:
    """A pipeline that runs, the events that it sends, and the watch that reads it back."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.adapter, self.calls = over(self.scene)
        self.tower = Watchtower()
        specs = (PipelineSpec(THERE, timedelta(hours=2)),)
        self.tower.state.install(replace(make_configuration(), pipelines=specs))
        self.heard = 0

    def hear(self) -> None:
        """Route what was sent since, and look at what it concerns."""
        directory = InMemoryDirectory(self.tower.state)
        looks = self.tower.looks
        router = RouterPorts(directory, FakeWorkQueue(), self.tower.clock, PLACE, looks)
        for number, event in enumerate(self.scene.events[self.heard :]):
            route(json.dumps(event, default=str), f"m-{self.heard + number}", router)
        self.heard = len(self.scene.events)
        self.tower.clock.moment = self.scene.now
        for look, _ in looks.queued:
            watch_execution(look, self.ports)
        looks.queued.clear()

    @property
    def ports(self) -> WatchPorts:
        return replace(self.tower.ports, pipelines=self.adapter)

    @property
    def told(self) -> list[EventName]:
        return [each.name for each in self.tower.state.announcements()]


def test_a_pipeline_that_fails_and_is_mended_is_told_from_its_own_events() -> None:
    story = Story()
    execution = ExecutionRef(THERE, story.scene.create(whole_pipeline()))
    story.scene.later(seconds=30)
    story.hear()
    running = story.tower.state.timelines[execution]
    assert running.commit is not None
    assert (running.state, running.commit.id) == (ExecutionState.IN_PROGRESS, NEW)

    story.tower.builds.outcome["checkout:1"] = BuildOutcome("BUILD", "exit status 2")
    story.scene.built("FAILED", "exit status 2")
    story.hear()
    failed = story.tower.state.timelines[execution]
    assert (failed.state, failed.attempt) == (ExecutionState.FAILED, 1)
    assert story.told == [EventName.PIPELINE_FAILED]

    story.scene.call(
        "RetryStageExecution",
        pipelineName="checkout",
        stageName="Build",
        pipelineExecutionId=execution.id,
        retryMode="FAILED_ACTIONS",
    )
    story.scene.later(seconds=30)
    story.scene.built()
    story.hear()
    again = story.tower.state.timelines[execution]
    assert (again.state, again.attempt) == (ExecutionState.IN_PROGRESS, 2)
    assert again.waiting == "a manual approval: Approve/Approve"
    assert [run.attempt for run in again.runs if run.name == "Build"] == [1, 2]
    assert story.told == [EventName.PIPELINE_FAILED]


def test_an_execution_that_is_not_there_is_none() -> None:
    scene = Scene()
    adapter, _ = over(scene)
    assert adapter.execution(ExecutionRef(THERE, "11111111-1111-4111-8111-111111111111")) is None
    assert adapter.execution_of_build(THERE, "checkout:1") is None

    scene.create(whole_pipeline())
    other = ExecutionRef(THERE, "11111111-1111-4111-8111-111111111111")
    assert adapter.execution(other) is None


def test_a_build_leads_to_the_execution_that_started_it() -> None:
    scene = Scene()
    adapter, _ = over(scene)
    execution = scene.create(whole_pipeline())
    scene.later(seconds=30)
    scene.built("FAILED", "no")

    found = adapter.execution_of_build(THERE, "checkout:1")

    assert found == ExecutionRef(THERE, execution)
    assert adapter.execution_of_build(THERE, "checkout:9") is None


# ── canned answers ───────────────────────────────────────────────────────────────────────────


def detail(number: int, **more: object) -> dict[str, object]:
    return {
        "pipelineExecutionId": EXECUTION.id,
        "actionExecutionId": f"run-{number}",
        "stageName": "Build",
        "actionName": f"A{number}",
        "startTime": MOMENT.astimezone(timezone(timedelta(hours=2))),
        "lastUpdateTime": MOMENT + timedelta(minutes=1),
        "status": "Succeeded",
        **more,
    }


def kind(category: str) -> dict[str, str]:
    return {"category": category, "owner": "AWS", "provider": "x", "version": "1"}


COMMIT = "c0ffee" * 6 + "c0ff"
SOURCE_RAN = {
    "input": {"actionTypeId": {**kind("Source"), "provider": "CodeStarSourceConnection"}},
    "output": {
        "outputVariables": {
            "AuthorEmail": "ada@example.org",
            "AuthorDisplayName": "Ada",
            "FullRepositoryName": "acme/checkout",
        },
        "executionResult": {"externalExecutionSummary": '{"CommitMessage":"Show tax"}'},
    },
}
BUILD_FAILED = {
    "status": "Failed",
    "input": {
        "actionTypeId": {**kind("Build"), "provider": "CodeBuild"},
        "configuration": {"EnvironmentVariables": "hunter2"},
    },
    "output": {
        "executionResult": {
            "externalExecutionId": "images:1",
            "externalExecutionUrl": "https://console/1",
            "errorDetails": {"code": "JobFailed", "message": "password=hunter2 is wrong"},
        }
    },
}
SHOWN = {
    "status": "Failed",
    "statusSummary": "no",
    "trigger": {"triggerType": "WebhookV2", "triggerDetail": "arn:of:connection"},
    "artifactRevisions": [
        {"name": "Config", "revisionId": "v-7"},
        {"name": "Nothing"},
        {
            "name": "Source",
            "revisionId": COMMIT,
            "revisionSummary": '{"CommitMessage":"Show tax"}',
            "revisionUrl": "https://git.example/c0ffee",
        },
    ],
}


def read_in_pages(calls: Recorder) -> SeenExecution:
    """An execution of three actions, which come in two pages."""
    clients = Clients(session())
    asked = {
        "pipelineName": "checkout",
        "maxResults": 100,
        "filter": {"pipelineExecutionId": EXECUTION.id},
    }
    with Stubber(clients.codepipeline) as stub:
        page = {"actionExecutionDetails": [detail(1, **SOURCE_RAN)], "nextToken": "more"}
        stub.add_response("list_action_executions", page, asked)
        page = {"actionExecutionDetails": [detail(2, **BUILD_FAILED), detail(3, status="Odd")]}
        stub.add_response("list_action_executions", page, {**asked, "nextToken": "more"})
        stub.add_response("get_pipeline_execution", {"pipelineExecution": SHOWN})

        seen = AwsPipelines(Gate(calls), clients).execution(EXECUTION)

    assert seen is not None
    return seen


def test_every_page_is_read_actions_before_the_state() -> None:
    calls = Recorder()

    seen = read_in_pages(calls)

    assert [call.operation for call in calls.calls][-1] == "GetPipelineExecution"
    first, second, third = seen.runs
    assert (first.started_at, first.summary) == (MOMENT, "Show tax")
    assert (second.state, second.external_id) == (ActionState.FAILED, "images:1")
    assert (third.state, third.ended_at) == (ActionState.IN_PROGRESS, None)


def test_an_execution_says_where_it_comes_from() -> None:
    seen = read_in_pages(Recorder())

    assert (seen.state, seen.author, seen.repository) == (
        ExecutionState.FAILED,
        "Ada",
        "acme/checkout",
    )
    assert [revision.id for revision in seen.revisions] == ["v-7", COMMIT]
    assert seen.revisions[1].summary == "Show tax"


def test_neither_secrets_nor_addresses_of_people_are_read() -> None:
    seen = read_in_pages(Recorder())

    assert seen.runs[1].error == "password=[redacted] is wrong"
    assert "hunter2" not in repr(seen)
    assert "ada@example.org" not in repr(seen)


def test_an_execution_of_a_state_that_is_not_known_yet_goes_on() -> None:
    clients = Clients(session())
    with Stubber(clients.codepipeline) as stub:
        stub.add_response("list_action_executions", {})
        stub.add_response("get_pipeline_execution", {"pipelineExecution": {"status": "Odd"}})

        seen = AwsPipelines(Gate(), clients).execution(EXECUTION)

    assert seen is not None
    assert (seen.state, seen.trigger) == (ExecutionState.IN_PROGRESS, None)


@pytest.mark.parametrize(
    "read",
    [
        lambda adapter: adapter.execution(EXECUTION),
        lambda adapter: adapter.execution_of_build(PIPELINE, "images:1"),
    ],
)
def test_what_is_not_permitted_is_said(read: Callable[[AwsPipelines], object]) -> None:
    clients = Clients(session())
    adapter = AwsPipelines(Gate(), clients)
    with Stubber(clients.codepipeline) as stub:
        stub.add_client_error("list_action_executions", "AccessDeniedException")

        with pytest.raises(NotPermitted):
            read(adapter)


FAILED_BUILD = {
    "id": "images:1",
    "logs": {"deepLink": "https://console/log"},
    "phases": [
        {"phaseType": "SUBMITTED", "phaseStatus": "SUCCEEDED"},
        {
            "phaseType": "BUILD",
            "phaseStatus": "FAILED",
            "contexts": [
                {"statusCode": "COMMAND_EXECUTION_ERROR", "message": "set -e\nTOKEN=x1y2z3"}
            ],
        },
        {"phaseType": "POST_BUILD", "phaseStatus": "FAILED"},
        {"phaseType": "COMPLETED"},
    ],
    "environment": {
        "type": "LINUX_CONTAINER",
        "image": "x",
        "computeType": "BUILD_GENERAL1_SMALL",
        "environmentVariables": [{"name": "PASSWORD", "value": "hunter2"}],
    },
}


def exported(number: int, digest: str) -> dict[str, object]:
    """A build that says which image it pushed."""
    variables = [{"name": "OTHER", "value": "hunter2"}, {"name": "IMAGE_DIGEST", "value": digest}]
    return {"id": f"images:{number}", "exportedEnvironmentVariables": variables}


def test_builds_say_which_phase_failed_and_what_they_pushed() -> None:
    clients = Clients(session())
    digest = f"sha256:{1:064x}"
    builds = [FAILED_BUILD, exported(2, digest), exported(3, "latest")]
    with Stubber(clients.codebuild) as stub:
        ids = ["images:1", "images:2", "images:3", "images:4"]
        answer = {"builds": builds, "buildsNotFound": ["images:4"]}
        stub.add_response("batch_get_builds", answer, {"ids": ids})

        outcomes = AwsBuilds(Gate(), clients).outcomes([*ids, "no build"])

    assert outcomes == {
        "images:1": BuildOutcome("BUILD", "set -e TOKEN=[redacted]", "https://console/log"),
        "images:2": BuildOutcome(digest=digest),
        "images:3": BuildOutcome(),
        "images:4": BuildOutcome(),
        "no build": BuildOutcome(),
    }


@pytest.mark.parametrize(
    ("shown", "state"),
    [("SUCCEEDED", BuildState.SUCCEEDED), ("FAULT", BuildState.FAULT)],
)
def test_a_build_is_read_back_with_its_state_and_its_times(shown: str, state: BuildState) -> None:
    berlin = timezone(timedelta(hours=1))
    times = {"startTime": MOMENT.astimezone(berlin), "endTime": MOMENT + timedelta(minutes=1)}
    clients = Clients(session())
    with Stubber(clients.codebuild) as stub:
        answer = {"builds": [{**FAILED_BUILD, **times, "buildStatus": shown}]}
        stub.add_response("batch_get_builds", answer, {"ids": ["images:1"]})

        seen = AwsBuilds(Gate(), clients).build("images:1")

    assert seen == SeenBuild(
        id="images:1",
        state=state,
        outcome=BuildOutcome("BUILD", "set -e TOKEN=[redacted]", "https://console/log"),
        started_at=MOMENT,
        ended_at=MOMENT + timedelta(minutes=1),
    )


def test_a_build_in_a_state_that_is_not_known_yet_goes_on() -> None:
    clients = Clients(session())
    with Stubber(clients.codebuild) as stub:
        answer = {"builds": [{"id": "images:1", "buildStatus": "NEW_WORD"}]}
        stub.add_response("batch_get_builds", answer, {"ids": ["images:1"]})
        stub.add_response(
            "batch_get_builds", {"buildsNotFound": ["images:2"]}, {"ids": ["images:2"]}
        )
        builds = AwsBuilds(Gate(), clients)

        assert builds.build("images:1") == SeenBuild(
            id="images:1", state=BuildState.IN_PROGRESS, outcome=BuildOutcome()
        )
        assert builds.build("images:2") is None
