"""Globs of branches, tags and paths: whole texts, in time that grows with the text alone.

`*` stands for anything within one segment, `**` for anything at all, and `**/` at the beginning of
a segment also for nothing. A glob is a row of places to be at; all that can be reached are kept as
the bits of one number, so nothing is ever tried twice and no glob can be slow.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_KEPT = 512
_PARTS = re.compile(r"(?:^|(?<=/))\*{2,}/|\*+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Places:
    """What may happen at each place of a glob, each a number with the bits of places."""

    letters: dict[str, int]
    within: int
    """Places that stay for every letter but `/`."""
    anywhere: int
    """Places that stay for every letter."""
    skips: int
    """Places that may be passed without a letter."""
    leaps: int
    """Places from which two more may be passed: an absent `**/`."""
    end: int
    beginning: str
    """What every text begins with that the glob stands for."""


def matches(glob: str, text: str) -> bool:
    """Whether a glob stands for the whole of a text."""
    places = _places(glob)
    if not text.startswith(places.beginning):
        return False
    at = _settled(1, places)
    for letter in text:
        stays = places.anywhere | (0 if letter == "/" else places.within)
        at = ((at & places.letters.get(letter, 0)) << 1) | (at & stays)
        at = _settled(at, places)
        if not at:
            return False
    return bool(at & places.end)


def steps_of(glob: str, text: str) -> int:
    """Return the most letters that are looked at to hold a glob against a text, one at least."""
    return max(1, len(text)) if text.startswith(_places(glob).beginning) else 1


def _settled(at: int, places: _Places) -> int:
    """Add what is reached without a letter."""
    while True:
        more = at | ((at & places.skips) << 1) | ((at & places.leaps) << 3)
        if more == at:
            return at
        at = more


@lru_cache(_KEPT)
def _places(glob: str) -> _Places:
    row = _Row()
    for part in _PARTS.findall(glob):
        if part == "*":
            row.stay(within=True)
        elif part.endswith("/") and part != "/":
            row.leap()
        elif part.startswith("*"):
            row.stay(within=False)
        else:
            row.take(part)
    return _Places(
        row.letters,
        row.within,
        row.anywhere,
        row.skips,
        row.leaps,
        end=row.here,
        beginning=glob.partition("*")[0],
    )


class _Row:
    """Places in the making; `here` is the bit of the next one."""

    def __init__(self) -> None:
        self.here = 1
        self.letters: dict[str, int] = {}
        self.within = self.anywhere = self.skips = self.leaps = 0

    def take(self, letter: str) -> None:
        """Add a place that one letter leads on from."""
        self.letters[letter] = self.letters.get(letter, 0) | self.here
        self.here <<= 1

    def stay(self, *, within: bool) -> None:
        """Add a place that any number of letters stays at."""
        if within:
            self.within |= self.here
        else:
            self.anywhere |= self.here
        self.skips |= self.here
        self.here <<= 1

    def leap(self) -> None:
        """Add places for any number of whole segments."""
        self.leaps |= self.here
        self.skips |= self.here
        self.here <<= 1
        self.stay(within=False)
        self.take("/")
