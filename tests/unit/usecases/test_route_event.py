"""The router: every message ends as a wake-up or with a reason, after one lookup at most."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from longshore.domain.configuration import Follower
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.wakeups import Hint, Wakeup
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


class CountingDirectory(InMemoryDirectory):
    """The lookups, counted."""

    lookups = 0

    def followers(self, repository: RepositoryRef) -> Sequence[Follower]:
        self.lookups += 1
        return super().followers(repository)

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

    def __post_init__(self) -> None:
        self.directory = CountingDirectory(self.state)
        self.ports = RouterPorts(self.directory, self.work, FakeClock(), HOME)
        self.state.install(make_configuration())

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

    assert routed == Routed("tick", "0 stages due, 1 announcements sent again")


def test_a_sweep_wakes_every_stage() -> None:
    desk = Desk()
    other = replace(make_spec(), id=StageId("shop", "staging"))
    desk.state.install(make_configuration(other))

    routed = desk.route({"clock": "sweep"})

    assert routed == Routed("sweep", "2 stages woken")
    assert [wakeup.stage for wakeup, _ in desk.work.wakeups] == [STAGE, other.id]
    assert {wakeup.hints for wakeup, _ in desk.work.wakeups} == {frozenset({Hint.SWEEP, Hint.ECS})}
