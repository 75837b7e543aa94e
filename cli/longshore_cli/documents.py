"""Read the JSON files that people hand to the command."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from longshore_cli.errors import UsageError
from longshore_cli.output import Exact

STDIN = "-"
_LONGEST_INT = 640
"""Characters that Python turns into an int and back, however it is configured."""


def read_bytes(file: str, *, next_step: str) -> bytes:
    """Return a file's content, that of stdin for `-`; raise UsageError when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"failed to read {file or repr(file)}: {reason}", next_step=next_step
        ) from None


def read_json_object(file: str, *, next_step: str) -> Mapping[str, object]:
    """Return the JSON object that a file holds, in UTF-8, UTF-16 or UTF-32, every value kept.

    Raises UsageError for what is no JSON object, and for an object with the same key twice: one
    of the two values would be lost without a word.
    """
    content = read_bytes(file, next_step=next_step)
    try:
        document = json.loads(
            content,
            parse_float=Exact,
            parse_int=_exact_whole,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_duplicates,
        )
    except RecursionError:
        raise UsageError(f"{file} is nested too deeply", next_step=next_step) from None
    except ValueError as error:
        raise UsageError(f"{file} is no JSON: {error}", next_step=next_step) from None
    if not isinstance(document, dict):
        raise UsageError(f"{file} holds no JSON object", next_step=next_step)
    return document


def _exact_whole(text: str) -> int | Exact:
    """Return a whole number; its text is kept where an int would not be written as it was read."""
    if text == "-0" or len(text) > _LONGEST_INT:
        return Exact(text)
    return int(text)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found
