"""The real ECS adapter over the ECS stand-in, in process: the wire of its client is a call."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel
from botocore.session import Session

from longshore.aws.clients import Clients
from longshore.aws.ecs import AwsEcs
from longshore.aws.gate import Gate, Passage, Recorder, straight_through
from longshore.usecases.ports import Ecs
from longshore_local.awsjson.errors import ApiError
from longshore_local.ecs.world import EcsWorld


@dataclass(frozen=True, slots=True)
class CountedEcs:
    """The port, and every call that passed to get there."""

    port: Ecs
    calls: Recorder

    def count(self, operation: str) -> int:
        """Return how often an operation was called."""
        return self.calls.count(f"ecs:{operation}")

    def writes(self) -> list[str]:
        """Return the operations that change something, in order."""
        actions = (call.action.removeprefix("ecs:") for call in self.calls.calls)
        return [a for a in actions if a in {"RegisterTaskDefinition", "UpdateService"}]


def ecs_over(world: EcsWorld, passage: Passage = straight_through) -> CountedEcs:
    """Return the adapter on a world; `passage` stands before each call."""
    session = Session()
    session.set_credentials("test", "test")
    session.set_config_variable("region", world.home.region)
    session.register("before-call.ecs", cast("Any", _wire(world)))
    calls = Recorder(passage)
    return CountedEcs(AwsEcs(Gate(calls), Clients(session)), calls)


def _wire(world: EcsWorld) -> Callable[..., tuple[AWSResponse, object]]:
    def answer(
        model: OperationModel, params: Mapping[str, str], **_: object
    ) -> tuple[AWSResponse, object]:
        try:
            reply = world.call(model.name, json.loads(params["body"]))
        except ApiError as error:
            return _http(HTTPStatus.BAD_REQUEST), _error(error)
        return _http(HTTPStatus.OK), {**reply, "ResponseMetadata": {"HTTPStatusCode": 200}}

    return answer


def _http(status: HTTPStatus) -> AWSResponse:
    return AWSResponse("memory://ecs", int(status), cast("Any", {}), None)


def _error(error: ApiError) -> dict[str, object]:
    return {
        "Error": {"Code": error.code, "Message": error.message},
        "ResponseMetadata": {"HTTPStatusCode": int(HTTPStatus.BAD_REQUEST)},
    }
