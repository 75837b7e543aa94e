"""What a table is: its keys, its indexes, its stream."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from tests.simulation.cloud.dynamodb.refusals import NotPlayedError, invalid

MOST_HASH_BYTES = 2048
MOST_RANGE_BYTES = 1024

_PAIR = ["HASH", "RANGE"]
_VIEW = "NEW_IMAGE"

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Keys:
    """Two attributes that are a key, and their types, `S` or `N`."""

    hash: str
    hash_kind: str
    range: str
    range_kind: str


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """A global secondary index.

    It has the attributes `projected`, `more` of them beside its keys and the table's; both are
    None where it has all.
    """

    name: str
    keys: Keys
    projected: tuple[str, ...] | None
    more: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table with its indexes; `streams` says whether its changes are told.

    `sorting` are the attributes that sort an index: name, type, and the index's name.
    """

    name: str
    keys: Keys
    indexes: tuple[IndexSchema, ...]
    streams: bool
    sorting: tuple[tuple[str, str, str], ...]


def table_schema(parameters: Document) -> TableSchema:
    """Read what CreateTable is given.

    Raises:
        ApiError: an attribute of a key has no definition.
        NotPlayedError: a key without a range, or another view than NEW_IMAGE.
    """
    definitions = cast("Sequence[Mapping[str, str]]", parameters["AttributeDefinitions"])
    kinds = {each["AttributeName"]: each["AttributeType"] for each in definitions}
    keys = _keys(parameters, kinds)
    described = cast("Sequence[Document]", parameters.get("GlobalSecondaryIndexes", ()))
    indexes = tuple(_index(each, keys, kinds) for each in described)
    return TableSchema(
        name=cast("str", parameters["TableName"]),
        keys=keys,
        indexes=indexes,
        streams=_streams(cast("Document", parameters.get("StreamSpecification", {}))),
        sorting=tuple(part for index in indexes for part in _sorting(index)),
    )


def _sorting(index: IndexSchema) -> Iterator[tuple[str, str, str]]:
    yield index.keys.hash, index.keys.hash_kind, index.name
    yield index.keys.range, index.keys.range_kind, index.name


def _keys(described: Document, kinds: Mapping[str, str]) -> Keys:
    parts = cast("Sequence[Mapping[str, str]]", described["KeySchema"])
    if [part["KeyType"] for part in parts] != _PAIR:
        raise NotPlayedError("a key that is not a hash and a range")
    names = [part["AttributeName"] for part in parts]
    if not kinds.keys() >= set(names):
        raise invalid(
            "One or more parameter values were invalid: Some index key attributes are not defined "
            f"in AttributeDefinitions. Keys: [{', '.join(names)}], "
            f"AttributeDefinitions: [{', '.join(kinds)}]"
        )
    if not {kinds[name] for name in names} <= {"S", "N"}:
        raise NotPlayedError("a binary key")
    first, second = names
    return Keys(first, kinds[first], second, kinds[second])


def _index(described: Document, table: Keys, kinds: Mapping[str, str]) -> IndexSchema:
    keys = _keys(described, kinds)
    name = cast("str", described["IndexName"])
    projection = cast("Document", described["Projection"])
    if projection["ProjectionType"] == "ALL":
        return IndexSchema(name, keys, None, None)
    more = tuple(cast("Sequence[str]", projection.get("NonKeyAttributes", ())))
    names = (table.hash, table.range, keys.hash, keys.range, *more)
    return IndexSchema(name, keys, tuple(dict.fromkeys(names)), more)


def _streams(specification: Document) -> bool:
    enabled = bool(specification.get("StreamEnabled"))
    if enabled and specification.get("StreamViewType") != _VIEW:
        raise NotPlayedError("a stream that shows another view than NEW_IMAGE")
    return enabled
