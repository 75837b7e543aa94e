"""Take a stage over anew whose record is of another time: nothing moves by that.

A copy from a backup is from before what happened last: a release that failed meanwhile would be
tried again, and a service would be returned to what was verified long ago. So is the record of a
stage that had left the configuration, or was only observed: others may have moved its services.
What runs is taken as right, as on the first day, and the policies' present choice waits for
something newer or a person.
"""

from dataclasses import replace
from functools import partial

from longshore.decide.adoption import is_pushed_after
from longshore.decide.selection import Chosen
from longshore.domain.configuration import TargetSpec
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.intents import Intent
from longshore.domain.observations import EcsService
from longshore.domain.outcomes import Announcement, EventName, EventOutcome, Outcome
from longshore.domain.stages import StageRecord, TargetRecord
from longshore.usecases.adopt_stage import (
    adopt_some,
    as_it_is,
    forget_left_out,
    hold_back,
    let_through,
    without_adopted_hold,
)
from longshore.usecases.count_on import count_on
from longshore.usecases.look_at_registry import look_at_registry
from longshore.usecases.outbox import announce_deployment, announce_stage
from longshore.usecases.ports import Changes
from longshore.usecases.round import A_WRITE, Round
from longshore.usecases.running_release import newest_running, shared_release


def adopt_anew(round_: Round) -> bool:
    """Adopt what runs, at most ten services a round; return whether that is finished."""
    if round_.snapshot.restored:
        count_on(round_)
    snapshot = round_.snapshot
    old = [s for s in snapshot.spec.targets if _is_old(round_, snapshot.target(s.service))]
    if not adopt_some(round_, old, partial(_read, round_)):
        return False
    _adopt_release(round_)
    return True


def _is_old(round_: Round, target: TargetRecord) -> bool:
    snapshot = round_.snapshot
    first = snapshot.config if snapshot.unobserved else snapshot.since
    return target.ledger != snapshot.ledger or target.config < first


def _read(round_: Round, spec: TargetSpec, service: EcsService | None) -> TargetRecord:
    """Return a target with what it runs: of what was known, only what is sought goes on."""
    old = round_.snapshot.target(spec.service)
    anew = TargetRecord(
        old.stage,
        old.service,
        sought=old.sought,
        config=round_.snapshot.config,
        ledger=round_.snapshot.ledger,
        version=old.version,
    )
    return as_it_is(round_, spec, service, anew)


def _adopt_release(round_: Round) -> None:
    """End what the record has under way, and write down where the stage is."""
    forget_left_out(round_)
    _end_old_wishes(round_)
    snapshot, live = round_.snapshot, shared_release(round_, round_.targets())
    stage = replace(
        round_.stage.proving(live),
        config=snapshot.config,
        follows=snapshot.spec.images,
        live=live,
        found=None if live else newest_running(round_, round_.targets()),
        current=None,
        allowance=None,
        observed=snapshot.observing,
        would=None,
        due_at=None,
        ledger=snapshot.ledger,
    )
    stage, reason = _held(round_, stage)
    ended, told = _ended(round_)
    stage, adopted = announce_stage(stage, EventName.STAGE_ADOPTED, reason, round_.now)
    round_.commit(Changes(stage=stage, finished=ended, announcements=(*told, adopted)))


def _end_old_wishes(round_: Round) -> None:
    """End what people wanted before the restore: it may have been heard since the backup."""
    known = {"", round_.snapshot.ledger}
    old = [intent for intent in round_.snapshot.intents if intent.ledger not in known]
    for start in range(0, len(old), A_WRITE):
        some = tuple(old[start : start + A_WRITE])
        outcomes = tuple(_too_old(round_, intent) for intent in some)
        round_.commit(Changes(consumed=some, outcomes=outcomes))


def _too_old(round_: Round, intent: Intent) -> EventOutcome:
    reason = f"{_why(round_)} after {intent.told}; ask again if need be"
    return EventOutcome(intent.id, intent.stage, Outcome.REJECTED, reason, round_.now)


def _why(round_: Round) -> str:
    if round_.snapshot.restored:
        return "the ledger was restored from a backup"
    if round_.snapshot.unobserved:
        return "the stage was only observed till now"
    return "the stage had left the configuration"


def _held(round_: Round, stage: StageRecord) -> tuple[StageRecord, str]:
    """Hold back what the policies choose now, unless it runs or comes with the configuration."""
    choice = look_at_registry(round_.snapshot.spec.images, round_.ports.registry).choice
    live = stage.live or "no release that all services share"
    runs = f"{_why(round_)}; what runs is adopted: {live}"
    if not isinstance(choice, Chosen):
        return stage, f"{runs}; {choice.reason}"
    candidate = choice.release
    if stage.live is not None and stage.live.content == candidate.content:
        return without_adopted_hold(stage), f"{runs}; that is what the policy chooses"
    if _asked_since(round_):
        return let_through(round_, stage, candidate, runs)
    pushed_since = is_pushed_after(candidate, stage.live, round_.snapshot.applied_at)
    if pushed_since and not round_.snapshot.restored:
        return stage, f"{runs}; {candidate} was pushed since, and ships"
    return hold_back(round_, stage, candidate, runs)


def _asked_since(round_: Round) -> bool:
    """Whether the configuration wants its release deployed, and is no copy itself."""
    snapshot = round_.snapshot
    is_copy = snapshot.restored and snapshot.applied_in != snapshot.ledger
    return snapshot.deploy_wanted and not is_copy and not snapshot.observing


def _ended(round_: Round) -> tuple[DeploymentRecord | None, tuple[Announcement, ...]]:
    """Return the end of the deployment that the record has under way: nobody knows what became."""
    flight = round_.snapshot.deployment
    if flight is None:
        return None, ()
    reason = f"{_why(round_)}; what the services run now is adopted"
    ended = replace(flight, phase=Phase.ABORTED, reason=reason, finished_at=round_.now)
    ended, told = announce_deployment(ended, EventName.DEPLOYMENT_ABORTED, round_.now)
    return ended, (told,)
