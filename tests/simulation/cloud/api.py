"""What every service of the in-memory AWS is: an API that is called by name with a document."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from longshore_local.awsjson.contract import service_contract
from longshore_local.awsjson.errors import ApiError

Params = Mapping[str, object]
Output = dict[str, object]


class Api(Protocol):
    """One AWS service, its documents shaped as boto shapes them, times as datetimes."""

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call; raise ApiError for what AWS refuses."""
        ...


class TransactionCanceled(ApiError):
    """DynamoDB's refusal of a transaction, with one reason for each of its items."""

    def __init__(self, reasons: Sequence[Mapping[str, object]]) -> None:
        codes = ", ".join(str(reason["Code"]) for reason in reasons)
        message = (
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            f"[{codes}]"
        )
        super().__init__("TransactionCanceledException", message)
        self.reasons = list(reasons)


class ConditionFailed(ApiError):
    """DynamoDB's refusal of a write whose condition does not hold; with the item, if asked for."""

    def __init__(self, item: Mapping[str, object] | None = None) -> None:
        super().__init__("ConditionalCheckFailedException", "The conditional request failed")
        self.item = item


class Validated:
    """An API whose inputs and outputs are held to the botocore service model."""

    def __init__(self, service: str, inner: Api) -> None:
        self._contract = service_contract(service)
        self._inner = inner

    def call(self, operation: str, parameters: Params) -> Output:
        self._contract.check_input(operation, parameters)
        return self._contract.shape_output(operation, self._inner.call(operation, parameters))
