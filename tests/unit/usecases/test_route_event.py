"""The router: every message ends as a wake-up or with a reason, after one lookup at most."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from longshore.domain.builds import BuildLook
from longshore.domain.configuration import Follower
from longshore.domain.executions import ExecutionState, Look, Timeline
from longshore.domain.pipelines import PipelineFollower, PipelineRef, PipelineSpec
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.projects import ProjectId
from longshore.domain.pushes import GitRepository, Provider, Startable
from longshore.domain.triggers import PushTrigger
from longshore.domain.wakeups import Hint, Wakeup
from longshore.events.look_messages import encode_look
from longshore.events.messages import encode_wakeup
from longshore.usecases.ports import EcsDeploymentLink
from longshore.usecases.route_event import Routed, RouterPorts, route
from tests.support.builders import (
    HOME,
    SERVICE,
    STAGE,
    make_announcement,
    make_configuration,
    make_digest,
    make_spec,
)
from tests.support.fakes import (
    NOON,
    FakeClock,
    InMemoryDirectory,
    LedgerState,
    OutboxEntry,
)
from tests.support.harbour import push_event
from tests.support.watch_fakes import EXECUTION, PIPELINE, InMemoryLooks


class CountingDirectory(InMemoryDirectory):
    """The lookups, counted."""

    lookups = 0

    def followers(self, repository: RepositoryRef) -> Sequence[Follower]:
        self.lookups += 1
        return super().followers(repository)

    def served_by(self, pipeline: PipelineRef) -> Sequence[PipelineFollower]:
        self.lookups += 1
        return super().served_by(pipeline)

    def started_for_pushes(self, project: str) -> Sequence[ProjectId]:
        self.lookups += 1
        return super().started_for_pushes(project)

    def stage_of_service(self, service: ServiceRef) -> StageId | None:
        self.lookups += 1
        return super().stage_of_service(service)

    def stage_of_ecs_deployment(self, home: Home, ecs_deployment_id: str) -> StageId | None:
        self.lookups += 1
        return super().stage_of_ecs_deployment(home, ecs_deployment_id)


@dataclass
class Work:
    """The work queue: what was put into it."""

    wakeups: list[tuple[Wakeup, str]] = field(default_factory=list)

    def wake(self, wakeups: Sequence[Wakeup], message_id: str) -> None:
        self.wakeups.extend((wakeup, message_id) for wakeup in wakeups)


@dataclass
class Desk:
    """A router with everything around it."""

    state: LedgerState = field(default_factory=LedgerState)
    work: Work = field(default_factory=Work)
    looks: InMemoryLooks = field(default_factory=InMemoryLooks)

    def __post_init__(self) -> None:
        self.directory = CountingDirectory(self.state)
        self.ports = RouterPorts(self.directory, self.work, FakeClock(), HOME, self.looks)
        pipelines = (PipelineSpec(PIPELINE),)
        self.state.install(replace(make_configuration(), pipelines=pipelines))

    def route(self, body: object) -> Routed:
        return route(body if isinstance(body, str) else json.dumps(body), "m-1", self.ports)


def make_push(**detail: object) -> dict[str, object]:
    event = push_event(make_digest(2), "main", NOON)
    known = event["detail"]
    assert isinstance(known, dict)
    return {**event, "detail": {**known, **detail}}


def make_ecs_event(
    name: str = "SERVICE_DEPLOYMENT_COMPLETED", *, arn: str = ""
) -> dict[str, object]:
    return {
        "id": "e-1",
        "source": "aws.ecs",
        "detail-type": "ECS Deployment State Change",
        "account": HOME.account,
        "region": HOME.region,
        "time": "2026-11-23T12:00:00Z",
        "resources": [arn or SERVICE.arn],
        "detail": {"eventType": "INFO", "eventName": name, "deploymentId": "ecs-svc/2"},
    }


def test_a_push_wakes_the_stages_that_follow_it() -> None:
    desk = Desk()

    routed = desk.route(make_push())
    ((wakeup, message_id),) = desk.work.wakeups

    assert (routed.kind, routed.stages) == ("wake", (STAGE,))
    assert wakeup.hints == {Hint.REGISTRY}
    assert wakeup.announced is not None
    assert (wakeup.announced.tag, wakeup.announced.digest) == ("main", make_digest(2))
    assert message_id == "m-1"
    assert desk.directory.lookups == 1


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"image-tag": "other"}, "other"),
        ({"image-tag": ""}, "no tag"),
        ({"action-type": "DELETE"}, "deletion never deploys"),
        ({"result": "FAILED"}, "failed"),
        ({"repository-name": "unknown"}, "no stage follows"),
    ],
)
def test_what_concerns_no_stage_is_ignored_with_a_reason(
    detail: dict[str, object], words: str
) -> None:
    desk = Desk()

    routed = desk.route(make_push(**detail))

    assert routed.kind == "ignored"
    assert words in routed.reason
    assert desk.work.wakeups == []


def test_an_event_of_another_account_is_ignored_without_a_lookup() -> None:
    desk = Desk()

    routed = desk.route({**make_push(), "account": "999999999999"})

    assert routed.kind == "ignored"
    assert "999999999999" in routed.reason
    assert desk.directory.lookups == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"clock": "midnight"}',
        '{"wakeup": {}}',
        '{"wakeup": 7}',
        json.dumps({**make_push(), "detail": "{}"}),
        json.dumps(make_push(**{"repository-name": "../../etc"})),
        json.dumps(make_push(**{"image-tag": 7})),
        "[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_rejected_with_a_reason(body: str) -> None:
    desk = Desk()

    routed = desk.route(body)

    assert routed.kind == "rejected"
    assert routed.reason
    assert desk.work.wakeups == []


@pytest.mark.parametrize("name", ["SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_FAILED"])
def test_the_end_of_an_ecs_deployment_wakes_the_owner(name: str) -> None:
    desk = Desk()

    routed = desk.route(make_ecs_event(name))

    assert routed.stages == (STAGE,)
    assert desk.work.wakeups[0][0].hints == {Hint.ECS}
    assert desk.directory.lookups == 1


def test_a_deployment_in_progress_wakes_nobody() -> None:
    assert Desk().route(make_ecs_event("SERVICE_DEPLOYMENT_IN_PROGRESS")).kind == "ignored"


def test_an_arn_without_cluster_is_found_by_the_ecs_deployment() -> None:
    desk = Desk()
    desk.state.links[HOME, "ecs-svc/2"] = EcsDeploymentLink(HOME, "ecs-svc/2", STAGE).stage
    arn = f"arn:aws:ecs:{HOME.region}:{HOME.account}:service/{SERVICE.name}"

    assert desk.route(make_ecs_event(arn=arn)).stages == (STAGE,)


def test_a_stopped_task_brings_its_evidence() -> None:
    desk = Desk()
    event = make_ecs_event()
    event["detail-type"] = "ECS Task State Change"
    event["detail"] = {
        "clusterArn": f"arn:aws:ecs:{HOME.region}:{HOME.account}:cluster/{SERVICE.cluster}",
        "taskArn": f"arn:aws:ecs:{HOME.region}:{HOME.account}:task/{SERVICE.cluster}/1",
        "lastStatus": "STOPPED",
        "startedBy": "ecs-svc/2",
        "group": f"service:{SERVICE.name}",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "web", "exitCode": 1}],
        "version": 5,
    }

    desk.route(event)
    ((wakeup, _),) = desk.work.wakeups

    assert wakeup.hints == {Hint.TASK}
    assert wakeup.evidence is not None
    assert wakeup.evidence.task.containers[0].exit_code == 1


def test_a_wakeup_goes_on_as_it_is() -> None:
    desk = Desk()
    wakeup = Wakeup(STAGE, frozenset({Hint.ECS}), ("e-1",), attempt=1)

    desk.route(encode_wakeup(wakeup))

    assert desk.work.wakeups == [(wakeup, "m-1")]


def test_a_tick_wakes_what_is_due_and_sends_announcements_again() -> None:
    desk = Desk()
    late = make_announcement()
    desk.state.outbox[late.subject, 1] = OutboxEntry(late, NOON - timedelta(minutes=1))

    routed = desk.route({"clock": "tick"})

    assert routed == Routed("tick", "0 stages due, 0 executions due, 1 announcements sent again")


def test_a_sweep_wakes_every_stage() -> None:
    desk = Desk()
    other = replace(make_spec(), id=StageId("shop", "staging"))
    desk.state.install(make_configuration(other))

    routed = desk.route({"clock": "sweep"})

    assert routed == Routed("sweep", "2 stages woken")
    assert [wakeup.stage for wakeup, _ in desk.work.wakeups] == [STAGE, other.id]
    assert {wakeup.hints for wakeup, _ in desk.work.wakeups} == {frozenset({Hint.SWEEP, Hint.ECS})}


# ── pipelines ────────────────────────────────────────────────────────────────────────────────


def make_pipeline_event(kind: str = "Pipeline", **detail: object) -> dict[str, object]:
    known = {"pipeline": "checkout", "execution-id": EXECUTION.id, "state": "FAILED"}
    return {
        "id": "e-7",
        "source": "aws.codepipeline",
        "detail-type": f"CodePipeline {kind} Execution State Change",
        "account": HOME.account,
        "region": HOME.region,
        "resources": [f"arn:aws:codepipeline:{HOME.region}:{HOME.account}:checkout"],
        "detail": {**known, **detail},
    }


def test_an_execution_is_looked_at_and_no_stage_is_woken() -> None:
    desk = Desk()

    routed = desk.route(make_pipeline_event())

    assert (routed.kind, routed.executions, routed.stages) == ("watch", (EXECUTION.id,), ())
    look = Look(pipeline=PIPELINE, execution=EXECUTION.id, events=("e-7",), ended=True)
    assert desk.looks.queued == [(look, "m-1")]
    assert desk.work.wakeups == []
    assert desk.directory.lookups == 1


def test_an_action_tells_of_no_end_of_its_execution() -> None:
    desk = Desk()

    desk.route(make_pipeline_event("Action", stage="Build", action="Image"))

    ((look, _),) = desk.looks.queued
    assert not look.ended


def test_a_build_of_a_pipeline_is_looked_at_by_its_build() -> None:
    desk = Desk()
    arn = f"arn:aws:codebuild:{HOME.region}:{HOME.account}:build/images:813953eb"
    event = make_pipeline_event() | {
        "source": "aws.codebuild",
        "detail-type": "CodeBuild Build State Change",
        "detail": {
            "build-id": arn,
            "build-status": "FAILED",
            "additional-information": {"initiator": "codepipeline/checkout"},
        },
    }

    routed = desk.route(event)

    assert routed.executions == ("images:813953eb",)
    assert desk.looks.queued == [
        (Look(pipeline=PIPELINE, build="images:813953eb", events=("e-7",)), "m-1")
    ]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (make_pipeline_event(pipeline="other"), "no application names the pipeline other"),
        (make_pipeline_event() | {"account": "999999999999"}, "it is of account 999999999999"),
        (
            make_pipeline_event() | {"region": "us-east-1"},
            "no application names the pipeline checkout",
        ),
    ],
)
def test_a_pipeline_that_no_application_names_is_left_alone(
    event: dict[str, object], reason: str
) -> None:
    desk = Desk()

    routed = desk.route(event)

    assert routed.kind == "ignored"
    assert reason in routed.reason
    assert desk.looks.queued == []


def test_a_look_goes_on_as_it_is() -> None:
    desk = Desk()
    look = Look(pipeline=PIPELINE, execution=EXECUTION.id, events=("e-1",), attempt=1, busy=2)

    assert desk.route(encode_look(look)).kind == "watch"
    assert desk.looks.queued == [(look, "m-1")]


@pytest.mark.parametrize("body", ['{"look": {}}', '{"look": 7}'])
def test_what_is_no_look_is_rejected(body: str) -> None:
    assert Desk().route(body).kind == "rejected"


def test_a_tick_has_executions_looked_at_that_took_too_long() -> None:
    desk = Desk()
    late = Timeline(execution=EXECUTION, state=ExecutionState.IN_PROGRESS, due_at=NOON)
    desk.state.timelines[EXECUTION] = late

    routed = desk.route({"clock": "tick"})

    assert routed.reason == "0 stages due, 1 executions due, 0 announcements sent again"
    assert desk.looks.queued == [(Look(pipeline=PIPELINE, execution=EXECUTION.id), "m-1")]


# ── builds by themselves ─────────────────────────────────────────────────────────────────────

BUILD = "checkout-image:b08054db-a099-49ad-8ac7-cf63338d81b5"


def make_build_event(*, initiator: str = "start/1", region: str = "") -> dict[str, object]:
    region = region or HOME.region
    return {
        "id": "e-1",
        "source": "aws.codebuild",
        "detail-type": "CodeBuild Build State Change",
        "account": HOME.account,
        "region": region,
        "detail": {
            "build-status": "SUCCEEDED",
            "project-name": "checkout-image",
            "build-id": f"arn:aws:codebuild:{region}:{HOME.account}:build/{BUILD}",
            "additional-information": {"initiator": initiator},
        },
    }


def starting(*names: str) -> Desk:
    """Return a desk where pushes to a repository start builds of these projects."""
    desk = Desk()
    repository = GitRepository(Provider.GITHUB, "acme/checkout")
    triggers = tuple(PushTrigger(repository, Startable.BUILD, name) for name in names)
    desk.state.install(replace(make_configuration(), git=triggers))
    return desk


def test_a_build_that_a_push_may_have_started_is_looked_at() -> None:
    desk = starting("checkout-image")

    routed = desk.route(make_build_event())

    assert (routed.kind, routed.executions) == ("watch", (BUILD,))
    assert desk.looks.builds == [(BuildLook(build=BUILD, events=("e-1",)), "m-1")]
    assert desk.looks.queued == []
    assert desk.directory.lookups == 1


@pytest.mark.parametrize(
    ("projects", "change", "reason"),
    [
        (("other",), {}, "no application the project checkout-image for a push"),
        (("checkout-image",), {"region": "us-east-1"}, "no application the project checkout-image"),
        (("checkout-image",), {"initiator": "codepipeline/x"}, "names the pipeline x"),
    ],
)
def test_other_builds_are_left_alone(
    projects: tuple[str, ...], change: dict[str, str], reason: str
) -> None:
    desk = starting(*projects)

    routed = desk.route(make_build_event(**change))

    assert routed.kind == "ignored"
    assert reason in routed.reason
    assert desk.looks.builds == []


def test_a_later_look_at_a_build_goes_its_way() -> None:
    desk, look = Desk(), BuildLook(build=BUILD, events=("e-1",), attempt=1)

    assert desk.route(encode_look(look)).executions == (BUILD,)
    assert desk.looks.builds == [(look, "m-1")]
