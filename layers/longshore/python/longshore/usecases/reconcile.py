"""Reconcile one stage: read the ledger, the registry and ECS; decide; act; record.

Events, clocks and people all end here, and none of them is believed: they only say that a look is
worth while. The message group of the stage makes this the only writer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from longshore.decide.promotion import Deploy, Move
from longshore.domain.deployments import Phase
from longshore.domain.errors import (
    Conflict,
    LongshoreError,
    NotPermitted,
    Refused,
    Throttled,
    UnknownReply,
)
from longshore.domain.outcomes import EventOutcome, Outcome
from longshore.domain.places import StageId
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.adopt_anew import adopt_anew
from longshore.usecases.adopt_stage import adopt_settled, adopt_stage
from longshore.usecases.advance_deployment import advance_deployment, waits_for_a_call
from longshore.usecases.choose_release import choose_release
from longshore.usecases.come_again import come_again, go_on
from longshore.usecases.end_by_time import end_by_time, is_rung, keep_ends
from longshore.usecases.end_events import (
    ends_alike,
    ends_by_move,
    ends_by_verdict,
    unknown_stage,
    without_recorded,
)
from longshore.usecases.hear_wishes import hear_wishes
from longshore.usecases.keep_evidence import keep_evidence
from longshore.usecases.keep_time import put_timer_off
from longshore.usecases.look_at_registry import Look, look_at_registry
from longshore.usecases.observe_stage import see_what_runs
from longshore.usecases.recover_revisions import recover_revisions
from longshore.usecases.return_stage import advance_return
from longshore.usecases.round import OutOfTimeError, Ports, Round
from longshore.usecases.trouble import end_trouble, tell_trouble

READ_AGAIN_AFTER = (timedelta(seconds=10), timedelta(seconds=60))
"""When to read again what does not show yet what an event told of: both registry and ECS may lag
behind their own events. After that it is left to the sweep."""

OUTDATED_AFTER = timedelta(minutes=15)
"""A push whose event was lost is found by the sweep, which comes as often."""

_WORTH_A_LOOK_AT_THE_REGISTRY = frozenset({Hint.REGISTRY, Hint.PERSON, Hint.SWEEP})


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of a reconcile, for the log: one sentence, and the ends of the events."""

    stage: StageId
    summary: str
    outcomes: tuple[EventOutcome, ...] = ()


def reconcile(stage: StageId, wakeups: Sequence[Wakeup], ports: Ports) -> Reconciled:
    """Bring a stage one round further; several wake-ups of it make one round.

    What passes with time (throttling, a lost race, an unknown reply, too little time) ends
    normally and wakes the stage again later. Only what nobody expected is raised.
    """
    round_ = None
    try:
        snapshot = ports.ledger.read_stage(stage)
        if snapshot is None:
            return _unknown(stage, wakeups, ports)
        now = ports.clock.now()
        round_ = Round(ports, replace(snapshot, switch=snapshot.switch.at(now)), now)
        return _reconcile(round_, wakeups)
    except (Throttled, Conflict, UnknownReply, OutOfTimeError) as error:
        if round_ is not None:
            put_timer_off(round_)
        come_again(wakeups, error, ports, round_)
        return Reconciled(stage, f"{type(error).__name__}: {error}; looked at again later")


def _unknown(stage: StageId, wakeups: Sequence[Wakeup], ports: Ports) -> Reconciled:
    if any(Hint.TIMER in wakeup.hints for wakeup in wakeups):
        ports.ledger.silence(stage)
    now = ports.clock.now()
    reason, ends = unknown_stage(stage, wakeups, now)
    ports.ledger.end_wishes(stage, reason, now)
    return _record(ports, Reconciled(stage, reason, tuple(ends)))


def _reconcile(round_: Round, wakeups: Sequence[Wakeup]) -> Reconciled:
    ports, stage = round_.ports, round_.stage.id
    try:
        done = _work(round_, wakeups)
        keep_ends(round_)
    except (NotPermitted, Refused) as error:
        reason = f"what this stage runs, or should run, could not be read: {error}"
        tell_trouble(round_, reason)
        put_timer_off(round_)
        ends = ends_alike(wakeups, Outcome.FAILED, reason, round_.now)
        done = Reconciled(stage, reason, tuple(ends))
    go_on(round_, wakeups)
    return _record(ports, done)


def _record(ports: Ports, done: Reconciled) -> Reconciled:
    if done.outcomes:
        ports.ledger.record_outcomes(done.outcomes)
    return done


