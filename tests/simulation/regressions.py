"""Seeds that once broke a promise, with the defect of the product that each one showed.

A change of the plan or the weather gives every seed another story; the defects are held by unit
tests too, in tests/unit/usecases.
"""

from collections.abc import Mapping

REGRESSIONS: Mapping[int, str] = {1: "the first seed"}
