"""Veto a release by a person's word, or lift a veto, also one that a failure left."""

from collections.abc import Sequence
from dataclasses import replace

from longshore.decide.promotion import Stay
from longshore.decide.vetoes import decide_veto, vetoes_of
from longshore.domain.actors import name_actor
from longshore.domain.holds import Veto
from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventName
from longshore.domain.releases import Release, ReleasedImage
from longshore.usecases.begin_wanted import decline
from longshore.usecases.round import Round
from longshore.usecases.write_word import write_word


def hear_vetoes(round_: Round, intents: Sequence[Intent]) -> None:
    """Keep a release from this stage, unless the stage is on it."""
    for intent in intents:
        veto = _veto(round_, intent)
        if stay := decide_veto(round_.snapshot, veto):
            decline(round_, intent, stay)
            continue
        stage = round_.stage.vetoing(veto)
        if stage.allowance is not None and stage.allowance.content == veto.content:
            stage = replace(stage, allowance=None)  # who vetoes it has the last word
        write_word(
            round_, intent, stage, EventName.STAGE_VETOED, f"{veto.release} is vetoed: {veto.told}"
        )


def hear_unvetoes(round_: Round, intents: Sequence[Intent]) -> None:
    """Lift the veto of a release, whoever gave it."""
    for intent in intents:
        release = _named(round_, intent)
        lifted = vetoes_of(round_.snapshot, release)
        if not lifted:
            decline(round_, intent, Stay(f"{release} is not vetoed"))
            continue
        left = tuple(veto for veto in round_.stage.vetoes if veto not in lifted)
        reason = f"{name_actor(intent.actor)} lifted the veto of {release}: {intent.reason}"
        stage = replace(round_.stage, vetoes=left)
        write_word(round_, intent, stage, EventName.STAGE_UNVETOED, reason)


def _veto(round_: Round, intent: Intent) -> Veto:
    release = _named(round_, intent)
    reason = f"{name_actor(intent.actor)} vetoed it: {intent.reason}"
    return Veto(release.content, release, reason, intent.at, intent.actor, intent.until)


def _named(round_: Round, intent: Intent) -> Release:
    """Return what the person named; no registry need have it, now or any more."""
    repositories = {image.alias: image.repository for image in round_.snapshot.spec.images}
    return Release.of(
        ReleasedImage(image.alias, repositories[image.alias], image.digest, image.tag)
        for image in intent.images
        if image.alias in repositories
    )
