"""Listings in pages."""

import re
from collections.abc import Sequence
from typing import TypeVar

from longshore_local.codepipeline import errors
from longshore_local.worlds.params import Output, Params, text, whole

Item = TypeVar("Item")
LARGEST = 100
TOKEN = re.compile(r"from-(?P<start>\d+)")


def page(params: Params, found: Sequence[Item]) -> tuple[Sequence[Item], Output]:
    """Return the page that is asked for, and its `nextToken` where more follows."""
    given = text(params, "nextToken")
    match = TOKEN.fullmatch(given) if given else None
    if given and match is None:
        raise errors.wrong_page()
    start = int(match["start"]) if match else 0
    end = start + (whole(params, "maxResults") or LARGEST)
    return found[start:end], {"nextToken": f"from-{end}"} if end < len(found) else {}
