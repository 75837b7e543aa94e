"""AWS CodePipeline on one machine: for the demo, for tests and for the simulation.

`PipelineWorld` is CodePipeline in memory; `codepipeline_stand_in` puts it behind its API. Whom its
actions need (`Outside`) is told by whoever builds the world; `InMemory` has them all.

It plays source actions of CodeCommit, CodeStarSourceConnection and S3, CodeBuild, manual approval
and Lambda; other kinds of action are refused when they are declared. It has no triggers, conditions
and rollbacks of stages, no cross-region actions, and no disabled transitions; the caller of
StartPipelineExecution is not known, the account's root user stands for it.
"""

from longshore_local.codepipeline.in_memory import InMemory
from longshore_local.codepipeline.pace import QUICK, Pace
from longshore_local.codepipeline.ports import (
    ArtifactCredentials,
    BuildReport,
    BuildRequest,
    Location,
    Outside,
    OutsideError,
    Revision,
)
from longshore_local.codepipeline.server import codepipeline_stand_in
from longshore_local.codepipeline.world import OPERATIONS, PipelineWorld

__all__ = [
    "OPERATIONS",
    "QUICK",
    "ArtifactCredentials",
    "BuildReport",
    "BuildRequest",
    "InMemory",
    "Location",
    "Outside",
    "OutsideError",
    "Pace",
    "PipelineWorld",
    "Revision",
    "codepipeline_stand_in",
]
