"""A promise that was broken: found by a checker, told with the seed."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken promise: its number in docs/reliability.md, and what was seen."""

    promise: str
    what: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.what}"


Say = Callable[[str, str], None]
"""Reports a broken promise: `say(promise, what)`."""

Tell = Callable[[str, str], None]
"""Adds to the story: `tell(who, what)`."""
