"""Key conditions: which stretch of a partition a query reads."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from longshore_local.awsjson.errors import ApiError
from tests.simulation.cloud.dynamodb.conditions import Values, compiled, refuse_empty_range
from tests.simulation.cloud.dynamodb.refusals import invalid
from tests.simulation.cloud.dynamodb.schema import Keys
from tests.simulation.cloud.dynamodb.scope import Scope
from tests.simulation.cloud.dynamodb.syntax import (
    Among,
    Between,
    Call,
    Comparison,
    Condition,
    Either,
    Not,
    Operand,
    Path,
    Placeholder,
    flattened,
)
from tests.simulation.cloud.dynamodb.values import Sort, sort_of
from tests.simulation.cloud.dynamodb.views import Entry

MOST_TESTS = 2
_BEGINS = "begins_with"
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BY_RANGE = itemgetter(0)


class KeyTest(NamedTuple):
    """What is asked of one key attribute: the operator, and the request's values by name."""

    attribute: str
    operator: str
    values: tuple[str, ...]
    kinds: tuple[str, ...]


def key_tests(condition: Condition, scope: Scope) -> tuple[KeyTest, ...]:
    """Return what a key condition asks of each attribute.

    Raises:
        ApiError: no index can answer it.
        FlawError: it is no condition at all.
    """
    compiled(condition, scope)
    tests = tuple(_test(each, scope) for each in flattened(condition))
    if len({test.attribute for test in tests}) < len(tests):
        raise invalid("KeyConditionExpressions must only contain one condition per key")
    if len(tests) > MOST_TESTS:
        raise invalid("Conditions can be of length 1 or 2 only")
    return tests


def _test(condition: Condition, scope: Scope) -> KeyTest:
    match condition:
        case Comparison(operator, Path() as path, Placeholder() as value) if operator != "<>":
            return _made(operator, (path, value), scope)
        case Comparison(operator, Placeholder() as value, Path() as path) if operator != "<>":
            return _made(_MIRRORED[operator], (path, value), scope)
        case Between(operand, low, high):
            return _made("BETWEEN", (operand, low, high), scope)
        case Call("begins_with", operands):
            return _made(_BEGINS, operands, scope)
        case _:
            raise _unusable(condition)


def _made(operator: str, operands: Sequence[Operand], scope: Scope) -> KeyTest:
    first, *others = operands
    values = [each for each in others if isinstance(each, Placeholder)]
    if not isinstance(first, Path) or len(values) < len(others):
        raise invalid(
            f"Invalid condition in KeyConditionExpression: {operator} operator must have the key "
            "attribute as its first operand"
        )
    return KeyTest(
        scope.attribute(first),
        operator,
        tuple(value.text for value in values),
        tuple(scope.kind(value) for value in values),
    )


def _unusable(condition: Condition) -> ApiError:
    match condition:
        case Either():
            what = "OR"
        case Not():
            what = "NOT"
        case Among():
            what = "IN"
        case Call(function):
            what = function
        case _:
            what = "<>"
    return invalid(f"Invalid operator used in KeyConditionExpression: {what}")


def assigned(tests: tuple[KeyTest, ...], keys: Keys) -> tuple[KeyTest, KeyTest | None]:
    """Return what is asked of the hash, and of the range, of a table or an index.

    Raises:
        ApiError: the hash is not asked to equal a value, or another attribute is asked about.
    """
    found = {test.attribute: test for test in tests}
    first, second = found.pop(keys.hash, None), found.pop(keys.range, None)
    if first is None or found:
        missing = keys.hash if first is None else keys.range
        raise invalid(f"Query condition missed key schema element: {missing}")
    for test, kind in ((first, keys.hash_kind), (second, keys.range_kind)):
        if test is not None and any(each != kind for each in test.kinds):
            raise invalid(
                "One or more parameter values were invalid: Condition parameter type does not "
                "match schema type"
            )
    if first.operator != "=":
        raise invalid("Query key condition not supported")
    return first, second


def span(entries: Sequence[Entry], test: KeyTest, values: Values) -> tuple[int, int]:
    """Return where what a test asks for begins among sorted entries, and where it ends."""
    return _SPANS[test.operator](entries, [sort_of(values[text]) for text in test.values])


def refuse_operands(tests: tuple[KeyTest, ...], values: Values) -> None:
    """Raise what AWS says of bounds in the wrong order, or of an empty key."""
    for test in tests:
        if test.operator == "BETWEEN":
            refuse_empty_range(*(values[text] for text in test.values))
        if any(values[text].get("S") == "" for text in test.values):
            raise invalid(
                "One or more parameter values are not valid. The AttributeValue for a key "
                f"attribute cannot contain an empty string value. Key: {test.attribute}"
            )


def _left(entries: Sequence[Entry], value: Sort) -> int:
    return bisect_left(entries, value, key=_BY_RANGE)


def _right(entries: Sequence[Entry], value: Sort) -> int:
    return bisect_right(entries, value, key=_BY_RANGE)


def _behind(entries: Sequence[Entry], prefix: str) -> int:
    """Return where what begins with a prefix ends."""
    return bisect_right(entries, prefix, key=lambda entry: str(entry[0])[: len(prefix)])


_SPANS: Mapping[str, Callable[[Sequence[Entry], Sequence[Sort]], tuple[int, int]]] = {
    "=": lambda entries, given: (_left(entries, given[0]), _right(entries, given[0])),
    "<": lambda entries, given: (0, _left(entries, given[0])),
    "<=": lambda entries, given: (0, _right(entries, given[0])),
    ">": lambda entries, given: (_right(entries, given[0]), len(entries)),
    ">=": lambda entries, given: (_left(entries, given[0]), len(entries)),
    "BETWEEN": lambda entries, given: (_left(entries, given[0]), _right(entries, given[1])),
    _BEGINS: lambda entries, given: (_left(entries, given[0]), _behind(entries, str(given[0]))),
}
