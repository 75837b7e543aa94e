"""The gate, with real clients and nobody at the other end."""

import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import NoCredentialsError
from botocore.session import Session

from longshore import __version__
from longshore.aws.calls import AwsCall
from longshore.aws.clients import Clients
from longshore.aws.gate import Gate, Perform, Recorder
from longshore.domain.errors import Refused, Throttled, UnknownReply
from tests.support.answers import Answers

REGION = "eu-west-1"


@contextmanager
def deaf_server() -> Iterator[tuple[str, list[int]]]:
    """Accept requests and close the connection without an answer; count them."""
    heard: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    heard.append(len(connection.recv(65536)))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def test_a_call_is_known_by_service_operation_region_and_input() -> None:
    answers = Answers([{"services": []}])
    calls = Recorder(answers)

    reply = Gate(calls).call(
        Clients().ecs(REGION).describe_services, cluster="prod", services=["web"]
    )

    assert reply["services"] == []
    assert calls.calls == [
        AwsCall("ecs", "DescribeServices", {"cluster": "prod", "services": ["web"]}, REGION)
    ]
    assert calls.count("ecs:DescribeServices") == 1
    assert calls.count("ecs:UpdateService") == 0


def test_the_text_of_a_call_leaves_out_its_input() -> None:
    call = AwsCall("ecs", "RegisterTaskDefinition", {"environment": "s3cret"})

    assert "s3cret" not in repr(call)


def test_a_passage_may_let_the_call_happen_and_lose_its_reply() -> None:
    happened: list[object] = []

    def lose_the_reply(_: AwsCall, perform: Perform) -> object:
        happened.append(perform())
        raise UnknownReply("lost")

    calls = Recorder(Answers([{"service": {}}]))
    inner = Clients().ecs_writer(REGION).update_service

    def both(call: AwsCall, _: Perform) -> object:
        return lose_the_reply(call, lambda: calls(call, lambda: None))

    with pytest.raises(UnknownReply):
        Gate(both).call(inner, service="web")

    assert happened == [{"service": {}}]


def test_an_outage_goes_on_as_it_came() -> None:
    gate = Gate(Answers([NoCredentialsError()]))

    with pytest.raises(NoCredentialsError):
        gate.call(Clients().ecs(REGION).describe_services, services=["web"])


def test_an_invalid_definition_is_refused_without_its_values() -> None:
    environment = [{"name": "TOKEN", "value": {"hidden": "s3cret"}}]
    definition = {"name": "web", "image": "x", "environment": environment}

    with pytest.raises(Refused) as caught:
        Gate().call(
            Clients().ecs_writer(REGION).register_task_definition,
            family="web",
            containerDefinitions=[definition],  # type: ignore[list-item]  # on purpose
        )

    assert "containerDefinitions[0].environment[0].value" in str(caught.value)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_a_write_to_ecs_is_sent_once_and_its_reply_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with deaf_server() as (url, heard):
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", url)

        with pytest.raises(UnknownReply):
            Gate().call(Clients().ecs_writer(REGION).update_service, service="web")

    assert len(heard) == 1


def test_a_read_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with deaf_server() as (url, heard):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)

        with pytest.raises(Throttled):
            Gate().call(Clients().ecs(REGION).describe_services, services=["web"])

    assert len(heard) == 3


def test_nobody_there_took_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")

    with pytest.raises(Throttled):
        Gate().call(Clients().ecs_writer(REGION).update_service, service="web")


def test_clients_are_built_once_for_each_region_and_purpose() -> None:
    clients = Clients()

    assert clients.ecs(REGION) is clients.ecs(REGION)
    assert clients.ecs(REGION) is not clients.ecs("eu-central-1")
    assert clients.ecs(REGION) is not clients.ecs_writer(REGION)
    assert clients.ecr("us-east-1").meta.region_name == "us-east-1"
    assert clients.sqs is clients.sqs
    assert clients.dynamodb.meta.region_name == "eu-central-1"
    assert {c.meta.service_model.service_name for c in (clients.sns, clients.events)} == {
        "sns",
        "events",
    }


def test_clients_say_who_calls_and_wait_only_so_long() -> None:
    clients = Clients(Session())

    reader = vars(clients.ecs(REGION).meta.config)["_user_provided_options"]
    writer = vars(clients.ecs_writer(REGION).meta.config)["_user_provided_options"]

    assert reader["user_agent_extra"] == writer["user_agent_extra"] == f"longshore/{__version__}"
    assert (reader["connect_timeout"], reader["read_timeout"]) == (2, 8)
    assert (writer["connect_timeout"], writer["read_timeout"]) == (2, 20)
    assert reader["retries"] == {"mode": "standard", "total_max_attempts": 3}
    assert writer["retries"] == {"mode": "standard", "total_max_attempts": 1}
