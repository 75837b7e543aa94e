"""What holds of any step from one moment of the ledger to the next."""

from dataclasses import fields
from typing import TypeVar

from longshore.domain.deployments import DeploymentRecord
from longshore.domain.stages import StageRecord, TargetRecord
from tests.simulation.machine.graphs import PHASE_STEPS
from tests.simulation.machine.vault import View

R = TypeVar("R", StageRecord, TargetRecord, DeploymentRecord)

_MAY_CHANGE = frozenset(
    {
        "phase",
        "reason",
        "deadline_at",
        "returning_since",
        "finished_at",
        "failure",
        "announced",
        "version",
    }
)
"""What may change of a deployment; the rest says what was asked for."""


def nothing_is_lost(before: View, now: View) -> None:
    """Hold that records stay, and that what was told or ended stays as it was."""
    assert before.outcomes.items() <= now.outcomes.items(), "an outcome changed"
    for key, told in before.announcements.items():
        assert now.announcements.get(key) == told, f"{told.id} changed"
    assert before.targets.keys() <= now.targets.keys()
    assert before.deployments.keys() <= now.deployments.keys()


def records_move_on(before: View, now: View) -> None:
    """Hold that versions only grow, and that what is over never changes."""
    _moves_on(before.stage, now.stage)
    assert before.stage.latest <= now.stage.latest
    assert before.stage.config <= now.stage.config
    for service, target in before.targets.items():
        _moves_on(target, now.targets[service])
    for number, deployment in before.deployments.items():
        after = now.deployments[number]
        if deployment.phase.terminal:
            assert after == deployment, f"{deployment.name} changed after its end"
        _moves_on(deployment, after)
        _goes_along(deployment, after)


def _moves_on(before: R, after: R) -> None:
    """Hold that a record either is what it was or has the next version."""
    if before != after:
        assert after.version == before.version + 1, f"{before} became {after}"


def _goes_along(before: DeploymentRecord, after: DeploymentRecord) -> None:
    if before.phase is not after.phase:
        assert after.phase in PHASE_STEPS[before.phase], f"from {before.phase} to {after.phase}"
    for name in (each.name for each in fields(before) if each.name not in _MAY_CHANGE):
        assert getattr(before, name) == getattr(after, name), f"{name} of {before.name} changed"
