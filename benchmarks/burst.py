"""A thousand pushes to five hundred stages within a minute, on the simulated AWS that throttles."""

from collections.abc import Sequence
from datetime import timedelta

from benchmarks.figures import Figure, Part
from tests.simulation.fleet import Fleet
from tests.simulation.scale import Measured, measure

BURST = Fleet(applications=100, stages=5, services=1)
PUSHES_OF_EACH = 10
A_MINUTE = timedelta(minutes=1)
ONE_STAGE = Fleet(applications=1, stages=1, services=90)
HUNDRED_STAGES = Fleet(applications=10, stages=10, services=1, one_image=True)


def measure_all() -> tuple[Measured, Sequence[Measured]]:
    """Run the burst, and one push to a large stage and to many stages."""
    fleets = [measure(fleet) for fleet in (ONE_STAGE, HUNDRED_STAGES)]
    return measure(BURST, pushes=PUSHES_OF_EACH, within=A_MINUTE), fleets


def told(burst: Measured, fleets: Sequence[Measured]) -> Part:
    """Return the figures."""
    many = f"{burst.pushes:,} pushes to {burst.fleet.applications * burst.fleet.stages} stages"
    ended = f"{burst.lost} of {burst.pairs:,} (event, stage) pairs"
    figures = [
        Figure(f"{many}: lost", burst.lost, ended, 0, "0"),
        Figure("services moved twice by one deployment", burst.double, str(burst.double), 0, "0"),
        Figure("in a dead-letter queue", burst.dead_letters, str(burst.dead_letters), 0, "0"),
        Figure(
            "services called, of as many pushes and stages",
            burst.moved,
            f"{burst.moved:,} of {burst.pushes * burst.fleet.stages:,}",
        ),
    ]
    for each in (burst, *fleets):
        figures += _of_rates(each)
    return Part(
        "Many services, stages and pushes",
        figures,
        [
            f".venv/bin/python -m tests.simulation.scale {_options(each)}"
            for each in (burst, *fleets)
        ],
        [
            (
                "Simulated: clocks and rates are AWS's published ones, 20 and 1 a second for "
                "RegisterTaskDefinition, 50 and 5 for UpdateService; on AWS calls take longer, "
                "which counts where no rate does."
            )
        ],
    )


def _of_rates(each: Measured) -> list[Figure]:
    stages = each.fleet.applications * each.fleet.stages
    name = f"{each.fleet.size} services in {stages} stage{'s' if stages > 1 else ''}"
    name += f", {each.pushes} push{'es' if each.pushes > 1 else ''}"
    drain = each.last / each.dictated
    spans = f"{each.last.total_seconds():.0f} of {each.dictated.total_seconds():.0f} s"
    writes = sum(
        each.throttled[f"ecs:{name}"] for name in ("RegisterTaskDefinition", "UpdateService")
    )
    found = [
        Figure(
            f"{name}: time, of what the rates dictate",
            drain,
            f"{drain:.2f} × ({spans})",
            1.1,
            "≤ 1.1 ×",
        ),
        Figure(f"{name}: writes that ECS throttled", writes, str(writes), 0, "0"),
    ]
    if stages == 1:
        most, calls = each.most_ecs_calls, each.on_the_way.total()
        found.append(
            Figure(
                f"{name}: ECS calls up to UpdateService",
                calls,
                str(calls),
                most,
                f"≤ 3N + ⌈N/10⌉ = {most}",
            )
        )
    return found


def _options(each: Measured) -> str:
    fleet = each.fleet
    options = (
        f"--applications {fleet.applications} --stages {fleet.stages} --services {fleet.services}"
    )
    if fleet.one_image:
        options += " --one-image"
    return options + (f" --pushes {PUSHES_OF_EACH} --within 60" if each.pushes > 1 else "")
