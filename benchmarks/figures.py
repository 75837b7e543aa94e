"""What a measurement came to, what it was meant to come to, and how anybody can repeat it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `most` is the goal, in the unit of `value`, None where there is none.

    `shown` says the value with its unit and what it was computed from.
    """

    what: str
    value: float
    shown: str
    most: float | None = None
    goal: str = ""

    @property
    def verdict(self) -> str:
        """Whether the goal is met."""
        if self.most is None:
            return ""
        return "yes" if self.value <= self.most else "**no**"


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one measurement with the commands that repeat it, and what they rest on."""

    title: str
    figures: Sequence[Figure]
    commands: Sequence[str] = ()
    notes: Sequence[str] = ()


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios of rounds that were made one after the other."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def ms(seconds: Sequence[float]) -> str:
    """Return a median in milliseconds."""
    return f"{median(seconds) * 1000:.1f} ms"
