import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from longshore_local.awsjson import (
    ApiError,
    ContractError,
    Exchange,
    Permission,
    StandIn,
    service_contract,
)
from longshore_local.awsjson.exchange import Parameters

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA1/20260504/eu-central-1/ecs/aws4_request, Signature=0"
MOMENT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


class Player:
    """Answers what it is told to and keeps what it was asked."""

    def __init__(self, answer: object = None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Parameters]] = []

    def __call__(self, operation: str, parameters: Parameters) -> dict[str, object]:
        self.asked.append((operation, parameters))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, dict) else {}


def ask(
    player: Player,
    operation: str = "ListServiceDeployments",
    body: bytes = b'{"service": "web"}',
    **headers: str,
) -> tuple[int, Any]:
    stand_in = StandIn(service_contract("ecs"), player, lambda *_: [Permission("ecs:x", "*")])
    target = f"AmazonEC2ContainerServiceV20141113.{operation}"
    answer = Exchange([stand_in]).answer(
        {"x-amz-target": target, "authorization": SIGNED, **headers}, body
    )
    assert answer.content_type == "application/x-amz-json-1.1"
    return answer.status, json.loads(answer.body)


def test_parameters_are_read_by_the_model_and_unknown_ones_ignored() -> None:
    player = Player()
    document = {
        "service": "web",
        "createdAt": {"after": MOMENT.timestamp(), "new": 1},
        "cluster": None,
        "brandNew": True,
    }

    ask(player, body=json.dumps(document).encode())

    assert player.asked == [
        ("ListServiceDeployments", {"service": "web", "createdAt": {"after": MOMENT}})
    ]


def test_results_are_written_by_the_model_with_times_as_epoch_seconds() -> None:
    entry = {"serviceArn": "arn", "createdAt": MOMENT, "secret": "not modelled"}

    status, document = ask(Player({"serviceDeployments": [entry], "alsoSecret": 1}))

    assert status == 200
    assert document == {
        "serviceDeployments": [{"serviceArn": "arn", "createdAt": MOMENT.timestamp()}]
    }


def test_maps_and_empty_values_survive() -> None:
    player = Player()
    labels = {"a": "1", "empty": ""}
    container = {"name": "web", "dockerLabels": labels, "environment": []}
    body = json.dumps({"family": "app", "containerDefinitions": [container]}).encode()

    ask(player, "RegisterTaskDefinition", body)

    assert player.asked[0][1]["containerDefinitions"] == [container]


def test_binary_values_travel_in_base64() -> None:
    contract = service_contract("kms")

    assert contract.write("Encrypt", {"CiphertextBlob": b"abc"}) == {"CiphertextBlob": "YWJj"}
    assert contract.read("Decrypt", {"CiphertextBlob": "YWJj"}) == {"CiphertextBlob": b"abc"}


def test_an_error_has_its_code_and_message() -> None:
    status, document = ask(Player(ApiError("ThrottlingException", "Rate exceeded")))

    assert (status, document) == (
        400,
        {"__type": "ThrottlingException", "message": "Rate exceeded"},
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"{", "Expecting"), (b"[]", "JSON object"), (b"{}", "service"), (b'{"service": 1}', "type")],
)
def test_a_request_that_cannot_be_read_is_refused(body: bytes, words: str) -> None:
    player = Player()

    status, document = ask(player, body=body)

    assert (status, document["__type"]) == (400, "SerializationException")
    assert words in document["message"]
    assert player.asked == []


@pytest.mark.parametrize(
    "target", ["", "Nothing", "Other.ListTasks", "AmazonEC2ContainerServiceV20141113.Fly"]
)
def test_an_operation_that_nobody_plays_is_unknown(target: str) -> None:
    headers = {"x-amz-target": target, "authorization": SIGNED}
    answer = Exchange([]).answer(headers, b"{}")
    status, document = answer.status, json.loads(answer.body)

    assert (status, document["__type"]) == (400, "UnknownOperationException")


@pytest.mark.parametrize("authorization", ["", "Bearer x"])
def test_a_request_that_nobody_signed_is_refused(authorization: str) -> None:
    player = Player()

    status, document = ask(player, authorization=authorization)

    assert (status, document["__type"]) == (403, "MissingAuthenticationTokenException")
    assert player.asked == []


def test_a_defect_answers_as_aws_does_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        status, document = ask(Player(ZeroDivisionError("oops")))

    assert (status, document["__type"]) == (500, "ServerException")
    assert "oops" in caplog.text


def test_a_result_that_does_not_fit_is_a_defect_of_the_stand_in() -> None:
    contract = service_contract("ecs")

    with pytest.raises(ContractError, match="output of ListTasks"):
        contract.shape_output("ListTasks", {"taskArns": ["arn"], "tasks": []})
    with pytest.raises(ContractError, match="output of ListTasks"):
        contract.shape_output("ListTasks", {"taskArns": "arn"})
    assert contract.shape_output("ListTasks", {"taskArns": ["arn"], "nextToken": None}) == {
        "taskArns": ["arn"]
    }
