"""Records of the ledger as JSON text and back.

A body says what a record says, nothing of Python: moments are ISO 8601 in UTC, durations seconds,
stages `application/stage`, pipelines `application:pipeline`, sets sorted. Keys that this code does
not know are passed over, keys that are missing take the field's default, so that neighbouring
versions read each other.

This is what cattrs did, in the few lines that records of the ledger need: it took a tenth of a cold
start, for its import and for the code that it writes at first use.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from longshore.domain.errors import UnknownSchema
from longshore.domain.pipelines import PipelineId
from longshore.domain.places import StageId
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore.domain.projects import ProjectId

SCHEMA = 1
"""The schema of what this code writes, and the newest that it reads."""

T = TypeVar("T")

_POLICY_NAMES: dict[type, str] = {TagPolicy: "tag", SemverPolicy: "semver"}


def encode(record: object) -> str:
    """Return a record as JSON; equal records make equal texts."""
    return json.dumps(_plain(record), separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def decode(body: str, kind: type[T]) -> T:
    """Return the record of a body.

    Raises:
        ValueError, KeyError, TypeError: the body is no such record.
    """
    wanted: Any = kind  # which mypy does not take for hashable
    found: T = _reader(wanted)(json.loads(body))
    return found


def check_schema(schema: int, what: str) -> None:
    """Refuse what a newer version wrote.

    Raises:
        UnknownSchema: the item is newer than this code.
    """
    if schema > SCHEMA:
        message = (
            f"a newer version of Longshore wrote {what}: its schema is {schema}, this version "
            f"reads up to {SCHEMA}; finish the upgrade"
        )
        raise UnknownSchema(message)


def _moment_text(moment: datetime) -> str:
    if moment.tzinfo is None:
        message = f"{moment} has no time zone: moments are kept in UTC"
        raise ValueError(message)
    return moment.astimezone(UTC).isoformat()


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        message = f"{text!r} has no time zone: moments are kept in UTC"
        raise ValueError(message)
    return moment.astimezone(UTC)


# ── writing: by what a value is ──────────────────────────────────────────────────────────────


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value)
    if is_dataclass(value):
        written = dict(_written(value))
        policy = _POLICY_NAMES.get(type(value))
        return written if policy is None else {**written, "policy": policy}
    return value.value if isinstance(value, Enum) else _plain_collection(value)


def _plain_collection(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    return [*map(_plain, value)] if isinstance(value, list | tuple) else value


def _written(record: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a record without those that say nothing, which reading takes for None.

    Most of a record are such fields, and DynamoDB's prices go by each begun kibibyte of an item.
    """
    for name, may_be_absent in _fields(cast("Any", type(record))):
        value = getattr(record, name)
        if value is not None or not may_be_absent:
            yield name, _plain(value)


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    """Return the names of a record's fields, and whether None is what each is without a value."""
    return tuple((each.name, each.default is None) for each in fields(kind))


def _same(value: Any) -> Any:
    return value


_WRITERS: dict[type, Callable[[Any], Any]] = {
    str: _same,
    int: _same,
    float: _same,
    bool: _same,
    type(None): _same,
    datetime: _moment_text,
    timedelta: timedelta.total_seconds,
    StageId: str,
    PipelineId: str,
    ProjectId: str,
}

# ── reading: by what a field is declared as ──────────────────────────────────────────────────

Reader = Callable[[Any], Any]


@cache
def _reader(kind: Any) -> Reader:
    """Return what reads a kind of value; it is made once for each kind."""
    known = _READERS.get(kind)
    if known is not None:
        return known
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return _reader_of_one(inner)
    if origin is tuple:
        return _reader_of_tuples(inner)
    if origin is frozenset:
        each = _reader(inner[0])
        return lambda value: frozenset(map(each, value))
    if origin is Mapping:
        each = _reader(inner[1])
        return lambda value: {key: each(found) for key, found in value.items()}
    return _reader_of_records(kind) if is_dataclass(kind) else cast("Reader", kind)


def _reader_of_one(kinds: tuple[Any, ...]) -> Reader:
    """Read one of several kinds: something or None, or a policy by its name."""
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    if len(kinds) == 1:
        reader = _reader(kinds[0])
        return lambda value: None if value is None else reader(value)
    readers = {_POLICY_NAMES[kind]: _reader(kind) for kind in kinds}
    return lambda value: readers[value["policy"]](value)


def _reader_of_tuples(kinds: tuple[Any, ...]) -> Reader:
    if kinds[1:] == (Ellipsis,):
        each = _reader(kinds[0])
        return lambda value: tuple(map(each, value))
    readers = [*map(_reader, kinds)]
    return lambda value: tuple(read(found) for read, found in zip(readers, value, strict=True))


def _reader_of_records(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    required = [
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    ]
    readers = [(field.name, _reader(hints[field.name])) for field in fields(kind)]

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            message = f"a {kind.__name__} is not read from {type(value).__name__}"
            raise TypeError(message)
        missing = [name for name in required if name not in value]
        if missing:
            message = f"a {kind.__name__} lacks {', '.join(missing)}"
            raise KeyError(message)
        return kind(**{name: each(value[name]) for name, each in readers if name in value})

    return read


_READERS: dict[Any, Reader] = {
    object: _same,
    Any: _same,
    datetime: _moment,
    timedelta: lambda seconds: timedelta(seconds=seconds),
    StageId: StageId.parse,
    PipelineId: PipelineId.parse,
    ProjectId: ProjectId.parse,
}
