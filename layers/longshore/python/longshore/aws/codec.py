"""Records of the ledger as JSON text and back.

A body says what a record says, nothing of Python: moments are ISO 8601 in UTC, durations seconds,
stages `application/stage`, sets sorted. Keys that this code does not know are passed over, keys
that are missing take the field's default, so that neighbouring versions read each other.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.strategies import configure_tagged_union

from longshore.domain.errors import UnknownSchema
from longshore.domain.places import StageId
from longshore.domain.policies import Selection, SemverPolicy, TagPolicy

SCHEMA = 1
"""The schema of what this code writes, and the newest that it reads."""

T = TypeVar("T")

_POLICY_NAMES: dict[type, str] = {TagPolicy: "tag", SemverPolicy: "semver"}


def encode(record: object) -> str:
    """Return a record as JSON; equal records make equal texts."""
    plain = _converter.unstructure(record)
    return json.dumps(plain, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def decode(body: str, kind: type[T]) -> T:
    """Return the record of a body.

    Raises:
        ValueError, KeyError, TypeError: the body is no such record.
    """
    return _converter.structure(json.loads(body), kind)


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


def _moment(text: Any, _: object) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        message = f"{text!r} has no time zone: moments are kept in UTC"
        raise ValueError(message)
    return moment.astimezone(UTC)


def _make_converter() -> Converter:
    converter = Converter(
        detailed_validation=False, unstruct_collection_overrides={frozenset: sorted}
    )
    converter.register_unstructure_hook(datetime, _moment_text)
    converter.register_structure_hook(datetime, _moment)
    converter.register_unstructure_hook(timedelta, timedelta.total_seconds)
    converter.register_structure_hook(timedelta, lambda seconds, _: timedelta(seconds=seconds))
    converter.register_unstructure_hook(StageId, str)
    converter.register_structure_hook(StageId, lambda text, _: StageId.parse(text))
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)
    configure_tagged_union(
        Selection, converter, tag_generator=_POLICY_NAMES.__getitem__, tag_name="policy"
    )
    return converter


_converter = _make_converter()
