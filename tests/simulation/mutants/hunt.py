"""Look for a seed that catches a mutant: one on which it breaks a promise that the product keeps.

An error that nobody expected, a defect, is no catch: it may say that the mutant fits the product no
more, not that the simulation saw what it weakens. Such a seed is passed over. A mutant that shows
nothing else is broken itself.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tests.simulation.mutants.listed import MUTANTS
from tests.simulation.mutants.mutant import Mutant
from tests.simulation.plan import draw_plan
from tests.simulation.promises.broken import Broken
from tests.simulation.voyage import Voyage

DEFECT = "defect"


@dataclass(frozen=True, slots=True)
class Found:
    """What a mutant showed on some seeds: the first that caught it, and how many were defects."""

    seed: int | None = None
    broken: Broken | None = None
    defects: int = 0


def hunt(name: str, seeds: Sequence[int]) -> Found:
    """Sail with a mutant until a seed catches it.

    The collector waits until they are over: greenlets are cheap garbage.
    """
    mutant = next(mutant for mutant in MUTANTS if mutant.name == name)
    gc.disable()
    try:
        return _hunt(mutant, seeds)
    finally:
        gc.enable()
        gc.collect()


def _hunt(mutant: Mutant, seeds: Sequence[int]) -> Found:
    defects = 0
    for seed in seeds:
        broken = sail(seed, mutant)
        if broken is None or not product_keeps_all(seed):
            continue
        if broken.promise != DEFECT:
            return Found(seed, broken, defects)
        defects += 1
    return Found(defects=defects)


def sail(seed: int, mutant: Mutant) -> Broken | None:
    """Return the first promise that a mutant breaks on a seed; an error of any kind is a defect."""
    with mutant.weaken():
        voyage = Voyage(draw_plan(seed))
        try:
            found = voyage.run()
        except Exception as error:  # noqa: BLE001  the world fell over: no promise was broken
            return Broken(DEFECT, f"{type(error).__name__}: {error}")
    if voyage.world.runtime.defects:
        return Broken(DEFECT, repr(voyage.world.runtime.defects[0]))
    return found.broken


@cache
def product_keeps_all(seed: int) -> bool:
    """Whether the product as it is keeps every promise on a seed: else a catch means nothing."""
    return Voyage(draw_plan(seed)).run().broken is None
