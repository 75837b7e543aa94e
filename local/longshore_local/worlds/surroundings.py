"""What a world stands in: the time, those who hear of it, and what stands before its calls."""

from collections.abc import Callable
from datetime import datetime

from longshore.domain.places import Home
from longshore_local.worlds.params import Output, Params

HOME = Home("aws", "000000000000", "eu-central-1")
"""Where a world is unless told otherwise: an account that nobody has."""

Clock = Callable[[], datetime]
"""Tells the time, aware and in UTC."""

Event = dict[str, object]
Emit = Callable[[Event], None]
"""Takes an event as EventBridge would deliver it. It must not wait for a caller of the world."""

Proceed = Callable[[], Output]
Gate = Callable[[str, Params, Proceed], Output]
"""Stands before every call: `gate(operation, parameters, proceed)`.

It may raise without calling `proceed` (the call had no effect), raise after it (the reply was
lost), return an earlier answer (a stale read), or let other things happen in between.
"""


def open_gate(_operation: str, _parameters: Params, proceed: Proceed) -> Output:
    """Let every call through."""
    return proceed()


def unheard(_event: Event) -> None:
    """Emit to nobody."""
