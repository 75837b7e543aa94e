"""Cold imports: CPU of a fresh interpreter that imports a handler, against usual libraries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.figures import Figure, Part, ratio
from benchmarks.interpreters import built_layers, cpu_of, untrimmed

FUNCTIONS = ("router", "reconciler", "announcer", "notifier", "control")
ROUNDS = 12
USUAL = """\
from aws_lambda_powertools import Logger, Metrics
import boto3
region = "eu-central-1"
Logger(), Metrics(), boto3.client("ecs", region), boto3.client("dynamodb", region)
"""
HANDLER = "import app"
WITH_CLIENTS = """\
import os
os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
import app
from longshore.runtime.wiring.shared import make_clients
make_clients().ecs("eu-central-1"), make_clients().dynamodb
"""
CLIENTS = "reconciler with its clients of ecs and dynamodb"


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU seconds of each round, net of an interpreter that does nothing."""

    usual: Sequence[float]
    ours: Mapping[str, Sequence[float]]


def measure(rounds: int = ROUNDS) -> Measured:
    """Start interpreters in turns; the first round, which writes bytecode, is not counted."""
    programs = {name: (HANDLER, built_layers(name)) for name in FUNCTIONS}
    programs[CLIENTS] = (WITH_CLIENTS, built_layers("reconciler"))
    usual: list[float] = []
    ours: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds + 1):
        nothing = cpu_of("pass", untrimmed())
        usual.append(cpu_of(USUAL, untrimmed()) - nothing)
        for name, (program, environment) in programs.items():
            ours[name].append(cpu_of(program, environment) - nothing)
    return Measured(usual[1:], {name: each[1:] for name, each in ours.items()})


def told(measured: Measured) -> Part:
    """Return the figures."""
    goals = {"reconciler": 1.0}
    figures = []
    for name, each in measured.ours.items():
        found, most = ratio(each, measured.usual), goals.get(name)
        shown = f"{found:.2f} × ({median(each) * 1000:.0f} ms)"
        figures.append(Figure(name, found, shown, most, f"≤ {most:.1f} ×" if most else ""))
    notes = [
        (
            "CPU of a fresh interpreter, net of one that does nothing, medians of "
            f"{len(measured.usual)} rounds. It imports the built layers with bytecode, as in "
            "Lambda, against Logger, Metrics and boto3 with clients of ecs and dynamodb as "
            f"published ({median(measured.usual) * 1000:.0f} ms)."
        )
    ]
    return Part("Cold import of each function, CPU", figures, notes=notes)
