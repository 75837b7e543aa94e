"""Attribute values in DynamoDB's normal form, how they compare and what they weigh.

Strings, numbers, booleans and nulls are played; a value, once read, is never changed in place.
"""

from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from tests.simulation.cloud.dynamodb.refusals import NotPlayedError, invalid

Value = Mapping[str, object]
Item = dict[str, Value]
Sort = str | int | Decimal
"""A string or a number as Python compares it: code points order strings as UTF-8's bytes do."""

MOST_DIGITS = 38
_LARGEST_EXPONENT, _SMALLEST_EXPONENT = 125, -130
_EXACT = Context(prec=300)  # the least and the largest number, added, have fewer digits
_ELSEWHERE = frozenset({"B", "L", "M", "SS", "NS", "BS"})
_FLAG_BYTES = 1
_SHOWN = 40


def measured(item: Mapping[str, Value]) -> tuple[Item, int]:
    """Return a copy of an item in normal form, and its size in bytes.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    fresh: Item = {}
    size = 0
    for name, value in item.items():
        text = value.get("S")
        if text.__class__ is str and len(value) == 1:  # most are, so this is written out
            fresh[name] = value
            size += len(text) if text.isascii() else len(text.encode())
        else:
            fresh[name], cost = normal(value)
            size += cost
        size += len(name) if name.isascii() else len(name.encode())
    return fresh, size


def normal(value: Value) -> tuple[Value, int]:
    """Return a value in normal form and its size.

    Raises:
        ApiError: it is none, or several, or a number that DynamoDB does not keep.
    """
    digits = value.get("N")
    if digits.__class__ is str and len(value) == 1:
        text, size = _numeral(digits)
        return (value if text == digits else {"N": text}), size
    kind, content = _only(value)
    if kind == "S" and isinstance(content, str):
        return value, weight(content)
    if kind == "BOOL" or (kind == "NULL" and content is True):
        return value, _FLAG_BYTES
    if kind == "NULL":
        raise invalid(
            "One or more parameter values were invalid: Null attribute value types must have the "
            "value of true"
        )
    if kind in _ELSEWHERE:
        raise NotPlayedError(f"an attribute of type {kind}")
    raise invalid(_EMPTY)


_EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"


def _only(value: Value) -> tuple[str, object]:
    if len(value) == 1:
        return next(iter(value.items()))
    if not value:
        raise invalid(_EMPTY)
    raise invalid(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes"
    )


@lru_cache(2**16)
def _numeral(text: str) -> tuple[str, int]:
    """Return a number in normal form, and its size."""
    written = normal_number(text)
    return written, _number_bytes(written)


def normal_number(text: str) -> str:
    """Return a number as DynamoDB gives it back: no exponent, no zeros that say nothing."""
    if text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= MOST_DIGITS:
        return text
    return _rare_number(text)


def _rare_number(text: str) -> str:
    number = _decimal(text)
    if not number:
        return "0"
    trimmed = number.normalize(_EXACT)
    if trimmed.adjusted() > _LARGEST_EXPONENT:
        raise invalid(
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range"
        )
    if trimmed.adjusted() < _SMALLEST_EXPONENT:
        raise invalid(
            "Number underflow. Attempting to store a number with magnitude smaller than supported "
            "range"
        )
    return format(trimmed, "f")


def _decimal(text: str) -> Decimal:
    """Read a number; what Python reads beyond DynamoDB is refused."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "_" in text or not text.isascii() or text.strip() != text:
        raise invalid(
            f"The parameter cannot be converted to a numeric value: {text[:_SHOWN]}"
            if text
            else "The parameter cannot be converted to a numeric value"
        )
    if len("".join(map(str, number.as_tuple().digits)).strip("0")) > MOST_DIGITS:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    return number


def weight(text: str) -> int:
    """Return how many bytes a text takes."""
    return len(text) if text.isascii() else len(text.encode())


def _number_bytes(text: str) -> int:
    """Return the size of a number: a byte for two digits, one more, one more below zero."""
    digits = text.lstrip("-0.").replace(".", "").rstrip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")


def number(text: str) -> int | Decimal:
    """Return a number in normal form as one that Python calculates with."""
    return Decimal(text) if "." in text else int(text)


def total(one: str, other: str, sign: int) -> str:
    """Return a sum, or a difference where `sign` is -1, in normal form."""
    addend = Decimal(other) if sign > 0 else -Decimal(other)
    return normal_number(str(_EXACT.add(Decimal(one), addend)))


def sort_of(value: Mapping[str, Any]) -> Sort:
    """Return what orders a string or a number among its kind."""
    text: str | None = value.get("S")
    return number(value["N"]) if text is None else text


def kind_of(value: Value) -> str:
    """Return the type of a value, as `S`."""
    return next(iter(value))