def _work(round_: Round, wakeups: Sequence[Wakeup]) -> Reconciled:
    keep_evidence(round_, wakeups)
    hints = frozenset[Hint]().union(*(wakeup.hints for wakeup in wakeups))
    if hints == {Hint.TASK}:
        return _judged(round_, wakeups)
    recover_revisions(round_)
    ended_by_time = end_by_time(round_) or is_rung(round_)
    if not (_adopt(round_) and see_what_runs(round_)):
        round_.ports.wakeups.send(wakeups)
        return Reconciled(round_.stage.id, "being read; the rest follows at once")
    adopt_settled(round_)
    hear_wishes(round_)
    flew = round_.snapshot.deployment is not None
    asked = ended_by_time or bool(hints & _WORTH_A_LOOK_AT_THE_REGISTRY)
    looks = asked or _may_be_outdated(round_)
    _advance(round_, drive=not looks)
    ended = flew and round_.snapshot.deployment is None
    if not (ended or looks):
        return _judged(round_, wakeups)
    look = _look(round_)
    end_trouble(round_)
    move = choose_release(round_, look, wakeups)
    _drive(round_)
    if ended or asked or isinstance(move, Deploy):
        return _moved(round_, wakeups, look, move)
    return _judged(round_, wakeups)


def _may_be_outdated(round_: Round) -> bool:
    """Whether services are still to be called for a release that is older than a sweep.

    Who waited for ECS all night shall not bring it yesterday's release first, then today's.
    """
    flight = round_.snapshot.deployment
    if flight is None or flight.phase is Phase.ROLLING_BACK:
        return False
    return round_.now - flight.started_at >= OUTDATED_AFTER and waits_for_a_call(round_)


def _look(round_: Round) -> Look:
    """Look at the registry; while it cannot be seen what is under way goes on."""
    try:
        return look_at_registry(round_.snapshot.spec.images, round_.ports.registry)
    except LongshoreError:
        hear_wishes(round_, away=True)
        _drive(round_)
        raise


def _drive(round_: Round) -> None:
    """Begin what was left until the registry had been looked at; a way back never waits."""
    flight = round_.snapshot.deployment
    if flight is not None and flight.phase is not Phase.ROLLING_BACK:
        _advance(round_)


def _adopt(round_: Round) -> bool:
    """Adopt the configuration; one that cannot be keeps nothing waiting that is under way."""
    round_.sign()
    snapshot = round_.snapshot
    if snapshot.restored or snapshot.came_back or snapshot.unobserved:
        return adopt_anew(round_)
    try:
        return adopt_stage(round_)
    except (Conflict, OutOfTimeError):
        raise
    except LongshoreError:
        hear_wishes(round_, away=True)
        _advance(round_)
        raise


def _advance(round_: Round, *, drive: bool = True) -> None:
    """Bring what is under way further; without `drive` nothing is begun on its way forward."""
    deployment = round_.snapshot.deployment
    if deployment is None:
        return
    if deployment.phase is Phase.ROLLING_BACK:
        advance_return(round_, deployment)
    else:
        advance_deployment(round_, deployment, drive=drive)


def _judged(round_: Round, wakeups: Sequence[Wakeup]) -> Reconciled:
    """End the events by what ECS showed; while that is nothing new, look again soon."""
    flight = round_.snapshot.deployment
    lagging = [] if round_.changed or flight is None else [w for w in wakeups if _tells_of_ecs(w)]
    _read_again(round_, lagging)
    ends = ends_by_verdict(round_, [w for w in wakeups if w not in lagging])
    summary = f"{flight.name} is {flight.phase}" if flight else "nothing is under way"
    return Reconciled(round_.stage.id, summary, tuple(ends))


def _tells_of_ecs(wakeup: Wakeup) -> bool:
    told = Hint.ECS in wakeup.hints and bool(wakeup.events) and wakeup.announced is None
    return told and wakeup.attempt < len(READ_AGAIN_AFTER)


def _read_again(round_: Round, wakeups: Sequence[Wakeup]) -> None:
    for wakeup in wakeups:
        later = replace(wakeup, attempt=wakeup.attempt + 1, busy=0)
        round_.ports.wakeups.send([later], delay=READ_AGAIN_AFTER[wakeup.attempt])


def _moved(round_: Round, wakeups: Sequence[Wakeup], look: Look, move: Move) -> Reconciled:
    """End the events by what was decided; a push that the registry does not show is looked for."""
    unseen = [wakeup for wakeup in wakeups if _unseen(wakeup, look, move)]
    _read_again(round_, unseen)
    seen = [wakeup for wakeup in wakeups if wakeup not in unseen]
    flight = round_.snapshot.deployment
    ends = without_recorded(
        ends_by_move(round_, seen, look.choice, move), flight.trigger.events if flight else ()
    )
    return Reconciled(round_.stage.id, move.reason, ends)


def _unseen(wakeup: Wakeup, look: Look, move: Move) -> bool:
    if wakeup.announced is None or isinstance(move, Deploy):
        return False
    later = wakeup.attempt < len(READ_AGAIN_AFTER)
    return later and wakeup.announced.digest not in look.digests
