"""Clients of the in-memory AWS, in the place of botocore's: a method is a call, no wire between."""

from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import ServiceModel
from botocore.session import Session

from longshore.aws.clients import Clients
from longshore_local.awsjson.errors import ApiError
from tests.simulation.cloud.api import Api, ConditionFailed, Output, TransactionCanceled


class MemoryClients(Clients):
    """The clients of one world; `apis` answers for each service by its botocore name."""

    def __init__(self, apis: Mapping[str, Api], region: str) -> None:
        self._clients = {name: _client_class(name)(api, region) for name, api in apis.items()}

    def _client(self, service: str, region: str | None = None, *, writer: bool = False) -> Any:
        del region, writer
        return self._clients[service]

    def s3_of(self, access_key: str, secret_key: str, session_token: str) -> Any:
        assert access_key
        assert secret_key
        assert session_token
        return self._clients["s3"]

    def service_model(self, service: str) -> ServiceModel:
        return model_of(service)


@cache
def model_of(service: str) -> ServiceModel:
    return Session().get_service_model(service)


@cache
def _client_class(service: str) -> Callable[[Api, str], object]:
    """Return a class with a method for each operation of a service, as botocore makes one."""
    methods = {xform_name(name): name for name in model_of(service).operation_names}

    def __init__(self: Any, api: Api, region: str) -> None:  # noqa: N807  a generated class
        self.api = api
        self.meta = SimpleNamespace(
            service_model=SimpleNamespace(service_name=service),
            method_to_api_mapping=methods,
            region_name=region,
        )

    members = {name: _method(name, operation) for name, operation in methods.items()}
    return cast(
        "Callable[[Api, str], object]", type(service, (), {**members, "__init__": __init__})
    )


def _method(name: str, operation: str) -> Callable[..., Output]:
    def method(self: Any, **parameters: object) -> Output:
        try:
            return cast("Output", self.api.call(operation, parameters))
        except ApiError as error:
            raise client_error(error, operation) from error

    method.__name__ = name
    return method


def client_error(error: ApiError, operation: str) -> ClientError:
    """Return what botocore raises for an API's refusal."""
    response: dict[str, Any] = {
        "Error": {"Code": error.code, "Message": error.message},
        "ResponseMetadata": {"HTTPStatusCode": error.status},
    }
    if isinstance(error, TransactionCanceled):
        response["CancellationReasons"] = error.reasons
    if isinstance(error, ConditionFailed) and error.item is not None:
        response["Item"] = error.item
    return ClientError(cast("Any", response), operation)
