"""What `longshore explain` shows of the facts of pipelines, builds and repositories."""

from collections.abc import Mapping

from longshore.domain.delivery_facts import (
    BuildMoved,
    CodeDeployMoved,
    DeliveryFact,
    GitReferenceMoved,
    PipelineActionMoved,
    PipelineStageMoved,
)


def delivery_particulars(fact: DeliveryFact) -> Mapping[str, str | None]:
    """Return what a fact is about, and the state that its event claims."""
    match fact:
        case BuildMoved():
            pipeline = fact.pipeline.name if fact.pipeline else None
            state = fact.status or fact.phase_status
            return {"pipeline": pipeline, "build": fact.build, "state": state}
        case CodeDeployMoved():
            return {"deployment": fact.deployment, "state": fact.state}
        case GitReferenceMoved():
            moved = {"repository": fact.repository, "reference": fact.name}
            return {**moved, "commit": fact.commit, "state": fact.change}
        case _:
            return {
                "pipeline": fact.execution.pipeline.name,
                "execution": fact.execution.id,
                **_place(fact),
                "state": fact.state,
            }


def _place(fact: DeliveryFact) -> Mapping[str, str | None]:
    match fact:
        case PipelineActionMoved():
            return {"pipeline_stage": fact.stage, "action": fact.action}
        case PipelineStageMoved():
            return {"pipeline_stage": fact.stage}
        case _:
            return {}
