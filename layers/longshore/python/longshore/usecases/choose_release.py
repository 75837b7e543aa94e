"""Decide by a look at the registry whether the stage moves, and write the decision down."""

from collections.abc import Sequence
from dataclasses import replace

from longshore.decide.promotion import Deploy, HoldBack, Move, Stay, decide_move
from longshore.decide.selection import NothingToChoose
from longshore.domain.deployments import Trigger, TriggerKind
from longshore.domain.holds import Hold, HoldKind
from longshore.domain.outcomes import EventName, Outcome
from longshore.domain.releases import Release
from longshore.domain.wakeups import Wakeup
from longshore.usecases.hear_wishes import hear_wishes
from longshore.usecases.look_at_registry import Look
from longshore.usecases.observe_stage import forget_would, tell_would
from longshore.usecases.outbox import announce_stage
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round
from longshore.usecases.start_deployment import start_deployment


def choose_release(round_: Round, look: Look, wakeups: Sequence[Wakeup]) -> Move:
    """Bring the stage's decision up to date with a look at the registry; return the move."""
    hear_wishes(round_, look)
    choice = look.choice
    if isinstance(choice, NothingToChoose):
        forget_would(round_, None)
        return Stay(choice.reason, Outcome.REJECTED)
    move = decide_move(round_.snapshot, choice.release)
    match move:
        case Deploy() if round_.snapshot.observing:
            return tell_would(round_, move)
        case Deploy():
            start_deployment(round_, move, _trigger(round_, move.release, wakeups))
        case HoldBack():
            _hold(round_, move)
        case Stay():
            _forget_moved_back(round_, choice.release)
    forget_would(round_, choice.release)
    return move


def _trigger(round_: Round, release: Release, wakeups: Sequence[Wakeup]) -> Trigger:
    """Say what made this release come: a person's word, pushes that told of it, or the sweep."""
    allowance = round_.stage.allowance
    if allowance is not None and allowance.content == release.content:
        return allowance.trigger
    digests = {image.digest for image in release.images}
    told = [w for w in wakeups if w.announced is not None and w.announced.digest in digests]
    events = tuple(event for wakeup in told for event in wakeup.events)
    return Trigger(TriggerKind.PUSH if events else TriggerKind.SWEEP, None, events)


def _hold(round_: Round, move: HoldBack) -> None:
    """Name what keeps a release back and tell it, once for each release."""
    held = round_.stage.hold
    if held is not None and (held.kind, held.content) == (move.kind, move.release.content):
        return
    hold = Hold(move.kind, move.reason, round_.now, move.release.content, move.release)
    stage = replace(round_.stage, hold=hold)
    stage, told = announce_stage(stage, EventName.STAGE_HELD, move.reason, round_.now)
    round_.commit(Changes(stage=stage, announcements=(told,)))


def _forget_moved_back(round_: Round, candidate: Release) -> None:
    """Lift the hold of a tag that was moved back, once it keeps nothing back any more."""
    stage, flight = round_.stage, round_.snapshot.deployment
    if stage.hold is None or stage.hold.kind is not HoldKind.MOVED_BACK:
        return
    is_live = flight is None and stage.live is not None and stage.live.content == candidate.content
    if is_live or not stage.hold.covers(candidate):
        round_.commit(Changes(stage=replace(stage, hold=None)))
