"""What is a fact of a delivery engine a reason to look at, if it is worth a look at all?"""

from collections.abc import Mapping

from longshore.domain.builds import AnyLook, BuildLook
from longshore.domain.delivery_facts import (
    BuildMoved,
    CodeDeployMoved,
    GitReferenceMoved,
    PipelineActionMoved,
    PipelineMoved,
    PipelineStageMoved,
)
from longshore.domain.executions import Look

PipelineFact = PipelineMoved | PipelineStageMoved | PipelineActionMoved | BuildMoved
"""Facts that can be about an execution of a pipeline; a build may be one by itself."""

_ENDED_BUILDS = frozenset({"SUCCEEDED", "FAILED", "FAULT", "STOPPED", "TIMED_OUT"})

_ENDS: Mapping[str, str] = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "STOPPED": "was stopped",
    "SUPERSEDED": "was superseded",
    "CANCELED": "was cancelled",
}
"""The states after which an execution does not go on by itself, as events call them."""


def look_of(fact: PipelineFact) -> AnyLook:
    """Return the look that a fact is a reason for: at a build itself where no pipeline began it."""
    if isinstance(fact, BuildMoved):
        if fact.pipeline is None:
            return BuildLook(build=fact.build)
        return Look(pipeline=fact.pipeline, build=fact.build)
    ended = isinstance(fact, PipelineMoved) and fact.state in _ENDS
    return Look(pipeline=fact.execution.pipeline, execution=fact.execution.id, ended=ended)


def why_unwatched(fact: CodeDeployMoved | GitReferenceMoved) -> str:
    """Return why a fact concerns no execution."""
    if isinstance(fact, CodeDeployMoved):
        return "this version of Longshore does not act on deployments of CodeDeploy"
    return "CodePipeline starts by AWS's own rule when a CodeCommit repository moves"


def why_too_early(fact: PipelineFact) -> str | None:
    """Return why a fact tells nothing yet."""
    if isinstance(fact, BuildMoved) and fact.status not in _ENDED_BUILDS:
        return "a build that goes on says nothing of how it ends"
    return None


def what_moved(fact: PipelineFact) -> str:
    """Return what happened, in words."""
    match fact:
        case PipelineActionMoved():
            return f"the action {fact.stage}/{fact.action} of {fact.execution} is {fact.state}"
        case PipelineStageMoved():
            return f"the stage {fact.stage} of {fact.execution} is {fact.state}"
        case BuildMoved():
            return f"the build {fact.build} is {fact.status}"
        case PipelineMoved():
            return f"the execution {fact.execution} {_ENDS.get(fact.state, f'is {fact.state}')}"
