"""Run many seeds (`make sim SEEDS=1000 BASE=1`), or one with its story (`make sim SEED=17`)."""

import argparse
import sys
import time
from collections.abc import Sequence
from os import cpu_count

from tests.simulation.plan import draw_plan
from tests.simulation.sail import sail
from tests.simulation.shrink import shrink
from tests.simulation.voyage import Result, Voyage

MOST_STORIES = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; return the exit code."""
    asked = _parser().parse_args(arguments)
    if asked.seed is not None:
        return replay(asked.seed)
    return run(asked.seeds, asked.base, asked.jobs, traces=asked.traces)


def run(seeds: int, base: int, jobs: int, *, traces: bool) -> int:
    """Run seeds side by side and print what came of them."""
    began = time.monotonic()
    outcomes = list(sail(range(base, base + seeds), jobs))
    failed = [outcome for outcome in outcomes if outcome.broken]
    if traces:
        for outcome in outcomes:
            print(outcome.seed, outcome.trace)
    for outcome in failed[:MOST_STORIES]:
        tell(outcome.seed)
    for outcome in failed:
        print(f"seed {outcome.seed}: {outcome.broken}")
    calls = sum(outcome.calls for outcome in outcomes) / seeds
    faults = sum(outcome.faults for outcome in outcomes) / seeds
    print(
        f"simulation: {seeds} seeds, {len(failed)} violations, {calls:.0f} calls and "
        f"{faults:.1f} faults a seed, {time.monotonic() - began:.0f} s"
    )
    return 1 if failed else 0


def replay(seed: int) -> int:
    """Run one seed and tell its whole story."""
    found = Voyage(draw_plan(seed)).run()
    _print_story(found)
    print(f"seed {seed}: {found.broken or 'every promise was kept'} (trace {found.trace})")
    return 1 if found.broken else 0


def tell(seed: int) -> None:
    """Print the shortest story that breaks the promise which a seed breaks."""
    plan = draw_plan(seed)
    short = shrink(plan, Voyage(plan).run())
    left = f"{len(short.without)} actions and {len(short.muted)} faults are left out"
    print(f"seed {seed} breaks {short.best.broken}")
    print(f"The shortest story of it ({left}; `make sim SEED={seed}` tells it whole):")
    _print_story(short.best)
    print()


def _print_story(result: Result) -> None:
    for line in result.story.lines:
        print(f"  {line}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many seeds")
    parser.add_argument("--base", type=int, default=1, help="the first seed")
    parser.add_argument("--seed", type=int, help="replay this one and tell its story")
    parser.add_argument("--jobs", type=int, default=cpu_count() or 1, help="processes side by side")
    parser.add_argument("--traces", action="store_true", help="print the trace of each seed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
