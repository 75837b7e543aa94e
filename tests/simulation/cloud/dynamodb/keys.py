"""Which item a key means, and what cannot be a key."""

from collections.abc import Mapping
from typing import Any

from tests.simulation.cloud.dynamodb.refusals import ItemRefusedError, invalid
from tests.simulation.cloud.dynamodb.schema import (
    MOST_HASH_BYTES,
    MOST_RANGE_BYTES,
    Keys,
    TableSchema,
)
from tests.simulation.cloud.dynamodb.values import (
    Item,
    Sort,
    Value,
    kind_of,
    normal,
    sort_of,
    weight,
)

_ATTRIBUTES = 2


Key = tuple[Sort, Sort]
"""The hash and the range of an item, as they are sorted."""


def key_of(item: Mapping[str, Value], keys: Keys) -> Key:
    """Return the key of an item that is known to have one."""
    return sort_of(item[keys.hash]), sort_of(item[keys.range])


def given_key(given: Mapping[str, Value], keys: Keys) -> Item:
    """Return the key of a request in normal form.

    Raises:
        ApiError: it is not the table's key; as ItemRefusedError where its attributes do not fit.
    """
    item: Item = {}
    for name, kind in ((keys.hash, keys.hash_kind), (keys.range, keys.range_kind)):
        value = given.get(name)
        if value is None or kind_of(value) != kind or len(given) != _ATTRIBUTES:
            raise ItemRefusedError("The provided key element does not match the schema")
        item[name] = normal(value)[0]
    _refuse_size(item, keys)
    return item


def refuse_key(item: Item, keys: Keys) -> None:
    """Raise what AWS says of an item whose own key is missing, or cannot be one."""
    for name, kind in ((keys.hash, keys.hash_kind), (keys.range, keys.range_kind)):
        value = item.get(name)
        if value is None:
            raise ItemRefusedError(
                f"One or more parameter values were invalid: Missing the key {name} in the item"
            )
        if kind not in value:
            raise ItemRefusedError(
                f"One or more parameter values were invalid: Type mismatch for key {name} "
                f"expected: {kind} actual: {kind_of(value)}"
            )
    _refuse_size(item, keys)


def _refuse_size(item: Item, keys: Keys) -> None:
    for name, most in ((keys.hash, MOST_HASH_BYTES), (keys.range, MOST_RANGE_BYTES)):
        text: Any = item[name].get("S")
        if text is None:
            continue
        if not text:
            raise invalid(
                "One or more parameter values are not valid. The AttributeValue for a key "
                f"attribute cannot contain an empty string value. Key: {name}"
            )
        if weight(text) > most:
            raise invalid(
                "One or more parameter values were invalid: Aggregated size of all "
                f"{'hash' if name == keys.hash else 'range'} keys has exceeded the size limit of "
                f"{most} bytes"
            )


# ── indexes ───────────────────────────────────────────────────────────────────────────────────


def refuse_index_keys(item: Item, schema: TableSchema) -> None:
    """Raise what AWS says of an item that an index could not sort."""
    for name, kind, index in schema.sorting:
        value = item.get(name)
        if value is None:
            continue
        if kind not in value:
            raise ItemRefusedError(
                f"One or more parameter values were invalid: Type mismatch for Index Key {name} "
                f"Expected: {kind} Actual: {kind_of(value)} IndexName: {index}"
            )
        if value[kind] == "":
            raise invalid(
                "One or more parameter values are not valid. A value specified for a secondary "
                "index key is not supported. The AttributeValue for a key attribute cannot contain "
                f"an empty string value. IndexName: {index}, IndexKey: {name}"
            )


def refuse_updated_index_keys(item: Item, schema: TableSchema) -> None:
    """Raise what AWS says of an update after which an index could not sort the item."""
    for name, kind, _ in schema.sorting:
        value = item.get(name)
        if value is not None and (kind not in value or value[kind] == ""):
            raise ItemRefusedError(
                "The update expression attempted to update the secondary index key to unsupported "
                "type"
            )
