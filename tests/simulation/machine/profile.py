"""How many examples are drawn, and which: the same each time unless more are asked for."""

import os

from hypothesis import settings

TIMES = int(os.environ.get("MACHINE_TIMES", "1"))
"""How many times the usual number of examples are drawn; beyond once they are fresh ones."""


def examples(usual: int, *, steps: int = 50) -> settings:
    """Return settings for a number of examples, each of at most so many steps."""
    return settings(
        deadline=None,  # a slow machine is no failure
        derandomize=TIMES == 1,
        max_examples=usual * TIMES,
        stateful_step_count=steps,
    )
