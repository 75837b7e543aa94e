"""Pin a stage to a release by a person's word, and unpin it.

What is pinned stays: nothing else ships by itself, and no other release is deployed by hand. Where
another release is pinned than the present one it is brought first, and the pin is written with the
beginning of that deployment. A rollback ends a pin, for a way back must never be barred, and so
does the failure of the pinned release.
"""

from collections.abc import Sequence
from dataclasses import replace

from longshore.decide.pins import Keep, Seen, decide_pin, known_release
from longshore.decide.promotion import Deploy, Stay, declined
from longshore.domain.actors import name_actor
from longshore.domain.holds import Pin
from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventName
from longshore.domain.releases import Release
from longshore.usecases.begin_wanted import Left, begin_wanted, decline
from longshore.usecases.bring_wanted import NotThereError, wanted_release
from longshore.usecases.images_gone import images_gone
from longshore.usecases.look_at_registry import Look
from longshore.usecases.observe_stage import OBSERVED
from longshore.usecases.round import Round
from longshore.usecases.write_word import write_word


def hear_pins(round_: Round, intents: Sequence[Intent], look: Look | None = None) -> None:
    """Pin the stage as was asked; images are looked up, a release by its id needs no look."""
    for intent in intents:
        try:
            _pin(round_, intent, _wanted(round_, intent, look))
        except NotThereError as error:
            decline(round_, intent, declined(str(error)))


def hear_unpins(round_: Round, intents: Sequence[Intent]) -> None:
    """End the pin that the person saw."""
    for intent in intents:
        pin = round_.stage.pin
        if pin is None:
            decline(round_, intent, Stay("it was not pinned"))
        elif intent.pinned != pin.release.id:
            reason = f"the stage is {pin.told} meanwhile: look again, and ask again if need be"
            decline(round_, intent, declined(reason))
        else:
            reason = f"{name_actor(intent.actor)} unpinned it: {intent.reason}"
            stage = replace(round_.stage, pin=None)
            write_word(round_, intent, stage, EventName.STAGE_UNPINNED, reason)


def _wanted(round_: Round, intent: Intent, look: Look | None) -> Release:
    if look is not None and intent.images:
        return wanted_release(round_, intent.images, look)
    known = known_release(round_.snapshot, intent.to)
    if known is None:
        raise NotThereError(f"the stage knows no release {intent.to}: name an image of it")
    return known


def _pin(round_: Round, intent: Intent, wanted: Release) -> None:
    seen = Seen(intent.leaving, intent.pinned)
    move = decide_pin(round_.snapshot, wanted, seen, intent.until)
    match move:
        case Stay():
            decline(round_, intent, move)
        case Keep(release=release):
            pin = _pin_of(intent, release)
            stage = replace(round_.stage.without_veto(release), pin=pin, allowance=None)
            write_word(round_, intent, stage, EventName.STAGE_PINNED, pin.told)
        case Deploy():
            _bring(round_, intent, move)


def _bring(round_: Round, intent: Intent, move: Deploy) -> None:
    """Begin what brings the stage to the pinned release, unless something stands against that."""
    if refusal := _barred(round_, move.release):
        decline(round_, intent, declined(refusal))
        return
    pin = _pin_of(intent, move.release)
    stage = replace(round_.stage, pin=pin)
    left = Left(stage, told=((EventName.STAGE_PINNED, pin.told),))
    begin_wanted(round_, intent, move, left)


def _barred(round_: Round, release: Release) -> str:
    snapshot = round_.snapshot
    if snapshot.observing:
        return f"{snapshot.stage.id}: {OBSERVED}"
    if snapshot.freeze is not None:
        return f"{snapshot.freeze.told}; `longshore rollback` passes a freeze"
    return images_gone(round_, release)


def _pin_of(intent: Intent, release: Release) -> Pin:
    return Pin(release, intent.actor, intent.reason, intent.at, intent.until)
