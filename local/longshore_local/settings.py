"""What an embedded AWS is built with, and where it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from longshore.domain.places import Home
from longshore_local.cloud.emulator import ACCOUNT, REGION
from longshore_local.ecs import QUICK, Pace

HOME = Home("aws", ACCOUNT, REGION)
MINISTACK = Path(".venvs/ministack/bin/ministack")
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"

Detour = Callable[[str], str]
"""Given where an endpoint listens, returns where the functions shall find it instead."""


def straight(endpoint: str) -> str:
    """Let the functions talk to an endpoint directly."""
    return endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedSettings:
    """What is built: `root` is the checkout, `clusters` are those that Longshore may update.

    `clock_every` is the seconds between two ticks beside the emulator's own each minute, 0 for
    none. Where `contained`, tasks are containers of a Docker engine. `detour` stands between the
    functions, and nobody else, and what they call. With `slack_channels` Longshore gets a bot in
    these channels of a Slack workspace, and may read what tasks wrote to the `log_groups`. Where
    pipelines or build projects are `startable` (their ARNs), a webhook may start them.
    """

    root: Path
    clusters: tuple[str, ...]
    task_roles: tuple[str, ...] = ()
    pace: Pace = QUICK
    clock_every: float = 0
    contained: bool = False
    detour: Detour = straight
    slack_channels: tuple[str, ...] = ()
    log_groups: tuple[str, ...] = ()
    startable: tuple[str, ...] = ()
    build_arguments: Mapping[str, str] = field(default_factory=dict)
