"""Against other ways to deploy an image to a service, each as its users start it: a process."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import distributions
from statistics import median
from time import perf_counter

from benchmarks.backend import CLUSTER, ROOT, Backend, Shop, push_told
from benchmarks.figures import Figure, Part, ratio
from benchmarks.interpreters import built_layers, children, fresh
from tests.support.builders import HOME

PEERS = ROOT / ".venvs/bench"
ROUNDS = 8
ECS_DEPLOY = "ecs-deploy --timeout -1"
AWS_CLI = "AWS CLI, register and update"
COLD = "Longshore, a fresh process"
VERSIONS = ("ecs-deploy", "awscli", "boto3")


@dataclass
class Peers:
    """The commands, on one backend."""

    backend: Backend
    shown: dict[str, str] = field(default_factory=dict)

    def ecs_deploy(self, shop: Shop, digest: str) -> None:
        """Deploy with ecs-deploy, which waits for nothing with this time-out."""
        image = f"{shop.repository}@{digest}"
        command = ["ecs", "deploy", CLUSTER, shop.name, "--image", "web", image, "--timeout", "-1"]
        self._run(ECS_DEPLOY, command)

    def aws_cli(self, shop: Shop, digest: str) -> None:
        """Deploy with the two commands of the AWS CLI that it takes at least."""
        container = {"name": "web", "image": f"{shop.repository}@{digest}", "memory": 64}
        definition = json.dumps({"family": shop.name, "containerDefinitions": [container]})
        register = ["aws", "ecs", "register-task-definition", "--cli-input-json", definition]
        self._run(AWS_CLI, register)
        update = ["aws", "ecs", "update-service", "--cluster", CLUSTER]
        self._run(AWS_CLI, [*update, "--service", shop.name, "--task-definition", shop.name])

    def cold(self, shop: Shop, digest: str) -> None:
        """Import both functions from the built layers in a fresh process, and deploy once."""
        command = [sys.executable, "-S", "benchmarks/cold.py"]
        self._run(COLD, command, json.dumps(push_told(shop, digest)), built_layers())

    def _run(
        self,
        name: str,
        command: Sequence[str],
        told: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        peers = {"PATH": f"{PEERS}/bin:{os.environ['PATH']}"}
        run = subprocess.run(
            command,
            cwd=ROOT,
            env=fresh(environment or peers),
            input=told,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(f"{command[:3]} failed: {run.stderr[-600:] or run.stdout[-600:]}")
        settings = [f"{name}={value}" for name, value in (environment or {}).items()]
        shown = shlex.join([*settings, *command]).replace(f"{ROOT}/", "")
        self.shown.setdefault(f"{name} {command[:3]}", shown)


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall and CPU seconds of each round, by way of deploying, and the commands that were run."""

    walls: Mapping[str, Sequence[float]]
    cpus: Mapping[str, Sequence[float]]
    commands: Mapping[str, str]


def measure(backend: Backend, settle: Callable[[], None], rounds: int = ROUNDS) -> Measured:
    """Deploy in turns, each time to a fresh service; the first round is not counted."""
    peers = Peers(backend)
    ways = {COLD: peers.cold, ECS_DEPLOY: peers.ecs_deploy, AWS_CLI: peers.aws_cli}
    walls: dict[str, list[float]] = {name: [] for name in ways}
    cpus: dict[str, list[float]] = {name: [] for name in ways}
    shops = [{name: backend.open_shop() for name in ways} for _ in range(rounds + 1)]
    settle()
    for row in shops:
        for name, deploy in ways.items():
            digest = backend.push(row[name])
            began, used = perf_counter(), children()
            deploy(row[name], digest)
            walls[name].append(perf_counter() - began)
            cpus[name].append(children() - used)
            _check(backend, row[name])
    return Measured(_counted(walls), _counted(cpus), peers.shown)


def _counted(rounds: Mapping[str, Sequence[float]]) -> Mapping[str, Sequence[float]]:
    """Return all but the first round, in which bytecode was written."""
    return {name: each[1:] for name, each in rounds.items()}


def _check(backend: Backend, shop: Shop) -> None:
    """Raise RuntimeError unless the service is on its second revision: else nothing was done."""
    found = backend.clients.ecs(HOME.region).describe_services(
        cluster=CLUSTER, services=[shop.name]
    )["services"][0]["taskDefinition"]
    if not found.endswith(f"{shop.name}:2"):
        raise RuntimeError(f"{shop.name} is on {found}: that was no deployment")


def told(measured: Measured, warm: float) -> Part:
    """Return the figures; `warm` is what a warm deployment of ours took on this backend."""
    walls = measured.walls
    cold = ratio(walls[COLD], walls[ECS_DEPLOY])
    against = {name: warm / median(walls[name]) for name in (ECS_DEPLOY, AWS_CLI)}
    figures = [
        Figure(
            "warm, wall, against `ecs-deploy`",
            against[ECS_DEPLOY],
            f"{against[ECS_DEPLOY]:.3f} × ({_s(warm)} against {_s(median(walls[ECS_DEPLOY]))})",
            0.2,
            "≤ 1/5",
        ),
        Figure(
            "cold, wall, against `ecs-deploy`",
            cold,
            f"{cold:.2f} × ({_s(median(walls[COLD]))})",
            1.0,
            "≤ 1 ×",
        ),
        Figure(
            "cold, CPU, against `ecs-deploy`",
            ratio(measured.cpus[COLD], measured.cpus[ECS_DEPLOY]),
            f"{ratio(measured.cpus[COLD], measured.cpus[ECS_DEPLOY]):.2f} ×",
        ),
        Figure(
            "warm, wall, against the AWS CLI",
            against[AWS_CLI],
            f"{against[AWS_CLI]:.3f} × ({_s(median(walls[AWS_CLI]))})",
        ),
        Figure(
            "cold, wall, against the AWS CLI",
            ratio(walls[COLD], walls[AWS_CLI]),
            f"{ratio(walls[COLD], walls[AWS_CLI]):.2f} ×",
        ),
    ]
    notes = [
        (
            f"Medians of {len(walls[COLD])} rounds in turns, each on a fresh service: "
            f"{', '.join(f'{name} {version(name)}' for name in VERSIONS)}. "
            "*Warm* is router and reconciler called in one process one after the other, *cold* a "
            "fresh process that imports both from the built layers and deploys once; the peers are "
            "a fresh process each time, which is how a pipeline starts them."
        )
    ]
    return Part("Against other ways to deploy", figures, [*measured.commands.values()], notes)


def version(package: str) -> str:
    """Return the version of a package in the peers' environment."""
    site = next(PEERS.glob("lib/python*/site-packages"))
    found = distributions(name=package, path=[str(site)])
    return next(iter(found)).version


def _s(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
