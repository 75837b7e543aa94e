"""Update expressions as functions from an item to the next one.

Every operand is read from the item as it was before the update:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.simulation.cloud.dynamodb.conditions import Values
from tests.simulation.cloud.dynamodb.refusals import ItemRefusedError, NotPlayedError
from tests.simulation.cloud.dynamodb.scope import Scope
from tests.simulation.cloud.dynamodb.syntax import (
    Call,
    FlawError,
    Operand,
    Path,
    Placeholder,
    Reader,
)
from tests.simulation.cloud.dynamodb.values import Item, Value, total

Compute = Callable[[Item, Values], Value | None]
"""The value an attribute gets, None where it goes."""
Fetch = Callable[[Item, Values], Value]

_SECTIONS = ("SET", "REMOVE", "ADD", "DELETE")
_WORDS = {"S": "STRING", "BOOL": "BOOLEAN", "NULL": "NULL"}


@dataclass(frozen=True, slots=True)
class Update:
    """What becomes of each attribute that an update names; `targets` are their names."""

    computes: tuple[tuple[str, Compute], ...]
    targets: frozenset[str]

    def applied(self, item: Item, values: Values) -> Item:
        """Return the item after the update; the one before stays as it is."""
        after = item.copy()
        for name, compute in self.computes:
            value = compute(item, values)
            if value is None:
                after.pop(name, None)
            else:
                after[name] = value
        return after


def compiled(text: str, scope: Scope) -> Update:
    """Return an update expression as a function.

    Raises:
        FlawError: it is not well formed, uses what is not defined, or one attribute twice.
    """
    reader = Reader(text)
    computes: list[tuple[str, Compute]] = []
    seen: set[str] = set()
    while not reader.done:
        section = reader.peek().upper()
        if section not in _SECTIONS:
            raise reader.flaw()
        if section in seen:
            raise FlawError(
                f'The "{section}" section can only be used once in an update expression;'
            )
        seen.add(section)
        reader.take()
        computes += _section(section, reader, scope)
    targets = [name for name, _ in computes]
    _refuse_overlap(targets)
    return Update(tuple(computes), frozenset(targets))


def _section(section: str, reader: Reader, scope: Scope) -> list[tuple[str, Compute]]:
    read = {"SET": _set, "REMOVE": _remove, "ADD": _add}.get(section)
    if read is None:
        raise NotPlayedError("DELETE from a set")
    actions = [read(reader, scope)]
    while reader.taken(","):
        actions.append(read(reader, scope))
    return actions


def _refuse_overlap(names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FlawError(
            "Two document paths overlap with each other; must remove or rewrite one of these "
            f"paths; path one: [{twice}], path two: [{twice}]"
        )


# ── sections ──────────────────────────────────────────────────────────────────────────────────


def _remove(reader: Reader, scope: Scope) -> tuple[str, Compute]:
    return scope.attribute(reader.path()), lambda _, __: None


def _set(reader: Reader, scope: Scope) -> tuple[str, Compute]:
    name = scope.attribute(reader.path())
    reader.take("=")
    first = reader.operand()
    sign = reader.peek()
    if sign not in {"+", "-"}:
        return name, _fetch(first, scope)
    reader.take()
    second = reader.operand()
    for operand in (first, second):
        _refuse_text(operand, scope, sign)
    return name, _sum(_fetch(first, scope), _fetch(second, scope), 1 if sign == "+" else -1)


def _add(reader: Reader, scope: Scope) -> tuple[str, Compute]:
    name = scope.attribute(reader.path())
    addend = reader.operand()
    if not isinstance(addend, Placeholder):
        raise reader.flaw()
    kind = scope.kind(addend)
    if kind != "N":
        raise FlawError(
            "Incorrect operand type for operator or function; operator: ADD, "
            f"operand type: {_WORDS[kind]}"
        )
    text = addend.text
    return name, _sum(lambda item, _: item.get(name, {"N": "0"}), lambda _, values: values[text], 1)


def _sum(first: Fetch, second: Fetch, sign: int) -> Fetch:
    def compute(item: Item, values: Values) -> Value:
        return {"N": total(_number(first(item, values)), _number(second(item, values)), sign)}

    return compute


def _number(value: Value) -> str:
    text = value.get("N")
    if not isinstance(text, str):
        raise ItemRefusedError("An operand in the update expression has an incorrect data type")
    return text


# ── operands ──────────────────────────────────────────────────────────────────────────────────


def _fetch(operand: Operand, scope: Scope) -> Fetch:
    match operand:
        case Placeholder(text):
            scope.kind(operand)
            return lambda _, values: values[text]
        case Path():
            return _attribute(scope.attribute(operand))
        case Call():
            return _if_not_exists(operand, scope)


def _attribute(name: str) -> Fetch:
    def fetch(item: Item, _: Values) -> Value:
        try:
            return item[name]
        except KeyError:
            raise ItemRefusedError(
                "The provided expression refers to an attribute that does not exist in the item"
            ) from None

    return fetch


def _if_not_exists(call: Call, scope: Scope) -> Fetch:
    if call.function == "list_append":
        raise NotPlayedError("the function list_append")
    if call.function != "if_not_exists":
        raise FlawError(f"Invalid function name; function: {call.function}")
    if len(call.operands) != len(("path", "value")):
        raise FlawError(
            "Incorrect number of operands for operator or function; operator or function: "
            f"if_not_exists, number of operands: {len(call.operands)}"
        )
    path, otherwise = call.operands
    if not isinstance(path, Path):
        raise FlawError(
            "Operator or function requires a document path; operator or function: if_not_exists"
        )
    name, fetch = scope.attribute(path), _fetch(otherwise, scope)
    return lambda item, values: item[name] if name in item else fetch(item, values)


def _refuse_text(operand: Operand, scope: Scope, sign: str) -> None:
    if isinstance(operand, Placeholder) and scope.kind(operand) != "N":
        raise FlawError(
            f"Incorrect operand type for operator or function; operator or function: {sign}, "
            f"operand type: {scope.kind(operand)}"
        )
