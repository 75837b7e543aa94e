"""One request and its answer in AWS's JSON protocol, without a socket."""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from longshore_local.awsjson.access import (
    Authorize,
    Permission,
    access_key_of,
    allow_everything,
    denial,
)
from longshore_local.awsjson.contract import ContractError, ServiceContract
from longshore_local.awsjson.errors import ApiError, NoAnswerError

LOG = logging.getLogger(__name__)

Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StandIn:
    """An AWS API that is played: what it does, and what each call must be allowed to do.

    `call` raises ApiError for what AWS refuses. `permissions` is asked before anything is looked
    up, as AWS does: who may not see a thing does not learn whether it exists.
    """

    contract: ServiceContract
    call: Callable[[str, Parameters], Mapping[str, object]]
    permissions: Callable[[str, Parameters], Sequence[Permission]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: an HTTP status and a JSON document."""

    status: int
    content_type: str
    body: bytes


class Exchange:
    """Answers requests to stand-ins, one at a time."""

    def __init__(
        self,
        stand_ins: Sequence[StandIn],
        authorize: Authorize = allow_everything,
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        """Play these APIs; every call must be allowed by `authorize`."""
        self._stand_ins = {stand_in.contract.target_prefix: stand_in for stand_in in stand_ins}
        self._authorize = authorize
        self.lock = lock or threading.RLock()
        """Held while a stand-in works; hold it to use a stand-in's world beside the server."""

    def answer(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request. `headers` has lower-case names; a defect answers 500, as AWS does.

        Raises NoAnswerError where the connection shall break.
        """
        call = _Call.parse(headers.get("x-amz-target", ""))
        version = "1.1"
        try:
            stand_in = self._stand_in(call)
            version = stand_in.contract.json_version
            parameters = _parameters(stand_in.contract, call.operation, body)
            self._admit(stand_in, call.operation, parameters, headers.get("authorization"))
            with self.lock:
                result = stand_in.call(call.operation, parameters)
            return _answered(200, stand_in.contract.write(call.operation, result), version)
        except ApiError as error:
            return _refused(error, version)
        except NoAnswerError:
            raise
        except Exception:
            LOG.exception("the stand-in for %s failed", call)
            unexpected = ApiError(
                "ServerException", "The stand-in failed; its log says why.", status=500
            )
            return _refused(unexpected, version)

    def _stand_in(self, call: "_Call") -> StandIn:
        stand_in = self._stand_ins.get(call.prefix)
        if stand_in is None or not stand_in.contract.knows(call.operation):
            raise ApiError("UnknownOperationException", f"No operation {call} is played here.")
        return stand_in

    def _admit(
        self, stand_in: StandIn, operation: str, parameters: Parameters, authorization: str | None
    ) -> None:
        # Not under the lock: whoever decides may well call the API that is played here.
        access_key = access_key_of(authorization)
        for permission in stand_in.permissions(operation, parameters):
            denied = self._authorize(access_key, permission)
            if denied is not None:
                raise denial(permission, denied)


@dataclass(frozen=True, slots=True)
class _Call:
    prefix: str
    operation: str

    @classmethod
    def parse(cls, target: str) -> "_Call":
        prefix, _, operation = target.rpartition(".")
        return cls(prefix, operation)

    def __str__(self) -> str:
        return f"{self.prefix}.{self.operation}"


def _parameters(contract: ServiceContract, operation: str, body: bytes) -> dict[str, object]:
    try:
        document = json.loads(body or b"{}")
        if not isinstance(document, dict):
            raise ApiError("SerializationException", "The request is not a JSON object.")
        parameters = contract.read(operation, document)
        contract.check_input(operation, parameters)
    except (ValueError, ContractError) as error:
        raise ApiError("SerializationException", str(error)) from error
    return parameters


def _refused(error: ApiError, version: str) -> Answer:
    return _answered(error.status, {"__type": error.code, "message": error.message}, version)


def _answered(status: int, document: Mapping[str, object], version: str) -> Answer:
    return Answer(status, f"application/x-amz-json-{version}", json.dumps(document).encode())
