"""Take a stage over as it is: what runs becomes stable, and nothing moves.

This happens whenever a configuration is seen for the first time, also after a lost ledger: then,
too, what runs is taken as right. What the policies choose by then is held back only
where the new configuration changed how images are chosen, or what is known to run.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from longshore.decide.adoption import (
    is_pushed_after,
    running_by_alias,
)
from longshore.decide.selection import Chosen
from longshore.decide.support import refusal_of
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import Trigger, TriggerKind
from longshore.domain.holds import Allowance, Hold, HoldKind
from longshore.domain.observations import EcsService
from longshore.domain.outcomes import EventName
from longshore.domain.places import ServiceRef
from longshore.domain.releases import Release
from longshore.domain.stages import Stable, StageRecord, TargetRecord
from longshore.usecases.look_at_registry import look_at_registry
from longshore.usecases.outbox import announce_stage
from longshore.usecases.ports import Changes
from longshore.usecases.round import A_WRITE, SLICE, Round
from longshore.usecases.running_release import newest_running, running_release


def adopt_stage(round_: Round) -> bool:
    """Adopt a configuration that the stage has not seen yet; return whether that is finished.

    At most ten services a round; the rest follows in the next.
    """
    if round_.stage.config >= round_.snapshot.config:
        return True
    fresh = [spec for spec in round_.snapshot.spec.targets if _is_to_be_read(round_, spec.service)]
    if not adopt_some(round_, fresh, partial(_read, round_)):
        return False
    _adopt_release(round_)
    return True


Read = Callable[[TargetSpec, EcsService | None], TargetRecord]
"""Returns the record of a target by a look at its service."""


def adopt_some(round_: Round, specs: Sequence[TargetSpec], read: Read) -> bool:
    """Adopt targets, at most ten; return whether these were all."""
    some = specs[:SLICE]
    if some:
        services = round_.observe(spec.service for spec in some)
        targets = tuple(read(spec, services[spec.service]) for spec in some)
        round_.commit(Changes(targets=targets))
    return len(specs) <= SLICE


def adopt_settled(round_: Round) -> None:
    """Adopt again what ECS was moving when it was adopted, once that has come to its end.

    Until then a release that fails takes it to what was proven before.
    """
    snapshot = round_.snapshot
    targets = ((spec, snapshot.target(spec.service)) for spec in snapshot.spec.targets)
    moving = [(spec, target) for spec, target in targets if target.astray and not target.deployment]
    if not moving:
        return
    services = round_.observe(spec.service for spec, _ in moving)
    settled = tuple(
        seen
        for spec, target in moving[:A_WRITE]
        if (service := services[spec.service]) is not None and service.settled
        if (seen := as_it_is(round_, spec, service, target)) != target
    )
    if settled:
        round_.commit(Changes(stage=_now_known(round_, settled), targets=settled))


def _now_known(round_: Round, settled: Sequence[TargetRecord]) -> StageRecord | None:
    """Return the stage as it turns out to be once nothing moves any more, None before that."""
    by_service = {target.service: target for target in settled}
    targets = [by_service.get(target.service, target) for target in round_.targets()]
    stage = round_.stage
    if stage.live is not None or any(target.astray or target.deployment for target in targets):
        return None
    live = running_release(round_, targets)
    if live is None:
        return replace(stage, found=newest_running(round_, targets))
    lifted = stage.hold is not None and stage.hold.content == live.content
    hold = None if lifted else stage.hold
    return replace(stage.proving(live), live=live, found=None, hold=hold)


def _is_to_be_read(round_: Round, service: ServiceRef) -> bool:
    """Whether it is not known what a target runs, of all that the configuration names.

    It never was adopted, was taken out meanwhile, or may run an image that was not named before.
    One that could not be adopted is looked at once for each configuration, or nobody would come
    past ten of them.
    """
    target = round_.snapshot.target(service)
    if target.config >= round_.snapshot.config:
        return False
    if target.stable is None:
        return target.deployment is None
    return bool(round_.stage.follows) and bool(_new_aliases(round_))


def _new_aliases(round_: Round) -> set[str]:
    before = {image.alias for image in round_.stage.follows}
    return {image.alias for image in round_.snapshot.spec.images} - before


def _read(round_: Round, spec: TargetSpec, service: EcsService | None) -> TargetRecord:
    target = replace(round_.snapshot.target(spec.service), config=round_.snapshot.config)
    if target.stable is None:
        return as_it_is(round_, spec, service, target)
    on_it = service is not None and service.settled
    if service is None or not on_it or service.last_completed != target.stable.revision:
        return target
    digests = dict(what_runs(round_, spec, service).digests) | dict(target.stable.digests)
    return replace(target, stable=replace(target.stable, digests=tuple(sorted(digests.items()))))


def as_it_is(
    round_: Round, spec: TargetSpec, service: EcsService | None, target: TargetRecord
) -> TargetRecord:
    """Return a target with the revision that ECS proved last; one that it is moving is astray.

    Nothing is known yet of a service that is not there, that cannot be deployed to, or that ECS has
    completed no deployment of.
    """
    if service is None or refusal_of(service) or not service.proven:
        return target
    proven = replace(service, task_definition=service.last_completed)
    return replace(target, stable=what_runs(round_, spec, proven), astray=not service.settled)


def what_runs(round_: Round, spec: TargetSpec, service: EcsService) -> Stable:
    """Return the revision that a service is on, with the digests that its tasks run."""
    ecs = round_.ports.ecs
    described = ecs.describe_revision(spec.service.home, service.task_definition)
    digests = running_by_alias(
        described.definition,
        spec,
        round_.snapshot.spec.images,
        lambda: ecs.running_digests(spec.service, described.arn),
    )
    return Stable(described.arn, tuple(sorted(digests.items())))


def _adopt_release(round_: Round) -> None:
    forget_left_out(round_)
    live, stage = running_release(round_, round_.targets()), round_.stage
    if live is not None and live != stage.live:  # what was live already may be unproven
        stage = stage.proving(live)
    stage = replace(
        stage,
        config=round_.snapshot.config,
        follows=round_.snapshot.spec.images,
        live=live,
        found=None if live else newest_running(round_, round_.targets()),
        observed=round_.snapshot.observing,
        would=stage.would if round_.snapshot.observing else None,
    )
    stage, reason = _kept_as_is(round_, stage)
    stage, told = announce_stage(stage, EventName.STAGE_ADOPTED, reason, round_.now)
    round_.commit(Changes(stage=stage, announcements=(told,)))


def forget_left_out(round_: Round) -> None:
    """Forget what is known of targets that the configuration has no more, some at a time.

    Others may move them from now on. What comes back one day is adopted as it is then.
    """
    named = {spec.service for spec in round_.snapshot.spec.targets}
    left = [
        TargetRecord(target.stage, target.service, sought=target.sought, version=target.version)
        for target in round_.snapshot.targets
        if target.service not in named and (target.stable or target.deployment)
    ]
    for start in range(0, len(left), A_WRITE):
        round_.commit(Changes(targets=tuple(left[start : start + A_WRITE])))


def _kept_as_is(round_: Round, stage: StageRecord) -> tuple[StageRecord, str]:
    """Hold back what the policies choose now, or let it through where that was asked for."""
    choice = look_at_registry(round_.snapshot.spec.images, round_.ports.registry).choice
    runs = f"what runs is adopted: {stage.live or 'no release that all services share'}"
    if not isinstance(choice, Chosen):
        return stage, f"{runs}; {choice.reason}"
    candidate = choice.release
    if candidate.content in _known_contents(round_, stage):
        return without_adopted_hold(stage), f"{runs}; that is what the policy chooses"
    if round_.snapshot.deploy_wanted and not round_.snapshot.observing:
        return let_through(round_, stage, candidate, runs)
    if why := _why_it_may_ship(round_, stage, candidate):
        return stage, f"{runs}; {why}"
    return hold_back(round_, stage, candidate, runs)


def without_adopted_hold(stage: StageRecord) -> StageRecord:
    """Return the stage without what an earlier adoption held back, which nobody chooses now."""
    if stage.hold is not None and stage.hold.kind is HoldKind.ADOPTED:
        return replace(stage, hold=None)
    return stage


def hold_back(
    round_: Round, stage: StageRecord, candidate: Release, runs: str
) -> tuple[StageRecord, str]:
    """Hold back what nobody asked for; `runs` says what is adopted."""
    reason = f"{runs}; {candidate} is not deployed until something newer is pushed or a person asks"
    if stage.hold is not None and stage.hold.content is None:
        return stage, f"{runs}; {stage.hold.told}"
    hold = Hold(HoldKind.ADOPTED, reason, round_.now, candidate.content, candidate)
    return replace(stage, hold=hold), reason


def let_through(
    round_: Round, stage: StageRecord, candidate: Release, runs: str
) -> tuple[StageRecord, str]:
    """Let through what was asked for with the configuration; `runs` says what is adopted."""
    trigger = Trigger(TriggerKind.APPLY, round_.snapshot.applied_by)
    allowed = replace(stage, hold=None, allowance=Allowance(candidate.content, trigger))
    return allowed, f"{runs}; {candidate} is deployed, as asked for with the configuration"


def _why_it_may_ship(round_: Round, stage: StageRecord, candidate: Release) -> str | None:
    """Return why a candidate is left to the usual decision, None where it is held back first."""
    before = round_.stage
    if (before.live, before.follows) == (stage.live, stage.follows):
        return "images are chosen as before"
    if is_pushed_after(candidate, stage.live, round_.snapshot.applied_at):
        return f"{candidate} was pushed since, and ships"
    return None


def _known_contents(round_: Round, stage: StageRecord) -> set[str]:
    flight = round_.snapshot.deployment
    releases = (stage.live, flight.release if flight else None)
    return {release.content for release in releases if release is not None}
