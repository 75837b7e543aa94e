"""JSON from outside: bytes to documents, and documents read field by field.

Nothing here trusts anything. Text may be broken in any way, nested without end or full of
characters that a terminal would obey; whatever it is, the answer is a value or a `ValueError` whose
text says what is wrong and where, and is itself safe to print.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

LARGEST = 1024 * 1024
"""Bytes. EventBridge takes 256 KiB an event and SQS 1 MiB a message."""
DEEPEST = 100
"""Levels of objects and lists; AWS's own events stay below ten."""
LONGEST_TEXT = 1000
"""Characters kept of free text, such as ECS's reasons."""
_LONGEST_SHOWN = 60


def parse_document(body: str | bytes) -> dict[str, object]:
    """Read a JSON object; raise ValueError for anything else, however it is broken."""
    document = parse_json(body)
    if not isinstance(document, dict):
        raise ValueError(f"{kind_of(document)} where a JSON object is expected")  # noqa: TRY004  malformed is one kind of error
    return document


def parse_json(body: str | bytes) -> object:
    """Read any JSON; raise ValueError for what is none, however it is broken."""
    if len(body) > LARGEST:
        raise ValueError(f"longer than {LARGEST} bytes, which no event or message can be")
    text = _decoded(body)
    document = _parse(text)
    if text.count("{") + text.count("[") > DEEPEST and _is_too_deep(document):
        raise ValueError(f"nested more than {DEEPEST} levels deep")
    return document


def _decoded(body: str | bytes) -> str:
    try:
        return body if isinstance(body, str) else body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not JSON: byte {error.start} is not UTF-8") from None


def _parse(text: str) -> object:
    try:
        return json.loads(
            text, parse_constant=_refuse_number, parse_float=_finite, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"not JSON: {error.msg.lower()} at {where}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"not JSON: {printable(str(error), 120)}") from None


def _refuse_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # Python reads a few thousand digits and no more
        raise ValueError("a number is too large") from None


def _is_too_deep(document: object) -> bool:
    """Look level by level: recursion would fail on exactly the documents this is here to find."""
    level = [document]
    for _ in range(DEEPEST):
        level = [child for value in level for child in _children(value)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterator[object]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (child for child in inner if isinstance(child, dict | list))


def printable(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return text without anything that is not to be seen, cut to a length.

    Control characters, direction marks and halves of surrogate pairs become U+FFFD: the first two
    mislead who reads a terminal, the last cannot be written as UTF-8 at all.
    """
    cut = text if len(text) <= limit else f"{text[: limit - 3]}..."
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cut)


def shown(value: object) -> str:
    """Return a short form of a value for a sentence, in quotes and plain ASCII."""
    text = value if isinstance(value, str) else kind_of(value)
    return json.dumps(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}...")


_KINDS: Mapping[type, str] = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def kind_of(value: object) -> str:
    """Return what a JSON value is, in words."""
    return _KINDS.get(type(value), "no JSON value")


@dataclass(frozen=True, slots=True)
class Fields:
    """An object inside a document and the path to it; readers raise ValueError with that path.

    Absent, null and empty are one thing here, nothing: AWS sends all three.
    """

    path: str
    values: Mapping[str, object]

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        """Return text that has to be there and, where a pattern is given, match it whole."""
        text = self.optional_text(key, pattern)
        return self._refuse(key, self._absence(key)) if text is None else text

    def optional_text(self, key: str, pattern: re.Pattern[str] | None = None) -> str | None:
        """Return text, None where there is none."""
        value = self.values.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return self._refuse(key, f"is {kind_of(value)}, not text")
        if pattern is not None and pattern.fullmatch(value) is None:
            return self._refuse(key, f"is {shown(value)}, which it cannot be")
        return value if pattern is not None else printable(value)

    def loose_text(self, key: str) -> str | None:
        """Return text that is nice to have: None also where it is something else."""
        value = self.values.get(key)
        return printable(value) if isinstance(value, str) and value else None

    def optional_whole(self, key: str) -> int | None:
        """Return a whole number, None where there is none."""
        value = self.values.get(key)
        if value is None or type(value) is int:  # isinstance takes a boolean for a number
            return value
        return self._refuse(key, f"is {kind_of(value)}, not a whole number")

    def fields(self, key: str) -> "Fields":
        """Return an object that has to be there."""
        value = self.values.get(key)
        if isinstance(value, dict):
            return Fields(self._at(key), value)
        if value is None:
            return self._refuse(key, self._absence(key))
        return self._refuse(key, f"is {kind_of(value)}, not an object")

    def each(self, key: str) -> tuple["Fields", ...]:
        """Return the objects of a list, none where there is no list."""
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            return self._refuse(key, f"is {kind_of(value)}, not a list")
        numbered = Fields(self._at(key), {f"[{index}]": item for index, item in enumerate(value)})
        return tuple(numbered.fields(index) for index in numbered.values)

    def _absence(self, key: str) -> str:
        if key not in self.values:
            return "is missing"
        return "is null" if self.values[key] is None else "is empty"

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}".removeprefix(".").replace(".[", "[")

    def _refuse(self, key: str, complaint: str) -> NoReturn:
        raise ValueError(f"{self._at(key)} {complaint}")
