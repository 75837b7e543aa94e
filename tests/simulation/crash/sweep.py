"""Stop a scenario at every call, in three ways, and see that the next worker repairs it.

A point is one call with one fate. For each the scenario is lived through from its beginning, every
promise is watched as in a seed, and in the end things must be as they are when nothing goes wrong.
"""

import gc
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import product
from multiprocessing import get_context

from longshore.aws.calls import AwsCall
from tests.simulation.climate import Fate
from tests.simulation.crash.ends import End, difference, end_of
from tests.simulation.crash.scenario import Scenario
from tests.simulation.crash.scenarios import SCENARIOS
from tests.simulation.crash.scripted import Decide, Scripted
from tests.simulation.voyage import Result, Voyage

FATES = (Fate.DIES_BEFORE, Fate.DIES_AFTER, Fate.REPLY_LOST)
A_PIECE = 20


@dataclass(frozen=True, slots=True)
class Point:
    """One call of a scenario, the first having number 1, and what becomes of it."""

    scenario: str
    call: int
    fate: Fate

    def __str__(self) -> str:
        return f"scenario {self.scenario!r}, call {self.call}, {self.fate.name}"


@dataclass(frozen=True, slots=True)
class Share:
    """One call in so many, beginning with one of the first, and one at least of any scenario."""

    one_in: int
    first: int = 0

    def of(self, calls: Sequence[int]) -> Sequence[int]:
        """Return the calls of a scenario that belong to the share."""
        every = max(min(self.one_in, len(calls)), 1)
        return calls[self.first % every :: every]


EVERY_CALL = Share(1)


@dataclass(frozen=True, slots=True)
class Life:
    """One run of a scenario: what came of it and how it ended."""

    result: Result
    end: End


@dataclass(frozen=True, slots=True)
class Bad:
    """A point at which a promise was broken, or after which the story ended as it should not."""

    point: Point
    what: str

    def __str__(self) -> str:
        return f"{self.point}: {self.what}"


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of all points of a scenario."""

    points: int
    bad: tuple[Bad, ...]


def live(scenario: Scenario, decide: Decide) -> Life:
    """Live through a scenario."""
    voyage = Voyage(scenario.plan, sky=partial(Scripted, scenario.script, decide))
    result = voyage.run()
    return Life(result, end_of(voyage.world))


def in_peace(_: int, __: AwsCall) -> Fate:
    """Decide that a call goes well."""
    return Fate.FINE


def points_of(name: str) -> list[Point]:
    """Return every point of a scenario."""
    calls = 0

    def count(number: int, _: AwsCall) -> Fate:
        nonlocal calls
        calls = number
        return Fate.FINE

    live(SCENARIOS[name], count)
    return [Point(name, call, fate) for call, fate in product(range(1, calls + 1), FATES)]


def visit(point: Point) -> Life:
    """Live through a scenario in which one call meets its fate."""

    def decide(number: int, _: AwsCall) -> Fate:
        return point.fate if number == point.call else Fate.FINE

    return live(SCENARIOS[point.scenario], decide)


def story_of(point: Point) -> str:
    """Tell what happens when a call meets its fate."""
    life = visit(point)
    lines = "\n".join(f"  {line}" for line in life.result.story.lines)
    about = SCENARIOS[point.scenario].about
    return f"{point}: {about}\n{lines}\n  {life.result.broken or 'every promise was kept'}"


def sweep(name: str, pool: Executor, share: Share = EVERY_CALL) -> Swept:
    """Visit the points of a scenario, or those of a share of its calls, several side by side."""
    every = points_of(name)
    visited = set(share.of(sorted({point.call for point in every})))
    points = [point for point in every if point.call in visited]
    pieces = [points[start : start + A_PIECE] for start in range(0, len(points), A_PIECE)]
    bad = [each for found in pool.map(_bad_ones, pieces) for each in found]
    return Swept(len(points), tuple(bad))


def workers() -> Executor:
    """Return processes to sweep with, one for each core; they are new and share no thread."""
    return ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"))


def first_bad(name: str) -> Bad | None:
    """Visit the points of a scenario in this process, one after another, until one is bad."""
    with _uncollected():
        return next(_bad(points_of(name)), None)


def _bad_ones(points: Sequence[Point]) -> list[Bad]:
    with _uncollected():
        return list(_bad(points))


def _bad(points: Sequence[Point]) -> Iterator[Bad]:
    scenario = SCENARIOS[points[0].scenario]
    end = live(scenario, in_peace).end
    return (Bad(point, what) for point in points if (what := _wrong(scenario, end, point)))


def _wrong(scenario: Scenario, end: End, point: Point) -> str:
    """Say what is wrong at a point; an empty string where all is well."""
    life = visit(point)
    if life.result.broken is not None:
        return str(life.result.broken)
    if not life.result.faults:
        return "the call was never made"
    return difference(end, life.end, scenario.aspects)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the collector wait: greenlets are cheap garbage."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()
