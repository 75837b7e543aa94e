"""Reading parameters that the service model has described but Python has no types for."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from longshore_local.awsjson.errors import ApiError
from tests.simulation.cloud.api import Output, Params
from tests.simulation.cloud.queues.sending import check_batch

MOST_MESSAGES = 10
"""In one batch, and in one receive."""


Ails = Callable[[str, str], bool]
"""Whether SQS fails inside for one entry of a batch: `ails(operation, entry id)`."""


def well(_operation: str, _entry: str) -> bool:
    """Fail for no entry."""
    return False


def failed(name: str, error: ApiError) -> Output:
    """Return how a batch tells that one of its entries was refused."""
    blame = error.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return {"Id": name, "SenderFault": blame, "Code": error.code, "Message": error.message}


def entries_of(parameters: Params) -> Sequence[Params]:
    """Return the entries of a batch; raise ApiError for a batch that SQS refuses as a whole."""
    entries = parameters["Entries"]
    assert isinstance(entries, list | tuple)
    check_batch(entries, MOST_MESSAGES)
    return entries


def whole(parameters: Params, name: str, default: int) -> int:
    """Return an integer."""
    value = parameters.get(name, default)
    assert isinstance(value, int)
    return value


def texts(parameters: Params, name: str) -> Mapping[str, str]:
    """Return a map of texts, empty when it is not given."""
    value = parameters.get(name, {})
    assert isinstance(value, Mapping)
    return value
