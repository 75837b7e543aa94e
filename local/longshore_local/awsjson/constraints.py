"""What the service model says beyond types: patterns, lengths and enumerations.

botocore leaves these to the service, so an SDK sends them and AWS refuses: a request token with a
colon in it, or a summary that is too long. A stand-in that let them pass would be kinder than AWS.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from botocore.model import ListShape, MapShape, Shape, StructureShape

RULES = (
    ("min", "Member must have length greater than or equal to {}"),
    ("max", "Member must have length less than or equal to {}"),
)
RANGES = (
    ("min", "Member must have value greater than or equal to {}"),
    ("max", "Member must have value less than or equal to {}"),
)


def violations(shape: Shape | None, value: object, path: str = "") -> Iterator[str]:
    """Yield a sentence, worded as AWS words it, for everything that the model does not allow."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from violations(member, value[name], f"{path}.{name}".lstrip("."))
        return
    yield from (
        f"Value '{value}' at '{path}' failed to satisfy constraint: {rule}"
        for rule in _broken(shape, value)
    )
    for number, (member, item) in enumerate(_members(shape, value), 1):
        yield from violations(member, item, f"{path}.{number}.member")


def as_validation_error(found: Sequence[str]) -> str:
    """Return the message of the error that AWS answers with."""
    detected = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {detected} detected: {'; '.join(found)}"


def _members(shape: Shape | None, value: object) -> Iterator[tuple[Shape, object]]:
    if isinstance(shape, ListShape) and isinstance(value, list | tuple):
        yield from ((shape.member, item) for item in value)
    if isinstance(shape, MapShape) and isinstance(value, Mapping):
        for key, item in value.items():
            yield shape.key, key
            yield shape.value, item


def _broken(shape: Shape | None, value: object) -> Iterator[str]:
    metadata: Mapping[str, object] = shape.metadata if shape is not None else {}
    if isinstance(value, str):
        yield from _broken_text(metadata, value)
    if isinstance(value, str | list | dict):
        yield from _out_of_range(RULES, metadata, len(value))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from _out_of_range(RANGES, metadata, value)


def _broken_text(metadata: Mapping[str, object], value: str) -> Iterator[str]:
    pattern, allowed = metadata.get("pattern"), metadata.get("enum")
    expression = _compiled(pattern) if isinstance(pattern, str) else None
    if expression is not None and expression.fullmatch(value) is None:
        yield f"Member must satisfy regular expression pattern: {pattern}"
    if isinstance(allowed, list) and value not in allowed:
        yield f"Member must satisfy enum value set: [{', '.join(map(str, allowed))}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern, None for one with Unicode classes, which Python lacks."""
    try:
        return re.compile(pattern, re.DOTALL)
    except re.error:
        return None


def _out_of_range(
    rules: Sequence[tuple[str, str]], metadata: Mapping[str, object], size: int
) -> Iterator[str]:
    for bound, sentence in rules:
        limit = metadata.get(bound)
        if isinstance(limit, int) and (size < limit if bound == "min" else size > limit):
            yield sentence.format(limit)
