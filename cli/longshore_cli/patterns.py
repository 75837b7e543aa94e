"""EventBridge's event patterns: whether a rule would be met, without asking AWS.

A pattern is checked whole before anything is matched, because an operator passed over would make a
rule look narrower or wider than it is. Semantics as
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html and, where
that is silent, as AWS's open-source matcher, aws/event-ruler: an event is its leaf values, so an
empty list is nothing, an object is no value, and one element of a list has to meet all that a
nested pattern asks of it. `cidr` is refused: no rule about deployments needs it. One difference
is known: `exists: false` under a list of objects is met here by any element without the field.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NoReturn

Matcher = Callable[[Mapping[str, object]], bool]
"""Whether an event (or an object inside it) meets a pattern."""

_Test = Callable[[object], bool]
"""Whether one leaf value meets one entry of a pattern's list."""

_LEAST_OR = 2
_LARGEST_NUMBER = 5e9


def matches(pattern: object, event: Mapping[str, object]) -> bool:
    """Whether an event meets a pattern; raise ValueError where the pattern is none."""
    return compile_pattern(pattern)(event)


def compile_pattern(pattern: object) -> Matcher:
    """Check a pattern and return what matches events against it; raise ValueError."""
    return _object(pattern, "the pattern")


def _object(pattern: object, path: str) -> Matcher:
    if not isinstance(pattern, Mapping) or not pattern:
        _refuse(path, "must be an object with at least one field")
    _check_choices(pattern, path)
    parts = [_field(str(key), value, f"{path}.{key}") for key, value in pattern.items()]
    return lambda event: all(part(event) for part in parts)


def _check_choices(pattern: Mapping[object, object], path: str) -> None:
    """Refuse a field that stands both beside and inside `$or`: EventBridge keeps one of the two."""
    choices = pattern.get("$or")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, Mapping) and choice.keys() & pattern.keys() - {"$or"}:
            _refuse(path, "has a field both beside $or and inside it, of which one would be lost")


def _field(key: str, pattern: object, path: str) -> Matcher:
    if key == "$or":
        return _either(pattern, path)
    if isinstance(pattern, Mapping):
        nested = _object(pattern, path)
        return lambda event: any(nested(inner) for inner in _objects(event.get(key)))
    if isinstance(pattern, list) and pattern:
        tests = [_entry(entry, path) for entry in pattern]
        return lambda event: any(test(list(_leaves(event.get(key, [])))) for test in tests)
    return _refuse(path, "must be an object, or a list with at least one entry")


def _either(pattern: object, path: str) -> Matcher:
    if not isinstance(pattern, list) or len(pattern) < _LEAST_OR:
        _refuse(path, "must be a list of two or more objects")
    choices = [_object(choice, f"{path}[{index}]") for index, choice in enumerate(pattern)]
    return lambda event: any(choice(event) for choice in choices)


