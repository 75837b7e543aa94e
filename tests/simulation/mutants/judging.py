"""Weak verdicts and ways back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from longshore.decide.settlement import Done, Settlement, settle
from longshore.decide.verdict import judge
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import DeploymentRecord, Leg, LegState, Phase
from longshore.domain.failures import Failure
from longshore.domain.observations import EcsDeployment, EcsService, RolloutState
from longshore.domain.places import ServiceRef
from longshore.domain.stages import Stable, StageRecord, TargetRecord
from longshore.usecases import return_stage
from longshore.usecases.move_service import Way
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round
from tests.simulation.mutants.mutant import Mutant, Weaken, replacing, together

_end_returned = return_stage._end_returned  # noqa: SLF001  what the weak one does with the rest
_commit = Round.commit


def _judge_by_stable(leg: Leg, service: EcsService | None, now: datetime) -> Leg:
    """Take a service that is steady for a success, whatever it is steady on."""
    primary = service.primary if service else None
    waits = leg.state in {LegState.CALLING, LegState.ROLLING}
    if waits and primary and primary.rollout is RolloutState.COMPLETED:
        known = leg.ecs_deployment_id or primary.id
        return replace(
            leg, state=LegState.COMPLETED, ecs_deployment_id=known, reason="it is steady"
        )
    return judge(leg, service, now)


def _ours_whenever_begun(leg: Leg, service: EcsService) -> EcsDeployment | None:
    """Take any deployment of the revision for the one that was called for."""
    if leg.ecs_deployment_id is not None:
        return service.deployment(leg.ecs_deployment_id)
    return next((d for d in service.deployments if d.task_definition == leg.revision), None)


def _settled_by_one(targets: Sequence[TargetRecord]) -> Settlement:
    """Take the first service that came up for all of them."""
    if any(target.forward.state.good for target in targets):
        return Done()
    return settle(targets)


def _no_end(leg: Leg, deadline: timedelta, began: datetime, now: datetime) -> bool:
    del leg, deadline, began, now
    return False


def _keep_nothing_back(
    round_: Round, failed: DeploymentRecord, fault: object, failure: Failure
) -> StageRecord:
    del failed, fault, failure
    return round_.stage


def _only_the_failed(targets: Sequence[TargetRecord]) -> list[TargetRecord]:
    return [t for t in targets if t.must_return and t.forward.state is LegState.FAILED]


def _forward_again(
    round_: Round, deployment: DeploymentRecord, legs: Mapping[ServiceRef, Leg]
) -> None:
    """Take a way back that failed for a deployment that failed, and return from it."""
    if all(leg.state.good for leg in legs.values()):
        _end_returned(round_, deployment, legs)
        return
    targets = tuple(replace(t, forward=Leg(), backward=None) for t in round_.targets())
    again = replace(deployment, phase=Phase.PROGRESSING, reason="the way back failed")
    round_.commit(Changes(stage=round_.stage, deployment=again, targets=targets))


def _leave_as_found(round_: Round, spec: TargetSpec, leg: Leg, stable: Stable) -> Way:
    """Go back to the stable revision itself, which may name its images by tag."""
    del round_, spec
    return Way(replace(leg, revision=stable.revision), back=True)


def _commit_without_an_end(self: Round, changes: Changes) -> None:
    """Leave a deployment that has ended with its stage."""
    ended, stage = changes.deployment, changes.stage
    if ended is not None and ended.phase.terminal and stage is not None:
        changes = replace(
            changes, stage=replace(stage, current=ended.number, due_at=ended.deadline_at)
        )
    _commit(self, changes)


def _judging(rule: object) -> Weaken:
    return together(
        replacing("longshore.usecases.advance_deployment.judge", rule),
        replacing("longshore.usecases.return_stage.judge", rule),
        replacing("longshore.usecases.move_service.judge", rule),
    )


MUTANTS = (
    Mutant(
        "verdict-by-stable",
        "a service that is steady has come up, whatever deployment it is steady on",
        _judging(_judge_by_stable),
    ),
    Mutant(
        "any-deployment-is-ours",
        "after a lost reply a deployment that was there before the call is taken for ours",
        replacing("longshore.decide.verdict._ours", _ours_whenever_begun),
    ),
    Mutant(
        "stale-look-believed",
        "one look that does not show our deployment is enough",
        replacing("longshore.decide.verdict.STALE_FOR", timedelta()),
    ),
    Mutant(
        "one-service-speaks-for-all",
        "a deployment has succeeded when its first service has come up",
        replacing("longshore.usecases.advance_deployment.settle", _settled_by_one),
    ),
    Mutant(
        "no-deadline",
        "ECS may take for ever",
        replacing("longshore.usecases.keep_time.has_run_out", _no_end),
    ),
    Mutant(
        "failed-release-not-vetoed",
        "what failed is kept back by nothing",
        replacing("longshore.usecases.return_stage._kept_back", _keep_nothing_back),
    ),
    Mutant(
        "second-service-left-behind",
        "only the service that failed is returned",
        replacing("longshore.usecases.return_stage.to_return", _only_the_failed),
    ),
    Mutant(
        "rollback-rolled-back",
        "when the way back fails the way forward is gone again",
        replacing("longshore.usecases.return_stage._end_returned", _forward_again),
    ),
    Mutant(
        "way-back-by-tag",
        "a service goes back to its stable revision even where that names a tag",
        replacing("longshore.usecases.return_stage.prepare_back", _leave_as_found),
    ),
    Mutant(
        "terminal-goes-on",
        "a deployment that has ended stays with its stage and is worked on",
        replacing("longshore.usecases.round.Round.commit", _commit_without_an_end),
    ),
)
