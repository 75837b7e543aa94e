"""Observe a stage: look at what others make of it, and tell what would be deployed.

Nothing is changed in ECS. Whoever tries Longshore goes on with the tool they had; so what runs is
read again whenever ECS shows another deployment, and nobody else's move is anything to complain of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from longshore.decide.promotion import Deploy, Stay
from longshore.domain.configuration import TargetSpec
from longshore.domain.holds import Hold, HoldKind, Would
from longshore.domain.observations import EcsService
from longshore.domain.outcomes import EventName, Outcome
from longshore.domain.places import ServiceRef
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord, TargetRecord
from longshore.events.outbound import would_detail
from longshore.usecases.adopt_stage import as_it_is
from longshore.usecases.outbox import announce_stage
from longshore.usecases.ports import Changes
from longshore.usecases.round import SLICE, Round
from longshore.usecases.running_release import newest_running, shared_release

OBSERVED = (
    "it is only observed, and nothing is changed in ECS: set `mode: deploy` for it in "
    "longshore.yaml, then `longshore apply`"
)
"""Why what a person asks of an observing stage is declined, and what they can do about it."""

SWEEP_EVERY = 15 * 60
"""Seconds between two sweeps: as often a stage is looked at where nothing happens."""


def see_what_runs(round_: Round) -> bool:
    """Bring an observing stage up to what its services run; return whether that is finished.

    At most ten services a round, the rest follows in the next. Who was read, and nobody knows what
    they run, are looked at again where there is room, and keep nothing waiting. A deployment that
    was under way when the stage began to observe goes on to its end first.
    """
    if not round_.snapshot.observing or round_.snapshot.deployment is not None:
        return True
    specs = round_.snapshot.spec.targets
    services = round_.observe(spec.service for spec in specs)
    moved = [spec for spec in specs if _has_moved(round_, services, spec)]
    unknown = [s for s in specs if s not in moved and _is_unknown(round_, services, s)]
    some = [*moved, *_in_turn(unknown, round_.now)][:SLICE]
    seen = tuple(_seen(round_, spec, services[spec.service]) for spec in some)
    changed = tuple(target for target in seen if target != round_.snapshot.target(target.service))
    is_all = len(moved) <= SLICE
    if changed:
        stage = _with_what_is_live(round_, changed) if is_all else None
        round_.commit(Changes(stage=stage, targets=changed))
    return is_all


def tell_would(round_: Round, move: Deploy) -> Stay:
    """Tell what would be deployed, once for each choice; return that the stage stays."""
    reason = f"observing: would deploy {move.release} because {move.reason}"
    told, stage = round_.stage.would, round_.stage
    if told is None or told.release.content != move.release.content:
        would = Would(move.release, move.reason, round_.now)
        stage, announced = announce_stage(
            replace(stage, would=would), EventName.STAGE_WOULD_DEPLOY, reason, round_.now
        )
        more = would_detail(would, before=stage.live)
        announced = replace(announced, detail={**announced.detail, **more})
        round_.commit(Changes(stage=stage, announcements=(announced,)))
    return Stay(reason, Outcome.HELD)


def forget_would(round_: Round, candidate: Release | None) -> None:
    """Forget what would have been deployed, once it would not be any more.

    What somebody else has deployed just so is kept in mind: it is told no second time.
    """
    would, live = round_.stage.would, round_.stage.live
    if would is None:
        return
    came_true = live is not None and live.content == would.release.content
    if not (came_true and candidate is not None and candidate.content == would.release.content):
        round_.commit(Changes(stage=replace(round_.stage, would=None)))


def _has_moved(
    round_: Round, services: Mapping[ServiceRef, EcsService | None], spec: TargetSpec
) -> bool:
    """Whether ECS has brought a service to something that was not read yet.

    A deployment of the same revision counts too: where that names a tag it may run another digest.
    """
    service, target = services[spec.service], round_.snapshot.target(spec.service)
    if service is None or service.primary is None or not service.settled:
        return False
    return target.seen != service.primary.id


def _is_unknown(
    round_: Round, services: Mapping[ServiceRef, EcsService | None], spec: TargetSpec
) -> bool:
    """Whether nobody knows which digests a service runs, as without tasks where it names a tag."""
    service, stable = services[spec.service], round_.snapshot.target(spec.service).stable
    return service is not None and service.settled and stable is not None and not stable.digests


def _in_turn(unknown: Sequence[TargetSpec], now: datetime) -> Sequence[TargetSpec]:
    """Return these in another order with each sweep, so that each comes first one day."""
    sweeps = int(now.timestamp()) // SWEEP_EVERY
    first = sweeps * SLICE % max(1, len(unknown))
    return [*unknown[first:], *unknown[:first]]


def _seen(round_: Round, spec: TargetSpec, service: EcsService | None) -> TargetRecord:
    """Return a target as its service is now: of what was known, only what is sought goes on."""
    old = round_.snapshot.target(spec.service)
    anew = TargetRecord(
        old.stage, old.service, sought=old.sought, config=old.config, version=old.version
    )
    read = as_it_is(round_, spec, service, replace(anew, ledger=old.ledger))
    known = read if read.stable is not None else old
    primary = service.primary if service is not None else None
    return replace(known, seen=primary.id if primary is not None else None)


def _with_what_is_live(round_: Round, changed: Sequence[TargetRecord]) -> StageRecord:
    """Return the stage with the release that its services share by now."""
    by_service = {target.service: target for target in changed}
    targets = [by_service.get(target.service, target) for target in round_.targets()]
    stage, live = round_.stage, shared_release(round_, targets)
    if live is not None and live.content == _content(stage.live):
        return stage
    proven = stage.proving(live) if live is not None else stage
    found = None if live else newest_running(round_, targets)
    return replace(proven, live=live, found=found, hold=_still_held(stage, live))


def _still_held(stage: StageRecord, live: Release | None) -> Hold | None:
    """Return the hold that stays although something else runs now.

    What was held at adoption waits for something newer or a person, until it runs. Any other hold
    is decided anew, by what runs now.
    """
    hold = stage.hold
    if hold is None or hold.kind is not HoldKind.ADOPTED or hold.content == _content(live):
        return None
    return hold


def _content(release: Release | None) -> str | None:
    return release.content if release is not None else None
