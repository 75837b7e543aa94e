"""What the ledger holds after a transition: versions one up, consumed intents gone."""

from dataclasses import replace
from typing import TypeVar

from longshore.domain.deployments import DeploymentRecord
from longshore.domain.executions import PipelineRecord, Timeline
from longshore.domain.stages import StageRecord, StageSnapshot, TargetRecord
from longshore.usecases.ports import Changes

R = TypeVar("R", StageRecord, TargetRecord, DeploymentRecord, Timeline, PipelineRecord)


def next_version(record: R) -> R:
    """Return a record as it is written: under the version after the one it was read with."""
    return replace(record, version=record.version + 1)


def after(snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
    """Return the stage as a reading after the transition would show it."""
    stage = next_version(changes.stage or snapshot.stage)
    consumed = {intent.id for intent in changes.consumed}
    return replace(
        snapshot,
        stage=stage,
        targets=_targets(snapshot, changes),
        deployment=_deployment(stage, snapshot, changes),
        intents=tuple(intent for intent in snapshot.intents if intent.id not in consumed),
    )


def in_order(targets: tuple[TargetRecord, ...]) -> tuple[TargetRecord, ...]:
    """Return targets in the order in which the ledger keeps them."""
    return tuple(sorted(targets, key=lambda target: target.service.key))


def _targets(snapshot: StageSnapshot, changes: Changes) -> tuple[TargetRecord, ...]:
    written = {target.service: next_version(target) for target in changes.targets}
    kept = {target.service: target for target in snapshot.targets}
    return in_order(tuple((kept | written).values()))


def _deployment(
    stage: StageRecord, snapshot: StageSnapshot, changes: Changes
) -> DeploymentRecord | None:
    """Return the record of the deployment under way, None where there is none."""
    written = (changes.deployment, changes.finished)
    candidates = [next_version(record) for record in written if record is not None]
    candidates += [snapshot.deployment] if snapshot.deployment is not None else []
    return next((record for record in candidates if record.number == stage.current), None)
