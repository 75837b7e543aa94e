"""Measure everything in one run, print it, and write docs/performance.md and its chart."""

import argparse
import io
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from datetime import UTC, datetime
from os import cpu_count, getloadavg
from pathlib import Path
from statistics import median

from benchmarks import burst, chart, cost, hooks, imports, lookup, meter, peers, warm
from benchmarks.backend import ROOT, backend
from benchmarks.figures import Part
from benchmarks.pages import table, written

PAGE = ROOT / "docs/performance.md"
CHART = ROOT / "docs/images/performance.svg"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; the exit code says whether every goal is met."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="print only, write no page")
    asked = parser.parse_args(arguments)
    began, load = time.monotonic(), getloadavg()[0]
    parts, picture = measure()
    text = "\n\n".join([_machine(load), *map(_markdown, parts)])
    print(text)
    if not asked.dry_run:
        PAGE.write_text(written(PAGE.read_text(), "figures", text))
        CHART.parent.mkdir(exist_ok=True)
        CHART.write_text(picture)
    print(f"\nit took {time.monotonic() - began:.0f} s")
    return 1 if any(each.verdict == "**no**" for part in parts for each in part.figures) else 0


def measure() -> tuple[list[Part], str]:
    """Measure one part after the other; return them, and the chart."""
    _say("warm deployments, peers, lookups")
    with backend() as cloud, redirect_stdout(io.StringIO()):
        ours = warm.Warm(cloud)
        warmed = warm.measure(ours)
        against = peers.measure(cloud, ours.settle)
        looked = lookup.measure(cloud)
        hooked = hooks.measure(cloud)
    _say("cold imports")
    imported = imports.measure()
    _say("a burst, simulated")
    parts = [
        warm.told(warmed),
        peers.told(against, median(lap.wall for lap in warmed.ours)),
        hooks.told(hooked),
        imports.told(imported),
        burst.told(*burst.measure_all()),
        lookup.told(looked),
        cost.told(meter.measure()),
    ]
    return parts, _picture(warmed, against)


def _picture(warmed: warm.Measured, against: peers.Measured) -> str:
    rows = [("Longshore, warm", median(lap.wall for lap in warmed.ours) * 1000, True)]
    rows += [
        (name, median(walls) * 1000, name == peers.COLD) for name, walls in against.walls.items()
    ]
    return chart.bars("One deployment, from the push to UpdateService (wall)", rows)


def _machine(load: float) -> str:
    model = next(_processors(), platform.processor() or platform.machine())
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {cpu_count()} × {model}, load {load:.1f} at "
        f"the start, Python {platform.python_version()}, Linux."
    )


def _processors() -> Iterator[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return
    yield from (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))


def _markdown(part: Part) -> str:
    rows = [(each.what, each.shown, each.goal, each.verdict) for each in part.figures]
    lines = [f"### {part.title}", table(("what", "measured", "goal", "met"), rows), *part.notes]
    if part.commands:
        lines.append("```console\n" + "\n".join(part.commands) + "\n```")
    return "\n\n".join(lines)


def _say(what: str) -> None:
    print(f"bench: {what} …", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
