"""Keep what an event tells of a stopped task: words for a failure, never a reason to act."""

from collections.abc import Sequence
from dataclasses import replace

from longshore.domain.stages import TargetRecord
from longshore.domain.wakeups import StopEvidence, Wakeup
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round


def keep_evidence(round_: Round, wakeups: Sequence[Wakeup]) -> None:
    """Remember the first stopped task of each target's rollout; later ones say the same."""
    told = {w.evidence.ecs_deployment_id: w.evidence for w in wakeups if w.evidence is not None}
    if not told or round_.snapshot.deployment is None:
        return
    kept = tuple(_with(target, told) for target in round_.targets() if _lacks(target, told))
    if kept:
        round_.commit(Changes(targets=kept))


def _lacks(target: TargetRecord, told: dict[str, StopEvidence]) -> bool:
    return target.stopped is None and target.forward.ecs_deployment_id in told


def _with(target: TargetRecord, told: dict[str, StopEvidence]) -> TargetRecord:
    return replace(target, stopped=told[target.forward.ecs_deployment_id or ""].task)
