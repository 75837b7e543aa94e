"""The world behind HTTP, reached by a real SDK."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from longshore_local.awsjson import (
    AccessDenied,
    Authorize,
    Exchange,
    JsonServer,
    NoAnswerError,
    Permission,
    allow_everything,
)
from longshore_local.awsjson.wiring import connect
from longshore_local.ecs import (
    QUICK,
    EcsWorld,
    Event,
    Gate,
    ImageCatalogue,
    ecs_stand_in,
    open_gate,
    serve_ecs,
)
from longshore_local.worlds.params import Output, Params
from longshore_local.worlds.surroundings import Proceed
from tests.unit.local.ecs.scene import REPOSITORY, catalogue

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import DeploymentCircuitBreakerTypeDef

ROLE = "arn:aws:sts::000000000000:assumed-role/reconciler/run"


def client(endpoint_url: str, access_key: str = "AKIAEXAMPLE") -> "ECSClient":
    return boto3.client(
        "ecs",
        endpoint_url=endpoint_url,
        region_name="eu-central-1",
        aws_access_key_id=access_key,
        aws_secret_access_key="secret",
        aws_session_token=None,
        config=Config(retries={"total_max_attempts": 1}),
    )


def new_world(events: list[Event] | None = None, gate: Gate = open_gate) -> EcsWorld:
    return EcsWorld(
        clock=lambda: datetime.now(UTC),
        images=ImageCatalogue(catalogue()),
        emit=events.append if events is not None else lambda _: None,
        pace=QUICK,
        gate=gate,
    )


@contextmanager
def over_http(world: EcsWorld, authorize: Authorize = allow_everything) -> Iterator["ECSClient"]:
    with serve_ecs(world, authorize=authorize) as server:
        ecs = client(server.endpoint_url)
        yield ecs
        ecs.close()


@contextmanager
def in_process(world: EcsWorld, authorize: Authorize = allow_everything) -> Iterator["ECSClient"]:
    ecs = client("http://127.0.0.1:9")
    connect(ecs, Exchange([ecs_stand_in(world)], authorize))
    yield ecs


Reach = Callable[..., AbstractContextManager["ECSClient"]]
BOTH = pytest.mark.parametrize("reach", [over_http, in_process])


def launch(ecs: "ECSClient") -> None:
    """Create the service `web` in the cluster `prod`, running v1."""
    ecs.create_cluster(clusterName="prod")
    ecs.register_task_definition(
        family="app",
        containerDefinitions=[{"name": "web", "image": f"{REPOSITORY}:v1", "memory": 128}],
    )
    breaker: DeploymentCircuitBreakerTypeDef = {"enable": True, "rollback": True}
    ecs.create_service(
        cluster="prod",
        serviceName="web",
        taskDefinition="app",
        desiredCount=1,
        deploymentConfiguration={"deploymentCircuitBreaker": breaker},
    )


@BOTH
def test_an_sdk_reads_documents_times_and_failures(reach: Reach) -> None:
    with reach(new_world()) as ecs:
        launch(ecs)

        described = ecs.describe_services(cluster="prod", services=["web", "gone"])

    (service,) = described["services"]
    assert service["status"] == "ACTIVE"
    assert datetime.now(UTC) - service["createdAt"] < timedelta(minutes=1)
    assert described["failures"][0]["reason"] == "MISSING"


@BOTH
def test_an_sdk_raises_the_exceptions_of_the_service(reach: Reach) -> None:
    with reach(new_world()) as ecs:
        with pytest.raises(ecs.exceptions.ClusterNotFoundException, match="Cluster not found"):
            ecs.list_tasks(cluster="nowhere")
        launch(ecs)
        with pytest.raises(ecs.exceptions.ClientException, match="TaskDefinition not found"):
            ecs.update_service(cluster="prod", service="web", taskDefinition="app:9")


@BOTH
def test_an_sdk_pages(reach: Reach) -> None:
    with reach(new_world()) as ecs:
        launch(ecs)
        for number in range(11):
            ecs.create_service(cluster="prod", serviceName=f"s{number}", taskDefinition="app")

        pages = list(ecs.get_paginator("list_services").paginate(cluster="prod"))

    assert [len(page["serviceArns"]) for page in pages] == [10, 2]


@BOTH
def test_a_denial_names_principal_action_and_resource(reach: Reach) -> None:
    seen: list[tuple[str, Permission]] = []

    def only_reading(access_key: str, permission: Permission) -> AccessDenied | None:
        seen.append((access_key, permission))
        return None if "Update" not in permission.action else AccessDenied(ROLE)

    service = "arn:aws:ecs:eu-central-1:000000000000:service/prod/web"
    with reach(new_world(), only_reading) as ecs:
        launch(ecs)
        with pytest.raises(ClientError) as denied:
            ecs.update_service(cluster="prod", service="web", desiredCount=5)
        (untouched,) = ecs.describe_services(cluster="prod", services=["web"])["services"]

    assert denied.value.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": f"User: {ROLE} is not authorized to perform: ecs:UpdateService on resource: "
        f"{service} because no identity-based policy allows the ecs:UpdateService action",
    }
    assert untouched["desiredCount"] == 1
    assert {access_key for access_key, _ in seen} == {"AKIAEXAMPLE"}


@BOTH
def test_a_role_may_only_be_passed_by_who_may_pass_it(reach: Reach) -> None:
    def no_passing(_access_key: str, permission: Permission) -> AccessDenied | None:
        return AccessDenied(ROLE, explicit=True) if permission.action == "iam:PassRole" else None

    with reach(new_world(), no_passing) as ecs:
        launch(ecs)
        with pytest.raises(ClientError, match=r"iam:PassRole on resource: .*role/app with an expl"):
            ecs.register_task_definition(
                family="app",
                taskRoleArn="arn:aws:iam::000000000000:role/app",
                containerDefinitions=[{"name": "web", "image": "i", "memory": 1}],
            )


@BOTH
def test_a_lost_reply_is_a_broken_connection_and_the_effect_stays(reach: Reach) -> None:
    def lose_updates(operation: str, _parameters: Params, proceed: Proceed) -> Output:
        answer = proceed()
        if operation == "UpdateService":
            raise NoAnswerError
        return answer

    with reach(new_world(gate=lose_updates)) as ecs:
        launch(ecs)
        with pytest.raises(ConnectionClosedError):
            ecs.update_service(cluster="prod", service="web", desiredCount=3)
        (service,) = ecs.describe_services(cluster="prod", services=["web"])["services"]

    assert service["desiredCount"] == 3


def test_a_world_behind_http_moves_on_although_nobody_asks() -> None:
    events: list[Event] = []
    with over_http(new_world(events)) as ecs:
        launch(ecs)
        deadline = time.monotonic() + 20
        while not told(events, "SERVICE_DEPLOYMENT_COMPLETED") and time.monotonic() < deadline:
            time.sleep(0.05)

    assert told(events, "SERVICE_DEPLOYMENT_COMPLETED")


def test_a_heartbeat_that_fails_once_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    beats: list[int] = []
    enough = threading.Event()

    def beat() -> None:
        beats.append(1)
        if len(beats) == 1:
            raise ZeroDivisionError
        enough.set()

    with JsonServer(Exchange([]), heartbeat=beat, period=0.01):
        assert enough.wait(20)
    assert "the heartbeat failed" in caplog.text


def told(events: list[Event], name: str) -> bool:
    # A copy: the server's own thread adds to the list meanwhile.
    return any(f"'{name}'" in str(event["detail"]) for event in list(events))


def test_a_server_leaves_its_port_when_it_is_left() -> None:
    exchange = Exchange([ecs_stand_in(new_world())])
    with JsonServer(exchange) as first:
        port = int(first.endpoint_url.rpartition(":")[2])

    with JsonServer(exchange, port=port) as second:
        assert second.endpoint_url == first.endpoint_url
