"""AWS CodeBuild on one machine: for the demo, for tests and for the simulation.

`BuildWorld` is CodeBuild in memory; `codebuild_stand_in` puts it behind its API. How a build goes
is told by a runner: `Succeeds`, `Fails`, `Hangs`, or `Elsewhere` where its commands are really run
(as `longshore_local.buildhost` does).

Batches, webhooks, reports, caches, fleets and report groups are not played; secondary sources and
artifacts are repeated and have no effect.
"""

from longshore_local.codebuild.builds import Start
from longshore_local.codebuild.conduct import (
    FINE,
    BuildOrder,
    Conduct,
    Context,
    Elsewhere,
    Fails,
    Hangs,
    Runner,
    Succeeds,
    command_failed,
)
from longshore_local.codebuild.pace import QUICK, Pace
from longshore_local.codebuild.server import codebuild_stand_in
from longshore_local.codebuild.world import OPERATIONS, BuildWorld

__all__ = [
    "FINE",
    "OPERATIONS",
    "QUICK",
    "BuildOrder",
    "BuildWorld",
    "Conduct",
    "Context",
    "Elsewhere",
    "Fails",
    "Hangs",
    "Pace",
    "Runner",
    "Start",
    "Succeeds",
    "codebuild_stand_in",
    "command_failed",
]
