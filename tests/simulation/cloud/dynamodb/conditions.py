"""Conditions as functions of an item: compiled once for each text, names and types of values."""

import operator
from collections.abc import Callable, Mapping

from tests.simulation.cloud.dynamodb.refusals import NotPlayedError, invalid
from tests.simulation.cloud.dynamodb.scope import Scope
from tests.simulation.cloud.dynamodb.syntax import (
    Among,
    Between,
    Both,
    Call,
    Comparison,
    Condition,
    Either,
    FlawError,
    Not,
    Operand,
    Path,
    Placeholder,
)
from tests.simulation.cloud.dynamodb.values import Item, Sort, Value, kind_of, sort_of

Values = Mapping[str, Value]
Test = Callable[[Item, Values], bool]
Fetch = Callable[[Item, Values], Value | None]
Ordering = Callable[[Sort, Sort], bool]

MOST_OPTIONS = 100
"""How many operands IN takes."""

_ORDERINGS: dict[str, Ordering] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OPERANDS = {"attribute_exists": 1, "attribute_not_exists": 1, "begins_with": 2}
_ELSEWHERE = frozenset({"attribute_type", "contains", "size"})
ORDERED = frozenset({"S", "N"})


def compiled(condition: Condition, scope: Scope) -> Test:
    """Return a condition as a function.

    Raises:
        FlawError: it uses what is not defined, or in a way in which it cannot be used.
    """
    match condition:
        case Both() | Either() | Not():
            return _joined(condition, scope)
        case Comparison():
            return _comparison(condition, scope)
        case Between():
            return _between(condition, scope)
        case Among():
            return _among(condition, scope)
        case Call():
            return _call(condition, scope)


def _joined(condition: Both | Either | Not, scope: Scope) -> Test:
    if isinstance(condition, Not):
        return _contrary(compiled(condition.condition, scope))
    left, right = compiled(condition.left, scope), compiled(condition.right, scope)
    return _both(left, right) if isinstance(condition, Both) else _either(left, right)


def _both(left: Test, right: Test) -> Test:
    return lambda item, values: left(item, values) and right(item, values)


def _either(left: Test, right: Test) -> Test:
    return lambda item, values: left(item, values) or right(item, values)


def _contrary(test: Test) -> Test:
    return lambda item, values: not test(item, values)


def _comparison(condition: Comparison, scope: Scope) -> Test:
    left, right = condition.left, condition.right
    _distinct(condition.operator, left, right, scope)
    first, second = _fetch(left, scope), _fetch(right, scope)
    if condition.operator in _ORDERINGS:
        for each in (left, right):
            _only(ORDERED, each, condition.operator, scope)
        return _ordered(_ORDERINGS[condition.operator], first, second)
    if condition.operator == "<>":
        return _contrary(_same(first, second))
    if isinstance(left, Path) and isinstance(right, Placeholder):
        return _is_value(scope.attribute(left), right.text)
    return _same(first, second)


def _is_value(name: str, text: str) -> Test:
    """Return the comparison that is used most, without a detour."""
    return lambda item, values: item.get(name) == values[text]


def _same(first: Fetch, second: Fetch) -> Test:
    """Return a comparison in which what is missing equals nothing."""

    def test(item: Item, values: Values) -> bool:
        one = first(item, values)
        return one is not None and one == second(item, values)

    return test


def _ordered(ordering: Ordering, first: Fetch, second: Fetch) -> Test:
    def test(item: Item, values: Values) -> bool:
        return _holds(ordering, first(item, values), second(item, values))

    return test


def _holds(ordering: Ordering, one: Value | None, other: Value | None) -> bool:
    """Compare two values; what is missing or of another type is in no order."""
    if one is None or other is None:
        return False
    kind = kind_of(one)
    return kind in ORDERED and kind in other and ordering(sort_of(one), sort_of(other))


