"""Weaken the protocol on purpose, again and again: each weakening must be caught.

A mutant is caught when any of 2,000 seeds breaks a promise with it that the product keeps.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from os import cpu_count

from tests.simulation.mutants.hunt import Found, hunt
from tests.simulation.mutants.listed import MUTANTS

MOST_SEEDS = 2000
A_PIECE = 10


def main(names: Sequence[str]) -> int:
    """Hunt the mutants of these names, all where none is given; return the exit code."""
    hunted = [mutant.name for mutant in MUTANTS if not names or mutant.name in names]
    width = max(map(len, hunted), default=0)
    caught = 0
    for name, found in hunt_all(hunted, cpu_count() or 1):
        print(f"{name:<{width}}  {_told(found)}", flush=True)
        caught += found.broken is not None
    print(f"mutants: {caught} of {len(hunted)} caught")
    return 0 if hunted and caught == len(hunted) else 1


def hunt_all(names: Sequence[str], jobs: int) -> Iterator[tuple[str, Found]]:
    """Yield what became of each mutant, the quickly caught first.

    All that are still at large are hunted side by side, piece by piece. When they are fewer than
    the processes, several pieces of one are worked on at once: of these the first one counts.
    """
    defects, left = dict.fromkeys(names, 0), _pieces()
    with ProcessPoolExecutor(jobs) as pool:
        while defects and left:
            at_once = -(-jobs // len(defects))
            some, left = left[:at_once], left[at_once:]
            tasks = [(name, piece) for name in defects for piece in some]
            results = pool.map(hunt, *zip(*tasks, strict=True))
            for name in tuple(defects):
                found = _first(list(islice(results, len(some))), defects[name])
                defects[name] = found.defects
                if found.broken is not None:
                    del defects[name]
                    yield name, found
    for name, number in defects.items():
        yield name, Found(defects=number)


def _first(pieces: Sequence[Found], defects: int) -> Found:
    """Return what came of pieces that follow each other, as if they were one."""
    for piece in pieces:
        defects += piece.defects
        if piece.broken is not None:
            return Found(piece.seed, piece.broken, defects)
    return Found(defects=defects)


def _pieces() -> list[range]:
    """Return the seeds, cut into what is worked on as one."""
    every = range(1, MOST_SEEDS + 1)
    return [every[start : start + A_PIECE] for start in range(0, MOST_SEEDS, A_PIECE)]


def _told(found: Found) -> str:
    defects = f", {found.defects} of them defects that do not count" if found.defects else ""
    if found.broken is not None:
        return f"{found.seed:>4} seeds{defects}  {found.broken}"
    if found.defects:
        return f"IS BROKEN ITSELF: {found.defects} of {MOST_SEEDS} seeds end with a defect"
    return f"SURVIVES: on {MOST_SEEDS} seeds the simulation does not see it"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
