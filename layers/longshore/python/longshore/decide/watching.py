"""Which pipeline does a fact of a delivery engine concern, and is it worth a look at all?"""

from collections.abc import Mapping

from longshore.domain.delivery_facts import (
    BuildMoved,
    CodeDeployMoved,
    DeliveryFact,
    GitReferenceMoved,
    PipelineActionMoved,
    PipelineStageMoved,
)
from longshore.domain.pipelines import PipelineRef

_ENDED_BUILDS = frozenset({"SUCCEEDED", "FAILED", "FAULT", "STOPPED", "TIMED_OUT"})

PIPELINE_ENDS: Mapping[str, str] = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "STOPPED": "was stopped",
    "SUPERSEDED": "was superseded",
    "CANCELED": "was cancelled",
}
"""The states after which an execution does not go on by itself, as events call them."""


def pipeline_of(fact: DeliveryFact) -> PipelineRef | None:
    """Return the pipeline that a fact is about."""
    match fact:
        case BuildMoved():
            return fact.pipeline
        case CodeDeployMoved() | GitReferenceMoved():
            return None
        case _:
            return fact.execution.pipeline


def why_not_watched(fact: DeliveryFact) -> str | None:
    """Return why a fact concerns no execution of a pipeline, whatever is registered."""
    match fact:
        case CodeDeployMoved():
            return "this version of Longshore does not act on deployments of CodeDeploy"
        case GitReferenceMoved():
            return "CodePipeline starts by AWS's own rule when a CodeCommit repository moves"
        case BuildMoved() if fact.pipeline is None:
            return f"no pipeline started the build {fact.build}"
        case BuildMoved() if fact.status not in _ENDED_BUILDS:
            return "a build that goes on says nothing of how it ends"
        case _:
            return None


def what_moved(fact: DeliveryFact) -> str:
    """Return what happened, in words."""
    match fact:
        case PipelineActionMoved():
            return f"{_place(fact)} of {fact.execution} is {fact.state}"
        case PipelineStageMoved():
            return f"the stage {fact.stage} of {fact.execution} is {fact.state}"
        case BuildMoved():
            return f"the build {fact.build} is {fact.status}"
        case CodeDeployMoved():
            return f"the CodeDeploy deployment {fact.deployment} is {fact.state}"
        case GitReferenceMoved():
            return f"the {fact.kind} {fact.name} of {fact.repository} was {fact.change}"
        case _:
            ended = PIPELINE_ENDS.get(fact.state, f"is {fact.state}")
            return f"the execution {fact.execution} {ended}"


def _place(fact: PipelineActionMoved) -> str:
    return f"the action {fact.stage}/{fact.action}"
