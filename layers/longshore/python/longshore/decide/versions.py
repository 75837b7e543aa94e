"""Versions in image tags, and the ranges that choose among them.

A tag is a version only when it is strictly one: three numbers without leading zeros, a `v` before
them and a pre-release part behind them allowed. Looser readings turn an all-digit commit hash into
an enormous major version. What nobody can tell from the text stays: the date `2026.11.23` is a
strict version, so a range should keep such tags out.

Ranges are npm's (`^1.4`, `~1.4.2`, `>=1.2 <2`, `1.2 - 1.6`, `^1 || ^3`). This module alone knows
node-semver, which reads them; it is fed only text of bounded length and known characters, because
its expressions take seconds on a long run of `v` or `=`, and it reads `^1 ||` as "any version".
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import nodesemver

LONGEST_TAG = 300
"""Characters; the limit of ECR's API model (Docker itself stops at 128)."""
LONGEST_RANGE = 200
"""Characters; far beyond what anybody writes by hand."""

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_VERSION = re.compile(
    rf"v?({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?"
)
_WILD = r"[xX*]"
_PARTIAL = (
    rf"v?(?:{_WILD}(?:\.{_WILD}){{0,2}}"
    rf"|{_NUMBER}(?:\.{_WILD}){{0,2}}"
    rf"|{_NUMBER}\.{_NUMBER}(?:\.{_WILD})?"
    rf"|{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_IDENTIFIER}(?:\.{_IDENTIFIER})*)?)"
)
_COMPARATOR = rf"(?:[<>]=?|=|~>?|\^)? ?{_PARTIAL}"
_ALTERNATIVE = re.compile(rf"{_COMPARATOR}(?: {_COMPARATOR})*|{_PARTIAL} - {_PARTIAL}")

_Identifier = tuple[int, int, str]


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A version, ordered as https://semver.org §11 says; `text` is the tag it was read from.

    Versions that differ only in a leading `v` are equal: break such ties by something else.
    """

    major: int
    minor: int
    patch: int
    stable: bool
    identifiers: tuple[_Identifier, ...]
    text: str = field(compare=False)

    def __str__(self) -> str:
        """Return the version without a leading `v`."""
        return self.text.removeprefix("v")


def parse_version(tag: str) -> Version | None:
    """Read a tag as a version, None when it strictly is none; never raises."""
    match = _VERSION.fullmatch(tag) if len(tag) <= LONGEST_TAG else None
    if match is None:
        return None
    major, minor, patch, prerelease = match.groups()
    return Version(
        major=int(major),
        minor=int(minor),
        patch=int(patch),
        stable=prerelease is None,
        identifiers=tuple(_rank(part) for part in prerelease.split(".")) if prerelease else (),
        text=tag,
    )


def _rank(identifier: str) -> _Identifier:
    """Numbers sort by value and below words, words by their characters."""
    return (0, int(identifier), "") if identifier.isdigit() else (1, 0, identifier)


@dataclass(frozen=True, slots=True)
class Range:
    """A set of versions, pre-releases only of a version of which the text names a pre-release."""

    text: str
    _parsed: "nodesemver.Range" = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a range; the empty text is `*`, every stable version. Raise ValueError otherwise."""
        return cls(text, _parse(text))

    def allows(self, version: Version) -> bool:
        """Whether a version is in the range; never raises."""
        return bool(self._parsed.test(str(version)))

    def __str__(self) -> str:
        """Return the range as it was written, `*` for an empty one."""
        return self.text.strip() or "*"


@lru_cache(maxsize=256)
def _parse(text: str) -> "nodesemver.Range":
    import nodesemver  # noqa: PLC0415  costly to import, and not needed where tags are followed

    if len(text) > LONGEST_RANGE:
        raise ValueError(f"the range is {len(text)} characters long, the limit is {LONGEST_RANGE}")
    alternatives = [" ".join(part.split()) for part in text.split("||")]
    if alternatives == [""]:
        alternatives = ["*"]
    for alternative in alternatives:
        if _ALTERNATIVE.fullmatch(alternative) is None:
            raise ValueError(_complaint(text, alternative))
    return nodesemver.Range(" || ".join(alternatives), loose=False)


def _complaint(text: str, alternative: str) -> str:
    examples = "write it like ^1.4, ~1.4.2, '>=1.2 <2' or '1.2 - 1.6'"
    if not alternative:
        return f"{text!r} has nothing on one side of ||, which would mean any version: {examples}"
    if "," in alternative:
        return f"{text!r} has a comma: parts that must all hold are separated by a space"
    return f"{alternative!r} is no version range: {examples}"