def _leaves(value: object) -> Iterator[object]:
    """Give the values of a field: lists are looked into, however deep; objects are no values."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif not isinstance(value, Mapping):
            yield value


def _objects(value: object) -> Sequence[Mapping[str, object]]:
    """Return the objects of a field; where it has none, one in which every field is absent."""
    waiting, found = [value], list[Mapping[str, object]]()
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, Mapping):
            found.append(value)
    return found or [{}]


# ── entries of a list ────────────────────────────────────────────────────────────────────────


def _entry(entry: object, path: str) -> Callable[[Sequence[object]], bool]:
    if isinstance(entry, Mapping):
        name, operand = _only_item(entry, path)
        if name == "exists":
            return _exists(operand, path)
        test = _operation(name, operand, path)
    elif entry is None or isinstance(entry, str | int | float):
        test = _equal_to(entry)
    else:
        _refuse(path, "has an entry that is neither a value nor an operator")
    return lambda leaves: any(map(test, leaves))


def _only_item(entry: Mapping[str, object], path: str) -> tuple[str, object]:
    if len(entry) != 1:
        _refuse(path, "has an entry that is not an object with exactly one operator")
    return next(iter(entry.items()))


def _exists(operand: object, path: str) -> Callable[[Sequence[object]], bool]:
    if not isinstance(operand, bool):
        _refuse(path, "exists takes true or false")
    return lambda leaves: bool(leaves) is operand


def _operation(name: str, operand: object, path: str) -> _Test:
    if name == "numeric":
        return _numeric(operand, path)
    if name == "anything-but":
        return _anything_but(operand, path)
    return _on_text(name, operand, path)


def _equal_to(wanted: object) -> _Test:
    """Compare as JSON does: 1 and 1.0 are equal, 1 and true are not."""
    kind = _kind(wanted)
    return lambda value: _kind(value) is kind and value == wanted


def _kind(value: object) -> type:
    return float if type(value) is int else type(value)


def _on_text(name: str, operand: object, path: str) -> _Test:
    test = _text_test(name, operand, path)
    return lambda value: isinstance(value, str) and test(value)


def _text_test(name: str, operand: object, path: str) -> Callable[[str], bool]:
    fold: Callable[[str], str] = str
    if name in {"prefix", "suffix"} and isinstance(operand, Mapping):
        inner, operand = _only_item(operand, path)
        if inner != "equals-ignore-case":
            _refuse(path, f"{name} does not take {inner!r}")
        fold = str.lower
    if not isinstance(operand, str):
        _refuse(path, f"{name} takes text")
    wanted = fold(operand)
    match name:
        case "prefix":
            return lambda value: fold(value).startswith(wanted)
        case "suffix":
            return lambda value: fold(value).endswith(wanted)
        case "equals-ignore-case":
            return lambda value: value.lower() == wanted.lower()
        case "wildcard":
            return _wildcard(wanted, path)
        case _:
            return _refuse(path, f"{name!r} is no operator known here")


def _wildcard(pattern: str, path: str) -> Callable[[str], bool]:
    """Match `*` as any text. No regular expression: many stars on a long value would take ages."""
    first, *rest = _between_stars(pattern, path)
    if not rest:
        return lambda value: value == first
    *middle, last = rest

    def test(value: str) -> bool:
        start, end = len(first), len(value) - len(last)
        if start > end or not (value.startswith(first) and value.endswith(last)):
            return False
        for part in middle:
            found = value.find(part, start, end)
            if found < 0:
                return False
            start = found + len(part)
        return True

    return test


def _between_stars(pattern: str, path: str) -> Sequence[str]:
    parts, characters = [""], iter(pattern)
    for character in characters:
        if character == "*":
            parts.append("")
        elif character != "\\":
            parts[-1] += character
        elif (escaped := next(characters, "")) in {"*", "\\"}:
            parts[-1] += escaped
        else:
            _refuse(path, "a backslash in a wildcard can only precede * or another backslash")
    if "" in parts[1:-1]:
        _refuse(path, "a wildcard cannot have two * in a row")
    return parts


def _anything_but(operand: object, path: str) -> _Test:
    if isinstance(operand, Mapping):
        name, values = _only_item(operand, path)
        excluded = [_text_operand(name, value, path) for value in _listed(values) or [None]]
    else:
        excluded = [_equal_to(value) for value in _of_one_kind(_listed(operand), path)]
    return lambda value: not any(test(value) for test in excluded)


def _text_operand(name: str, value: object, path: str) -> _Test:
    if not isinstance(value, str) or (name in {"prefix", "suffix"} and not value):
        _refuse(path, f"anything-but with {name} takes text")
    return _on_text(name, value, path)


def _of_one_kind(values: Sequence[object], path: str) -> Sequence[object]:
    if {_kind(value) for value in values} not in ({str}, {float}):
        _refuse(path, "anything-but takes texts or numbers, not both and nothing else")
    return values


def _listed(values: object) -> Sequence[object]:
    return values if isinstance(values, list) else [values]


_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_BETWEEN = ([">", "<"], [">", "<="], [">=", "<"], [">=", "<="])
"""How two bounds are written: the lower one first."""


def _numeric(operand: object, path: str) -> _Test:
    parts = operand if isinstance(operand, list) else []
    names, limits = parts[::2], parts[1::2]
    if not all(_kind(limit) is float and abs(limit) <= _LARGEST_NUMBER for limit in limits):
        _refuse(path, f"numeric compares with numbers of at most {_LARGEST_NUMBER:.0f}")
    one = len(names) == 1 and names[0] in tuple(_COMPARISONS)
    between = names in _BETWEEN and limits[:1] < limits[1:]
    if len(parts) % 2 or not (one or between):
        _refuse(path, "numeric takes one comparison, or a lower and a higher bound in this order")
    comparisons = [(_COMPARISONS[name], limit) for name, limit in zip(names, limits, strict=True)]
    return lambda value: (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and all(holds(value, limit) for holds, limit in comparisons)
    )


def _refuse(path: str, complaint: str) -> NoReturn:
    raise ValueError(f"{path} {complaint}")
