"""Deploy the images that a person or a pipeline names, whatever the policies choose."""

from collections.abc import Sequence

from longshore.decide.pipeline_word import decide_pipeline
from longshore.decide.promotion import Stay, declined
from longshore.decide.selection import Chosen, is_runnable
from longshore.decide.word import decide_deploy, standing
from longshore.domain.configuration import StageImage
from longshore.domain.errors import NotPermitted, Refused
from longshore.domain.holds import HoldKind
from longshore.domain.intents import Intent, WantedImage
from longshore.domain.outcomes import Outcome
from longshore.domain.releases import Release, ReleasedImage, short_digest
from longshore.usecases.begin_wanted import Left, begin_wanted, decline
from longshore.usecases.look_at_registry import Look
from longshore.usecases.round import Round


class NotThereError(Exception):
    """What a person asked for cannot be deployed; the text says why."""


def hear_deploys(round_: Round, intents: Sequence[Intent], look: Look) -> None:
    """Begin, or decline, each deployment that was asked for."""
    for intent in intents:
        try:
            _hear(round_, intent, look)
        except NotThereError as error:
            decline(round_, intent, declined(str(error)))


def _hear(round_: Round, intent: Intent, look: Look) -> None:
    wanted = wanted_release(round_, intent.images, look)
    if intent.origin is not None:
        _hear_pipeline(round_, intent, wanted)
        return
    move = decide_deploy(round_.snapshot, wanted)
    chosen = isinstance(look.choice, Chosen) and look.choice.release.content == wanted.content
    hold = None if chosen else HoldKind.DEPLOYED
    if isinstance(move, Stay):
        is_there = move.outcome is Outcome.DUPLICATE
        decline(round_, intent, move, hold if is_there else None)
        return
    begin_wanted(round_, intent, move, Left(round_.stage, hold))


def _hear_pipeline(round_: Round, intent: Intent, wanted: Release) -> None:
    """Begin what a pipeline asks for; it leaves no hold, for the next execution shall pass."""
    move = decide_pipeline(round_.snapshot, wanted)
    if isinstance(move, Stay):
        decline(round_, intent, move)
    else:
        begin_wanted(round_, intent, move, Left(round_.stage))


def wanted_release(round_: Round, wanted: Sequence[WantedImage], look: Look) -> Release:
    """Return the release that is wanted: an image that was not named stays as it is."""
    named = {image.alias: image for image in wanted}
    unknown = named.keys() - {image.alias for image in round_.snapshot.spec.images}
    if unknown:
        raise NotThereError(f"the stage has no image {', '.join(sorted(unknown))}")
    return Release.of(
        _find(round_, image, named[image.alias])
        if image.alias in named
        else _kept(round_, image, look)
        for image in round_.snapshot.spec.images
    )


def _find(round_: Round, image: StageImage, wanted: WantedImage) -> ReleasedImage:
    name = f"{wanted.tag or 'untagged'} ({short_digest(wanted.digest)})"
    where = image.repository.name
    try:
        found = round_.ports.registry.image_by_digest(image.repository, wanted.digest)
    except (NotPermitted, Refused) as error:
        raise NotThereError(f"{name} could not be looked for in {where}: {error}") from error
    if found is None:
        raise NotThereError(f"{name} is not in the repository {where}")
    if not is_runnable(found):
        raise NotThereError(f"{name} in {where} is nothing that a task can run")
    tag = wanted.tag if wanted.tag in found.tags else next(iter(found.tags), None)
    return ReleasedImage(image.alias, image.repository, found.digest, tag, found.pushed_at)


def _kept(round_: Round, image: StageImage, look: Look) -> ReleasedImage:
    """Return the image that stays: what the stage is on or, where nobody knows that, the choice."""
    chosen = look.choice.release if isinstance(look.choice, Chosen) else None
    for release in (standing(round_.snapshot), chosen):
        known = release.image(image.alias) if release else None
        if known is not None and known.repository == image.repository:
            return known
    raise NotThereError(f"nobody knows what {image.alias} runs: name its image too")
