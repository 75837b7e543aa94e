"""Go back to an earlier release by a person's word.

It is a deployment like others, but that it is never itself rolled back. What it leaves is vetoed,
and the stage moves no more by itself until somebody resumes it: else the next look at the registry
would undo it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from longshore.decide.promotion import Deploy, Stay, declined
from longshore.decide.word import decide_rollback, standing, ways_back
from longshore.domain.actors import name_actor
from longshore.domain.holds import HoldKind, Veto
from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventName
from longshore.domain.releases import Release
from longshore.domain.stages import StageRecord
from longshore.usecases.begin_wanted import Left, begin_wanted, decline
from longshore.usecases.images_gone import images_gone
from longshore.usecases.round import Round


def hear_rollbacks(round_: Round, intents: Sequence[Intent]) -> None:
    """Begin, or decline, each rollback that was asked for."""
    for intent in intents:
        move = decide_rollback(round_.snapshot, leaving=intent.leaving, to=intent.to)
        if isinstance(move, Deploy):
            move = _still_there(round_, intent, move)
        if isinstance(move, Stay):
            decline(round_, intent, move)
        else:
            _begin(round_, intent, move)


def _still_there(round_: Round, intent: Intent, move: Deploy) -> Deploy | Stay:
    """Return the way back to a release whose images the registry has.

    Where the person chose none, the next verified one does as well.
    """
    missing: list[str] = []
    for release in _candidates(round_, intent, move.release):
        gone = images_gone(round_, release)
        if not gone:
            reason = move.reason if not missing else _instead(round_, release, missing)
            return Deploy(release, reason)
        missing.append(gone)
    by_hand = f"`longshore deploy {intent.stage} TAG` brings any image that is there"
    return declined(f"{'; '.join(missing)}; {by_hand}")


def _candidates(round_: Round, intent: Intent, first: Release) -> Iterator[Release]:
    yield first
    if not intent.named:
        yield from (each for each in ways_back(round_.snapshot) if each.content != first.content)


def _instead(round_: Round, release: Release, missing: Sequence[str]) -> str:
    there = standing(round_.snapshot) or "what runs"
    return f"a person goes back from {there}: {'; '.join(missing)}, so to {release}"


def _begin(round_: Round, intent: Intent, move: Deploy) -> None:
    """Begin the way back; it ends a pin to another release, for it must never be barred."""
    stage, pin = _left(round_, intent), round_.stage.pin
    told: tuple[tuple[EventName, str], ...] = ()
    if pin is not None and not pin.covers(move.release):
        stage = replace(stage, pin=None)
        told = ((EventName.STAGE_UNPINNED, f"a rollback ends the pin: {pin.told}"),)
    begin_wanted(round_, intent, move, Left(stage, HoldKind.ROLLED_BACK, told))


def _left(round_: Round, intent: Intent) -> StageRecord:
    """Return the stage with a veto of the release that a rollback leaves."""
    stage, release = round_.stage, standing(round_.snapshot)
    if release is None:
        return stage
    reason = f"{name_actor(intent.actor)} went back from it: {intent.reason}"
    return stage.vetoing(Veto(release.content, release, reason, round_.now))
