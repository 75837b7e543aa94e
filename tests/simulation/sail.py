"""Many seeds, side by side in processes of their own."""

import gc
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from tests.simulation.plan import draw_plan
from tests.simulation.promises.broken import Broken
from tests.simulation.voyage import Voyage

A_PIECE = 25
PIECES_A_PROCESS = 20
"""After so many a process is over, with all its garbage: some hundred megabytes of worlds."""

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
    spawned = get_context("spawn")
    with ProcessPoolExecutor(jobs, spawned, max_tasks_per_child=PIECES_A_PROCESS) as pool:
        for outcomes in pool.map(_sail_piece, pieces):
            yield from outcomes


def _sail_piece(seeds: Sequence[int]) -> list[Outcome]:
    """Run a few seeds. Nothing is collected: the process ends before that would be worth while."""
    gc.disable()
    return [_sail_one(seed) for seed in seeds]


def _sail_one(seed: int) -> Outcome:
    found = Voyage(draw_plan(seed), validated=seed % VALIDATED_EVERY == 0).run()
    return Outcome(seed, found.broken, found.calls, found.faults, found.trace)
