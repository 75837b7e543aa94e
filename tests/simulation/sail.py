"""Many seeds, side by side in processes of their own."""

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context

from tests.simulation.plan import draw_plan
from tests.simulation.promises.broken import Broken
from tests.simulation.voyage import Voyage

A_PIECE = 25
PIECES_A_PROCESS = 60
"""After so many a process is over, with all its garbage: a few hundred megabytes of worlds.

Not an executor's `max_tasks_per_child`, which may wait for ever (python/cpython#115634).
"""

VALIDATED_EVERY = 200
"""Of so many seeds one has every call and answer held to the botocore service models."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is kept of a seed."""

    seed: int
    broken: Broken | None
    calls: int
    faults: int
    trace: str


def sail(seeds: Sequence[int], jobs: int) -> Iterator[Outcome]:
    """Yield what came of each seed, in their order."""
    pieces = [seeds[start : start + A_PIECE] for start in range(0, len(seeds), A_PIECE)]
    with get_context("spawn").Pool(jobs, maxtasksperchild=PIECES_A_PROCESS) as pool:
        for outcomes in pool.imap(_sail_piece, pieces):
            yield from outcomes


def _sail_piece(seeds: Sequence[int]) -> list[Outcome]:
    """Run a few seeds. Nothing is collected: the process ends before that would be worth while."""
    gc.disable()
    return [_sail_one(seed) for seed in seeds]


def _sail_one(seed: int) -> Outcome:
    found = Voyage(draw_plan(seed), validated=seed % VALIDATED_EVERY == 0).run()
    return Outcome(seed, found.broken, found.calls, found.faults, found.trace)
