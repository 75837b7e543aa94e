"""Every weakening that the simulation must catch."""

from tests.simulation.mutants import (
    asking,
    by_defect,
    by_reviewer,
    choosing,
    guarding,
    judging,
    keeping,
    piping,
    pushing,
    rendering,
    telling,
    writing,
)
from tests.simulation.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *writing.MUTANTS,
    *rendering.MUTANTS,
    *choosing.MUTANTS,
    *judging.MUTANTS,
    *telling.MUTANTS,
    *asking.MUTANTS,
    *keeping.MUTANTS,
    *guarding.MUTANTS,
    *piping.MUTANTS,
    *pushing.MUTANTS,
    *by_defect.MUTANTS,
    *by_reviewer.MUTANTS,
)
