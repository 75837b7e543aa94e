"""Reading parameters that the service model has described but Python has no types for."""

import re
from collections.abc import Mapping, Sequence

from longshore_local.awsjson.errors import ApiError

Params = Mapping[str, object]
Output = dict[str, object]

LARGEST_PAGE = 100
PAGE_TOKEN = re.compile(r"offset-(?P<offset>\d+)")


def text(params: Params, name: str) -> str | None:
    """Return a string, None when it is not given."""
    value = params.get(name)
    return value if isinstance(value, str) else None


def required(params: Params, name: str) -> str:
    """Return a string that must be there; raise InvalidParameterException without it."""
    value = text(params, name)
    if not value:
        raise ApiError("InvalidParameterException", f"{name} can not be blank.")
    return value


def whole(params: Params, name: str) -> int | None:
    """Return an integer, None when it is not given."""
    value = params.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(params: Params, name: str) -> bool:
    """Return a boolean, False when it is not given."""
    return params.get(name) is True


def texts(params: Params, name: str) -> list[str]:
    """Return the strings of a list, empty when it is not given."""
    return [item for item in items(params, name) if isinstance(item, str)]


def tables(params: Params, name: str) -> list[Params]:
    """Return the structures of a list, empty when it is not given."""
    return [item for item in items(params, name) if isinstance(item, Mapping)]


def table(params: Params, name: str) -> Params:
    """Return a structure, empty when it is not given."""
    value = params.get(name)
    return value if isinstance(value, Mapping) else {}


def items(params: Params, name: str) -> Sequence[object]:
    """Return a list, empty when it is not given."""
    value = params.get(name)
    return value if isinstance(value, list | tuple) else ()


def page(
    params: Params, found: Sequence[str], *, default: int = LARGEST_PAGE
) -> tuple[list[str], Output]:
    """Return the page of a listing that is asked for, and its `nextToken` where more follows.

    Raises InvalidParameterException for a page size outside 1 to 100 or a made-up token.
    """
    size = whole(params, "maxResults")
    if size is not None and not 1 <= size <= LARGEST_PAGE:
        message = f"maxResults must be between 1 and {LARGEST_PAGE}."
        raise ApiError("InvalidParameterException", message)
    start = _offset(text(params, "nextToken"))
    end = start + (size or default)
    following: Output = {"nextToken": f"offset-{end}"} if end < len(found) else {}
    return list(found[start:end]), following


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    match = PAGE_TOKEN.fullmatch(token)
    if match is None:
        raise ApiError("InvalidParameterException", "Invalid token.")
    return int(match["offset"])
