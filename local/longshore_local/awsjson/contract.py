"""The botocore service model as a contract: a stand-in takes and gives nothing it does not know."""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator

from longshore_local.awsjson.constraints import violations

Document = Mapping[str, object]
PLAIN = frozenset({str, int, float, bool, bytes, datetime})
Leaf = Callable[[str, object], object]


class ContractError(Exception):
    """Parameters or results are not what the service model says."""


class ServiceContract:
    """One service's operations, the shapes they take and give, and their form on the wire."""

    def __init__(self, service: str) -> None:
        """Load the model that the installed botocore ships for a service, such as `ecs`."""
        model: dict[str, object] = dict(Loader().load_service_model(service, "service-2"))
        self._model = ServiceModel(model, service)
        self._validator = ParamValidator()

    @property
    def target_prefix(self) -> str:
        """The first half of the X-Amz-Target header."""
        return str(self._model.metadata["targetPrefix"])

    @property
    def json_version(self) -> str:
        """The version of the JSON protocol that the service speaks."""
        return str(self._model.metadata["jsonVersion"])

    def knows(self, operation: str) -> bool:
        """Say whether the service has an operation of this name."""
        return operation in self._model.operation_names

    def check_input(self, operation: str, parameters: Document) -> None:
        """Raise ContractError unless the parameters are what the operation takes."""
        self._check(self._operation(operation).input_shape, parameters, f"input of {operation}")

    def violations(self, operation: str, parameters: Document) -> list[str]:
        """Return what the service itself refuses: patterns, lengths and enumerations."""
        return list(violations(self._operation(operation).input_shape, parameters))

    def shape_output(self, operation: str, result: Document) -> dict[str, object]:
        """Return a copy of a result without None values; raise ContractError if it does not fit.

        A member that the model does not know, or a required one that is missing, does not fit.
        """
        present = without_none(result)
        shape = self._operation(operation).output_shape
        self._check(shape, present, f"output of {operation}")
        return present

    def read(self, operation: str, document: Document) -> dict[str, object]:
        """Turn a request from the wire into parameters; what the model does not know is ignored."""
        return _converted(self._operation(operation).input_shape, document, _from_wire)

    def write(self, operation: str, result: Document) -> dict[str, object]:
        """Turn a result into what goes on the wire: known members, times as epoch seconds."""
        return _converted(self._operation(operation).output_shape, result, _to_wire)

    def _operation(self, operation: str) -> OperationModel:
        return self._model.operation_model(operation)

    def _check(self, shape: Shape | None, document: Document, what: str) -> None:
        if shape is None:
            return
        report = self._validator.validate(dict(document), shape)
        if report.has_errors():
            raise ContractError(f"{what}: {report.generate_report()}")


@cache
def service_contract(service: str) -> ServiceContract:
    """Return a service's contract, loaded once: a model is megabytes of JSON."""
    return ServiceContract(service)


def without_none(document: Document) -> dict[str, object]:
    """Return a deep copy without None values, which the protocol does not send."""
    # Asked here because most values are plain, and a call for each of them is slow.
    return {
        name: value if value.__class__ in PLAIN else _copied(value)
        for name, value in document.items()
        if value is not None
    }


def _copied(value: object) -> object:
    if isinstance(value, Mapping):
        return without_none(value)
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value


def _converted(shape: Shape | None, document: Document, leaf: Leaf) -> dict[str, object]:
    converted = _convert(shape, document, leaf) if shape is not None else {}
    return converted if isinstance(converted, dict) else {}


def _convert(shape: Shape, value: object, leaf: Leaf) -> object:
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        return {
            name: _convert(member, value[name], leaf)
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape) and isinstance(value, list | tuple):
        return [_convert(shape.member, item, leaf) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        return {name: _convert(shape.value, item, leaf) for name, item in value.items()}
    return leaf(shape.type_name, value)


def _from_wire(type_name: str, value: object) -> object:
    if type_name == "timestamp" and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if type_name == "blob" and isinstance(value, str):
        return base64.b64decode(value)
    return value


def _to_wire(type_name: str, value: object) -> object:
    if type_name == "timestamp" and isinstance(value, datetime):
        return value.timestamp()
    if type_name == "blob" and isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
