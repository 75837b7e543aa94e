"""What a stand-in's answers are held to beyond botocore's own checks."""

from collections.abc import Mapping

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from longshore_local.worlds.params import Output, Params

Calls = list[tuple[str, Params, Output]]


class Recorder:
    """A gate that keeps what each operation took and gave."""

    def __init__(self) -> None:
        self.calls: Calls = []

    def __call__(self, operation: str, parameters: Params, proceed: object) -> Output:
        assert callable(proceed)
        answer: Output = proceed()
        self.calls.append((operation, parameters, answer))
        return answer


def model_of(service: str) -> ServiceModel:
    return ServiceModel(dict(Loader().load_service_model(service, "service-2")), service)


def misfits(model: ServiceModel, calls: Calls) -> set[tuple[str, str]]:
    """Answers that do not fit the output shape of their operation."""
    found = set()
    for operation, _, answer in calls:
        shape = model.operation_model(operation).output_shape
        if shape is None:
            report = "" if answer == {} else "no output is known"
        else:
            report = str(ParamValidator().validate(dict(answer), shape).generate_report())
        if report:
            found.add((operation, report))
    return found


def strangers(shape: object, value: object) -> list[tuple[str, str]]:
    """Values outside the enumerations of the model, which botocore itself does not check."""
    members = getattr(shape, "members", None)
    if members is not None and isinstance(value, Mapping):
        return [found for name in value for found in strangers(members[name], value[name])]
    if isinstance(value, list):
        return [
            found for item in value for found in strangers(getattr(shape, "member", None), item)
        ]
    allowed = getattr(shape, "enum", None)
    if allowed and isinstance(value, str) and value not in allowed:
        return [(str(getattr(shape, "name", "")), value)]
    return []


def strange_values(model: ServiceModel, calls: Calls) -> set[tuple[str, str]]:
    return {
        found
        for operation, _, answer in calls
        for found in strangers(model.operation_model(operation).output_shape, answer)
    }


def undeclared_errors(model: ServiceModel, raised: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Errors, each with its operation, that the model does not name for it."""
    return {
        (operation, code)
        for operation, code in raised
        if code not in {one.name for one in model.operation_model(operation).error_shapes}
    }
