"""Sweep every scenario, one (`--scenario supersede`), or visit one point and tell its story."""

import argparse
import sys
import time
from collections.abc import Sequence

from tests.simulation.climate import Fate
from tests.simulation.crash.scenarios import SCENARIOS
from tests.simulation.crash.sweep import FATES, Point, story_of, sweep, workers

MOST_STORIES = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; return the exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.point is not None and asked.scenario is None:
        parser.error("a point is one of a scenario: name it with --scenario")
    if asked.point is not None:
        call, fate = asked.point
        print(story_of(Point(asked.scenario, int(call), Fate[fate])))
        return 0
    return run([asked.scenario] if asked.scenario else list(SCENARIOS))


def run(names: Sequence[str]) -> int:
    """Sweep scenarios and print what came of them."""
    began = time.monotonic()
    with workers() as pool:
        swept = {name: sweep(name, pool) for name in names}
    for name, found in swept.items():
        print(f"{name}: {found.points} points, {len(found.bad)} bad")
    bad = [each for found in swept.values() for each in found.bad]
    for each in bad[:MOST_STORIES]:
        print(story_of(each.point))
    for each in bad:
        print(each)
    points = sum(found.points for found in swept.values())
    took = time.monotonic() - began
    print(f"crash points: {points} in {len(names)} scenarios, {len(bad)} bad, {took:.0f} s")
    return 1 if bad else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.crash", description=__doc__)
    parser.add_argument("--scenario", choices=list(SCENARIOS), help="only this one")
    fates = " or ".join(fate.name for fate in FATES)
    parser.add_argument(
        "--point", nargs=2, metavar=("CALL", "FATE"), help=f"its call by number, and {fates}"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
