"""Take a stage over anew whose record is a copy from a backup: nothing moves by that.

Such a record is from before what happened last. A release that failed meanwhile would be tried
again, and a service would be returned to what was verified long ago. So what runs is taken as
right, as on the first day, and the policies' present choice waits for something newer or a person.
"""

from dataclasses import replace

from longshore.decide.adoption import common_digests
from longshore.decide.selection import Chosen
from longshore.decide.support import refusal_of
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.observations import EcsService, RolloutState
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.releases import Release
from longshore.domain.stages import Hold, HoldKind, Stable, StageRecord, TargetRecord
from longshore.usecases.adopt_stage import release_of, what_runs
from longshore.usecases.look_at_registry import look_at_registry
from longshore.usecases.outbox import announce_deployment, announce_stage
from longshore.usecases.ports import Changes
from longshore.usecases.round import SLICE, Round

_WHY = "the ledger was restored from a backup"


def adopt_restored(round_: Round) -> bool:
    """Adopt what runs, at most ten services a round; return whether that is finished."""
    snapshot = round_.snapshot
    copied = [
        spec
        for spec in snapshot.spec.targets
        if snapshot.target(spec.service).ledger != snapshot.ledger
    ]
    if copied:
        _adopt_targets(round_, copied[:SLICE])
    if len(copied) > SLICE:
        return False
    _adopt_release(round_)
    return True


def _adopt_targets(round_: Round, specs: list[TargetSpec]) -> None:
    services = round_.observe(spec.service for spec in specs)
    adopted = tuple(_adopted(round_, spec, services[spec.service]) for spec in specs)
    round_.commit(Changes(targets=adopted))


def _adopted(round_: Round, spec: TargetSpec, service: EcsService | None) -> TargetRecord:
    """Return the target with what it runs; one that is on its way somewhere has gone astray."""
    copy = round_.snapshot.target(spec.service)
    anew = TargetRecord(
        copy.stage,
        copy.service,
        sought=copy.sought,
        ledger=round_.snapshot.ledger,
        version=copy.version,
    )
    if service is None or refusal_of(service):
        return anew
    settled = service.primary is not None and service.primary.rollout is RolloutState.COMPLETED
    return replace(anew, stable=_last_proven(round_, spec, service), astray=not settled)


def _last_proven(round_: Round, spec: TargetSpec, service: EcsService) -> Stable:
    proven = replace(service, task_definition=service.last_completed)
    return what_runs(round_, spec, proven)


def _adopt_release(round_: Round) -> None:
    """End what the copy has under way, and write down where the stage is."""
    snapshot, live = round_.snapshot, _running(round_)
    stage = replace(
        round_.stage,
        config=snapshot.config,
        follows=snapshot.spec.images,
        live=live,
        stable=live,
        current=None,
        allowance=None,
        due_at=None,
        ledger=snapshot.ledger,
    )
    stage, reason = _held(round_, stage)
    ended, told = _ended(round_)
    stage, adopted = announce_stage(stage, EventName.STAGE_ADOPTED, reason, round_.now)
    round_.commit(Changes(stage=stage, finished=ended, announcements=(*told, adopted)))


def _running(round_: Round) -> Release | None:
    """Return the release that every target runs, None where they differ or it is unknown."""
    running = [dict(target.stable.digests) for target in round_.targets() if target.stable]
    digests = common_digests(running, round_.snapshot.spec.images)
    return None if digests is None else release_of(round_, digests, None)


def _held(round_: Round, stage: StageRecord) -> tuple[StageRecord, str]:
    """Hold back what the policies choose now, unless it is what runs."""
    choice = look_at_registry(round_.snapshot.spec.images, round_.ports.registry).choice
    runs = f"{_WHY}; what runs is adopted: {stage.live or 'no release that all services share'}"
    if not isinstance(choice, Chosen):
        return stage, f"{runs}; {choice.reason}"
    candidate = choice.release
    if stage.live is not None and stage.live.content == candidate.content:
        return stage, f"{runs}; that is what the policy chooses"
    reason = f"{runs}; {candidate} is not deployed until something newer is pushed or a person asks"
    if stage.hold is not None and stage.hold.content is None:
        return stage, f"{runs}; held ({stage.hold.kind}): {stage.hold.reason}"
    hold = Hold(HoldKind.ADOPTED, reason, round_.now, candidate.content, candidate)
    return replace(stage, hold=hold), reason


def _ended(round_: Round) -> tuple[DeploymentRecord | None, tuple[Announcement, ...]]:
    """Return the end of the deployment that the copy has under way: nobody knows what became."""
    flight = round_.snapshot.deployment
    if flight is None:
        return None, ()
    reason = f"{_WHY}; what the services run now is adopted"
    ended = replace(flight, phase=Phase.ABORTED, reason=reason, finished_at=round_.now)
    ended, told = announce_deployment(ended, EventName.DEPLOYMENT_ABORTED, round_.now)
    return ended, (told,)
