"""Make the story of a failing seed short: leave out what it does not take.

Actions and faults are left out in ever smaller parts, as delta debugging does (Zeller, Hildebrandt:
Simplifying and isolating failure-inducing input, 2002), as long as the same promise is broken.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.simulation.plan import Plan
from tests.simulation.voyage import Result, Voyage

MOST_RUNS = 300


@dataclass
class Shrinking:
    """The shortest story so far, and what was left out for it."""

    plan: Plan
    best: Result
    without: frozenset[int] = frozenset()
    muted: frozenset[int] = frozenset()
    runs: int = 0

    def attempt(self, without: frozenset[int], muted: frozenset[int]) -> bool:
        """Leave out more; keep it if the same promise is still broken."""
        if self.runs >= MOST_RUNS:
            return False
        self.runs += 1
        found = Voyage(self.plan, without=without, muted=muted).run()
        broken, before = found.broken, self.best.broken
        if broken is None or before is None or broken.promise != before.promise:
            return False
        self.best, self.without, self.muted = found, without, muted
        return True


def shrink(plan: Plan, result: Result) -> Shrinking:
    """Return a failing seed with as little as it takes to fail."""
    shrinking = Shrinking(plan, result)
    numbers = [action.number for action in plan.actions]
    _leave_out(numbers, lambda more: shrinking.attempt(shrinking.without | more, shrinking.muted))
    faults = list(range(1, result.struck + 1))
    _leave_out(faults, lambda more: shrinking.attempt(shrinking.without, shrinking.muted | more))
    return shrinking


def _leave_out(numbers: Sequence[int], attempt: Callable[[frozenset[int]], bool]) -> None:
    """Try to do without ever smaller parts, the late ones first: they are the least needed."""
    size = len(numbers)
    while size:
        for part in _parts(numbers, size):
            attempt(frozenset(part))
        size //= 2


def _parts(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range((len(numbers) - 1) // size * size, -1, -size):
        yield numbers[start : start + size]
