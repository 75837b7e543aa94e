"""A row of the table of differences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

TAKES = "was not refused"
"""The sign of a call that should have been refused, and was not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A test that an AWS does not pass.

    `test` is its name, for all its parameters or, with an id in brackets, for one; `sign` is a
    part of how it fails.
    """

    cloud: str
    test: str
    does: str
    sign: str


def rows(cloud: str, sign: str, does: Mapping[str, str]) -> Iterator[Difference]:
    """Return the rows of tests that fail on an AWS with the same sign: what it does, by test."""
    return (Difference(cloud, test, what, sign) for test, what in does.items())
