"""The expressions of a request, compiled once for each text, names and types of values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from longshore_local.awsjson.errors import ApiError
from tests.simulation.cloud.api import Params
from tests.simulation.cloud.dynamodb import conditions, updates
from tests.simulation.cloud.dynamodb.conditions import Test, Values
from tests.simulation.cloud.dynamodb.key_conditions import KeyTest, key_tests
from tests.simulation.cloud.dynamodb.refusals import invalid
from tests.simulation.cloud.dynamodb.scope import Scope
from tests.simulation.cloud.dynamodb.syntax import FlawError, Reader
from tests.simulation.cloud.dynamodb.updates import Update
from tests.simulation.cloud.dynamodb.values import Value, kind_of, normal

Pairs = tuple[tuple[str, str], ...]

_NAME = re.compile(r"#\w+", re.ASCII)
_VALUE = re.compile(r":\w+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Expressions:
    """What a request's expressions say; `filtered` are the attributes that the filter reads."""

    condition: Test | None = None
    update: Update | None = None
    key: tuple[KeyTest, ...] = ()
    filter: Test | None = None
    filtered: frozenset[str] = frozenset()


class Bound(NamedTuple):
    """Expressions and the values they are used with."""

    expressions: Expressions
    values: Values


Texts = tuple[str | None, str | None, str | None, str | None]
"""The condition, the update, the key condition and the filter of a request, as written."""

NOTHING = Bound(Expressions(), {})
_NO_TEXTS: Texts = (None, None, None, None)


def bound(parameters: Params) -> Bound:
    """Return the expressions of a request, ready to be used.

    Raises:
        ApiError: one is not well formed, or names and values do not fit what is used.
    """
    get: Callable[[str], Any] = parameters.get
    names: Mapping[str, str] | None = get("ExpressionAttributeNames")
    values: Mapping[str, Value] | None = get("ExpressionAttributeValues")
    texts: Texts = (
        get("ConditionExpression"),
        get("UpdateExpression"),
        get("KeyConditionExpression"),
        get("FilterExpression"),
    )
    if names is None and values is None and texts == _NO_TEXTS:
        return NOTHING
    fresh, kinds = ({}, ()) if values is None else _checked(values)
    pairs = () if names is None else tuple(names.items())
    if texts == _NO_TEXTS or values == {} or names == {}:
        raise _pointless(names, values, texts)
    return Bound(_compiled(texts, pairs, kinds), fresh)


def _checked(values: Mapping[str, Value]) -> tuple[dict[str, Value], Pairs]:
    """Return a request's values in normal form, and their types."""
    fresh: dict[str, Value] = {}
    kinds: list[tuple[str, str]] = []
    for name, value in values.items():
        try:
            fresh[name], _ = normal(value)
        except ApiError as error:
            raise invalid(
                f"ExpressionAttributeValues contains invalid value: {error.message} for key {name}"
            ) from error
        kinds.append((name, kind_of(value)))
    return fresh, tuple(kinds)


def _pointless(
    names: Mapping[str, str] | None, values: Mapping[str, Value] | None, texts: Texts
) -> ApiError:
    """Return what AWS says of names or values that are empty, or without an expression."""
    what = "Values" if names is None or (values is not None and names) else "Names"
    if texts == _NO_TEXTS:
        return invalid(f"ExpressionAttribute{what} can only be specified when using expressions")
    return invalid(f"ExpressionAttribute{what} must not be empty")


@cache
def _compiled(texts: Texts, names: Pairs, kinds: Pairs) -> Expressions:
    _refuse_placeholders(names, kinds)
    condition, update, key, filter_ = texts
    scope = Scope(dict(names), dict(kinds))
    # The filter first: what it reads is what has been read after it.
    filtering = _condition("FilterExpression", filter_, scope)
    filtered = frozenset(scope.attributes)
    expressions = Expressions(
        condition=_condition("ConditionExpression", condition, scope),
        update=_update(update, scope),
        key=_key(key, scope),
        filter=filtering,
        filtered=filtered,
    )
    scope.refuse_unused()
    return expressions


def _refuse_placeholders(names: Pairs, kinds: Pairs) -> None:
    for what, pattern, pairs in (("Names", _NAME, names), ("Values", _VALUE, kinds)):
        for text, _ in pairs:
            if not pattern.fullmatch(text):
                raise invalid(
                    f'ExpressionAttribute{what} contains invalid key: Syntax error; key: "{text}"'
                )


def _condition(which: str, text: str | None, scope: Scope) -> Test | None:
    if text is None:
        return None
    try:
        return conditions.compiled(Reader(text).condition(), scope)
    except FlawError as flaw:
        raise invalid(f"Invalid {which}: {flaw}") from flaw


def _update(text: str | None, scope: Scope) -> Update | None:
    if text is None:
        return None
    try:
        return updates.compiled(text, scope)
    except FlawError as flaw:
        raise invalid(f"Invalid UpdateExpression: {flaw}") from flaw


def _key(text: str | None, scope: Scope) -> tuple[KeyTest, ...]:
    if text is None:
        return ()
    try:
        return key_tests(Reader(text).condition(), scope)
    except FlawError as flaw:
        raise invalid(f"Invalid KeyConditionExpression: {flaw}") from flaw
