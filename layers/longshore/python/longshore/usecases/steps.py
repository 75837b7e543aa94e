"""The steps of every deployment, in their order.

The way is: what comes before the roll, the roll itself (`advance_deployment`), what is asked each
time while targets roll, and what follows once every target has come up.
"""

from longshore.usecases.bake import bake
from longshore.usecases.guard import read_guard, watch_alarms
from longshore.usecases.step import Step

BEFORE_THE_ROLL: tuple[Step, ...] = (read_guard,)
"""Taken until the first service has been called for."""

WHILE_IT_ROLLS: tuple[Step, ...] = (watch_alarms,)
"""Asked in each round while a target is under way: one that fails ends the way forward."""

AFTER_THE_ROLL: tuple[Step, ...] = (bake,)
"""Taken once every target ended as meant, before the release is verified."""
