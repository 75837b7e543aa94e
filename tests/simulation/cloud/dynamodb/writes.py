"""Writes, alone or in a transaction: what is asked, whether it holds, what becomes of the item."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from tests.simulation.cloud.api import Params
from tests.simulation.cloud.dynamodb.expressions import Bound, bound
from tests.simulation.cloud.dynamodb.keys import (
    Key,
    given_key,
    key_of,
    refuse_index_keys,
    refuse_key,
    refuse_updated_index_keys,
)
from tests.simulation.cloud.dynamodb.refusals import ItemRefusedError, invalid
from tests.simulation.cloud.dynamodb.schema import Keys
from tests.simulation.cloud.dynamodb.table import Table
from tests.simulation.cloud.dynamodb.updates import Update
from tests.simulation.cloud.dynamodb.values import Value, measured
from tests.simulation.cloud.dynamodb.views import Row

MOST_ITEM_BYTES = 400 * 1024

Kind = Literal["Put", "Update", "Delete", "ConditionCheck"]


class Write(NamedTuple):
    """One write; `given` is the item of a Put, the key of any other."""

    kind: Kind
    table: Table
    key: Key
    given: Row
    bound: Bound
    shows_old: bool

    def holds(self, before: Row | None) -> bool:
        """Tell whether the condition holds for the item as it is."""
        condition = self.bound.expressions.condition
        item = {} if before is None else before.item
        return condition is None or condition(item, self.bound.values)

    def after(self, before: Row | None) -> Row | None:
        """Return the item as it will be.

        Raises:
            ItemRefusedError: it cannot become that.
        """
        match self.kind:
            case "Put":
                return self.given
            case "Delete":
                return None
            case "ConditionCheck":
                return before
            case "Update":
                return self._updated(before)

    def _updated(self, before: Row | None) -> Row:
        item = self.given.item if before is None else before.item
        update = self.bound.expressions.update
        if update is None:
            return self.given if before is None else before
        row = Row(*measured(update.applied(item, self.bound.values)))
        refuse_updated_index_keys(row.item, self.table.schema)
        if row.size > MOST_ITEM_BYTES:
            raise ItemRefusedError("Item size to update has exceeded the maximum allowed size")
        return row


def read_write(kind: Kind, table: Table, parameters: Params) -> Write:
    """Read what is asked.

    Raises:
        ApiError: the request is not valid; as ItemRefusedError where the item or its key is not.
    """
    asked: Mapping[str, Any] = parameters
    expressions = bound(parameters)
    keys = table.schema.keys
    given = _item(table, asked["Item"]) if kind == "Put" else Row(given_key(asked["Key"], keys), 0)
    update = expressions.expressions.update
    if update is not None:
        _refuse_keys(update, keys)
    shows_old = parameters.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return Write(kind, table, key_of(given.item, keys), given, expressions, shows_old)


def _item(table: Table, given: Mapping[str, Value]) -> Row:
    row = Row(*measured(given))
    refuse_key(row.item, table.schema.keys)
    refuse_index_keys(row.item, table.schema)
    if row.size > MOST_ITEM_BYTES:
        raise invalid("Item size has exceeded the maximum allowed size")
    return row


def _refuse_keys(update: Update, keys: Keys) -> None:
    for name in (keys.hash, keys.range):
        if name in update.targets:
            raise invalid(
                f"One or more parameter values were invalid: Cannot update attribute {name}. "
                "This attribute is part of the key"
            )
