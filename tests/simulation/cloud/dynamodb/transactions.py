"""TransactWriteItems: all or nothing, and once for each request token.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from longshore_local.awsjson.errors import ApiError
from tests.simulation.cloud.api import Output, Params, TransactionCanceled
from tests.simulation.cloud.dynamodb.refusals import ItemRefusedError, NotPlayedError, invalid
from tests.simulation.cloud.dynamodb.table import Clock, Table
from tests.simulation.cloud.dynamodb.views import Row
from tests.simulation.cloud.dynamodb.writes import Kind, Write, read_write

MOST_WRITES = 100
MOST_BYTES = 4 * 1024 * 1024
MOST_TOKEN = 36
REMEMBERED = timedelta(minutes=10)
"""How long a request token is known."""

_KINDS: tuple[Kind, ...] = ("Put", "Update", "Delete", "ConditionCheck")
_COMMON = {
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
}
_PLAYED: Mapping[Kind, frozenset[str]] = {
    "Put": frozenset(_COMMON | {"Item"}),
    "Update": frozenset(_COMMON | {"Key", "UpdateExpression"}),
    "Delete": frozenset(_COMMON | {"Key"}),
    "ConditionCheck": frozenset(_COMMON | {"Key"}),
}
_FINE: Mapping[str, object] = {"Code": "None"}

Reason = Mapping[str, object]
FindTable = Callable[[Params], Table]


class Transactions:
    """Performs transactions and remembers the tokens of those that took effect."""

    def __init__(self, find_table: FindTable, clock: Clock) -> None:
        self._table_of = find_table
        self._clock = clock
        self._known: dict[str, tuple[datetime, list[Write]]] = {}

    def write(self, parameters: Params) -> Output:
        """Do all of the writes, or none.

        Raises:
            TransactionCanceled: a condition does not hold, or an item cannot become that.
            ApiError: the request is not valid, or its token is known with another content.
        """
        writes = self._read(cast("Sequence[Mapping[str, Params]]", parameters["TransactItems"]))
        token = cast("str | None", parameters.get("ClientRequestToken"))
        if token is not None and self._is_done(token, writes):
            return {}
        for write, after in _results(writes):
            write.table.change(write.key, after)
        if token is not None:
            self._known[token] = (self._clock() + REMEMBERED, writes)
        return {}

    def forget(self) -> None:
        """Forget every token, as a table that was restored does."""
        self._known.clear()

    # ── what is asked ─────────────────────────────────────────────────────────────────────────

    def _read(self, members: Sequence[Mapping[str, Params]]) -> list[Write]:
        if not 0 < len(members) <= MOST_WRITES:
            bound = "less than or equal to 100" if members else "greater than or equal to 1"
            raise invalid(
                "1 validation error detected: Value at 'transactItems' failed to satisfy "
                f"constraint: Member must have length {bound}"
            )
        writes: list[Write] = []
        reasons: list[Reason] = []
        for member in members:
            try:
                writes.append(self._member(member))
                reasons.append(_FINE)
            except ItemRefusedError as error:
                reasons.append({"Code": "ValidationError", "Message": error.message})
        if len({(write.table.schema.name, write.key) for write in writes}) < len(writes):
            raise invalid("Transaction request cannot include multiple operations on one item")
        _cancel(reasons)
        return writes

    def _member(self, member: Mapping[str, Params]) -> Write:
        kind = next((kind for kind in _KINDS if kind in member), None)
        if kind is None or len(member) > 1:
            raise invalid("TransactItems can only contain one of Check, Put, Update or Delete")
        parameters = member[kind]
        if not _PLAYED[kind].issuperset(parameters):
            raise NotPlayedError(f"{kind} with {set(parameters) - _PLAYED[kind]}")
        return read_write(kind, self._table_of(parameters), parameters)

    # ── tokens ────────────────────────────────────────────────────────────────────────────────

    def _is_done(self, token: str, writes: list[Write]) -> bool:
        """Tell whether these writes took effect under this token already."""
        if not 0 < len(token) <= MOST_TOKEN:
            raise invalid(
                f"1 validation error detected: Value '{token}' at 'clientRequestToken' failed to "
                "satisfy constraint: Member must have length between 1 and 36"
            )
        self._forget_old()
        known = self._known.get(token)
        if known is None:
            return False
        if known[1] != writes:
            raise ApiError(
                "IdempotentParameterMismatchException",
                "Request token already in use for another request with a different payload",
            )
        return True

    def _forget_old(self) -> None:
        now = self._clock()
        # The oldest come first, so all that are over stand before the first that is not.
        over = []
        for token, (until, _) in self._known.items():
            if until > now:
                break
            over.append(token)
        for token in over:
            del self._known[token]


# ── whether it can be done ────────────────────────────────────────────────────────────────────


def _results(writes: Sequence[Write]) -> list[tuple[Write, Row | None]]:
    """Return what each write comes to; raise TransactionCanceled if one cannot be done."""
    results: list[tuple[Write, Row | None]] = []
    reasons: list[Reason] = []
    size = 0
    for write in writes:
        before = write.table.row(write.key)
        if not write.holds(before):
            reasons.append(_failed(before if write.shows_old else None))
            continue
        try:
            after = write.after(before)
        except ItemRefusedError as error:
            reasons.append({"Code": "ValidationError", "Message": error.message})
            continue
        reasons.append(_FINE)
        results.append((write, after))
        size += (after or before or write.given).size
    _cancel(reasons)
    if size > MOST_BYTES:
        raise invalid("Transaction request exceeds the 4MB transaction size limit")
    return results


def _failed(shown: Row | None) -> Reason:
    reason = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    return reason if shown is None else {**reason, "Item": shown.item.copy()}


def _cancel(reasons: Sequence[Reason]) -> None:
    """Raise TransactionCanceled if a reason is one."""
    if any(reason is not _FINE for reason in reasons):
        raise TransactionCanceled([dict(reason) for reason in reasons])