def _between(condition: Between, scope: Scope) -> Test:
    value = _fetch(condition.operand, scope)
    low, high = _fetch(condition.low, scope), _fetch(condition.high, scope)
    bounds = (condition.low, condition.high)
    for each in bounds:
        _only(ORDERED, each, "BETWEEN", scope)
    both_given = all(isinstance(each, Placeholder) for each in bounds)

    def test(item: Item, values: Values) -> bool:
        least, most = low(item, values), high(item, values)
        if both_given and least is not None and most is not None:
            refuse_empty_range(least, most)
        one = value(item, values)
        return _holds(operator.le, least, one) and _holds(operator.le, one, most)

    return test


def refuse_empty_range(low: Value, high: Value) -> None:
    """Raise what AWS says of bounds between which nothing can lie."""
    if kind_of(low) != kind_of(high):
        raise invalid(
            "The BETWEEN operator requires same data type for lower and upper bounds; "
            f"lower bound operand: {dict(low)}, upper bound operand: {dict(high)}"
        )
    if not _holds(operator.le, low, high):
        raise invalid(
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            f"lower bound operand: {dict(low)}, upper bound operand: {dict(high)}"
        )


def _among(condition: Among, scope: Scope) -> Test:
    if len(condition.options) > MOST_OPTIONS:
        raise FlawError(
            "Incorrect number of operands for operator or function; operator or function: IN, "
            f"number of operands: {len(condition.options) + 1}"
        )
    value = _fetch(condition.operand, scope)
    tests = [_same(value, _fetch(option, scope)) for option in condition.options]
    return lambda item, values: any(test(item, values) for test in tests)


def _call(call: Call, scope: Scope) -> Test:
    _known(call)
    first, *others = call.operands
    if call.function != "begins_with":
        if not isinstance(first, Path):
            raise FlawError(
                "Operator or function requires a document path; "
                f"operator or function: {call.function}"
            )
        return _presence(scope.attribute(first), present=call.function == "attribute_exists")
    for operand in call.operands:
        _only(frozenset("S"), operand, call.function, scope)
    _distinct(call.function, first, others[0], scope)
    return _begins(_fetch(first, scope), _fetch(others[0], scope))


def _known(call: Call) -> None:
    if call.function in _ELSEWHERE:
        raise NotPlayedError(f"the function {call.function}")
    if call.function not in _OPERANDS:
        raise FlawError(f"Invalid function name; function: {call.function}")
    if len(call.operands) != _OPERANDS[call.function]:
        raise FlawError(
            "Incorrect number of operands for operator or function; operator or function: "
            f"{call.function}, number of operands: {len(call.operands)}"
        )


def _presence(name: str, *, present: bool) -> Test:
    if present:
        return lambda item, _: name in item
    return lambda item, _: name not in item


def _begins(first: Fetch, second: Fetch) -> Test:
    def test(item: Item, values: Values) -> bool:
        whole, start = (fetch(item, values) or {} for fetch in (first, second))
        text, prefix = whole.get("S"), start.get("S")
        return isinstance(text, str) and isinstance(prefix, str) and text.startswith(prefix)

    return test


# ── operands ──────────────────────────────────────────────────────────────────────────────────


def _fetch(operand: Operand, scope: Scope) -> Fetch:
    if isinstance(operand, Call):
        _known(operand)
        raise FlawError(
            "The function is not allowed to be used this way in an expression; "
            f"function: {operand.function}"
        )
    if isinstance(operand, Placeholder):
        scope.kind(operand)
        text = operand.text
        return lambda _, values: values[text]
    name = scope.attribute(operand)
    return lambda item, _: item.get(name)


def _only(kinds: frozenset[str], operand: Operand, what: str, scope: Scope) -> None:
    """Refuse a given value that an operator or function does not take."""
    if isinstance(operand, Placeholder) and scope.kind(operand) not in kinds:
        raise FlawError(
            f"Incorrect operand type for operator or function; operator or function: {what}, "
            f"operand type: {scope.kind(operand)}"
        )


def _distinct(what: str, first: Operand, second: Operand, scope: Scope) -> None:
    if not (isinstance(first, Path) and isinstance(second, Path)):
        return
    name = scope.attribute(first)
    if name == scope.attribute(second):
        raise FlawError(
            "The first operand must be distinct from the remaining operands for this operator or "
            f"function; operator: {what}, first operand: [{name}]"
        )
