"""`longshore deploy`: bring a stage to images that a person names, whatever its policies choose."""

from collections.abc import Iterator, Mapping, Sequence

from longshore.decide.promotion import Stay
from longshore.decide.selection import Chosen, is_runnable
from longshore.decide.word import decide_deploy, standing
from longshore.domain.configuration import StageImage
from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import Outcome
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageSnapshot
from longshore.events.ecr import DIGEST, TAG
from longshore.events.outbound import release_detail
from longshore.usecases.look_at_registry import look_at_registry
from longshore.usecases.ports import Registry
from longshore_cli.access import Access, Place, aws_in_sentences
from longshore_cli.answer import Asked, tell
from longshore_cli.control import Control
from longshore_cli.errors import CommandError, UsageError
from longshore_cli.installation import find_installation
from longshore_cli.ledger_view import LedgerView
from longshore_cli.status import parse_stage
from longshore_cli.wish import Wish, ask, refused


def run_deploy(place: Place, images: Sequence[str], wish: Wish) -> None:
    """Look up what is named, ask control for just that, and say what follows."""
    stage, wanted = wish.stage, parse_stage(wish.stage)
    with aws_in_sentences():
        access = Access(place)
        installation = find_installation(access)
        ledger = LedgerView(access, installation)
        snapshot = ledger.existing(wanted)
        named = Release.of(find_images(access.registry, snapshot, images))
        another = _is_another(access.registry, snapshot, named)
        is_there = _check_needed(snapshot, named, another=another)
        body = [{"alias": i.alias, "digest": i.digest, "tag": i.tag} for i in named.images]
        reason = wish.reason.strip() or f"deploy {' '.join(images)}"
        control = Control(access, installation)
        intent = ask(control, wanted, IntentKind.DEPLOY, reason, images=body)
    held = another or snapshot.stage.paused is not None
    told: dict[str, object] = {"stage": stage, "intent": intent, "reason": reason, "held": held}
    told |= {"release": release_detail(named)}
    does = "is kept on" if is_there else "is being brought to"
    lines = (f"{stage} {does} {named}", *_kept(snapshot, another=another))
    asked = Asked(wanted, IntentKind.DEPLOY, intent, told, lines)
    tell(asked, wish.output, access, ledger, wish.watch)


def _kept(snapshot: StageSnapshot, *, another: bool) -> Iterator[str]:
    """Yield what keeps the stage from moving by itself after that, and what ends it."""
    kept = snapshot.stage.paused
    if kept is not None:
        yield f"{kept.told}; that stays until"
    elif another:
        yield "held: its policies choose otherwise, so it moves no more by itself until"
    if kept is not None or another:
        yield f"      longshore resume {snapshot.stage.id} --reason TEXT"


def find_images(
    registry: Registry, snapshot: StageSnapshot, images: Sequence[str]
) -> Iterator[ReleasedImage]:
    """Find what is named in the registry, as it is now: what a tag names may change."""
    known = {image.alias: image for image in snapshot.spec.images}
    for alias, name in by_alias(snapshot, known, images).items():
        yield find_image(registry, known[alias], name)


def by_alias(
    snapshot: StageSnapshot,
    known: Mapping[str, StageImage],
    images: Sequence[str],
    command: str = "deploy",
) -> Mapping[str, str]:
    """Return what each alias shall be, as it was typed for a command; raise UsageError."""
    names: dict[str, str] = {}
    for text in images:
        alias, equals, name = text.rpartition("=")
        if not equals and len(known) == 1:
            alias = next(iter(known))
        if alias not in known or alias in names or not name:
            ways = " ".join(f"{each}=TAG" for each in sorted(known))
            raise UsageError(
                f"{text!r} does not name one image of {snapshot.stage.id} once",
                next_step=f"longshore {command} {snapshot.stage.id} {ways}",
            )
        names[alias] = name
    return names


def find_image(registry: Registry, image: StageImage, name: str) -> ReleasedImage:
    """Return the image of a tag or digest; raise UsageError or CommandError where there is none."""
    where = image.repository
    by_digest = DIGEST.fullmatch(name) is not None
    if not by_digest and TAG.fullmatch(name) is None:
        raise UsageError(
            f"{name!r} is neither a tag nor a digest",
            next_step="name a tag, or a digest as sha256:<64 hex digits>",
        )
    look = registry.image_by_digest if by_digest else registry.image_by_tag
    found = look(where, name)
    if found is not None and not is_runnable(found):
        raise CommandError(
            f"{name} in {where.name} is nothing that a task can run: {found.media_type}",
            next_step="name the image, not what belongs to it",
        )
    if found is None:
        raise CommandError(
            f"{where.name} has no image {name}",
            next_step=f"aws ecr describe-images --repository-name {where.name} lists what it has",
        )
    tag = next(iter(found.tags), None) if by_digest else name
    return ReleasedImage(image.alias, where, found.digest, tag, found.pushed_at)


def _is_another(registry: Registry, snapshot: StageSnapshot, named: Release) -> bool:
    """Whether the policies choose something else for any of the images that are named."""
    choice = look_at_registry(snapshot.spec.images, registry).choice
    if not isinstance(choice, Chosen):
        return True
    whole = whole_release(snapshot, named, standing(snapshot) or choice.release)
    return whole.content != choice.release.content


def _check_needed(snapshot: StageSnapshot, named: Release, *, another: bool) -> bool:
    """Refuse what is so already, or what the stage would decline as it is now.

    What the policies would not choose is asked for all the same: then it is kept there. Returns
    whether that is all there is to do.
    """
    there = standing(snapshot)
    if there is None or snapshot.intents:
        return False
    move = decide_deploy(snapshot, whole_release(snapshot, named, there))
    declined = isinstance(move, Stay) and move.outcome is Outcome.REJECTED
    is_kept = another and snapshot.stage.paused is None
    if isinstance(move, Stay) and (declined or not is_kept):
        raise refused(snapshot.stage.id, move)
    return isinstance(move, Stay)


def whole_release(snapshot: StageSnapshot, named: Release, there: Release) -> Release:
    """Return the release that comes of it: an image that is not named stays as it is."""
    aliases = [image.alias for image in snapshot.spec.images]
    found = (named.image(alias) or there.image(alias) for alias in aliases)
    return Release.of(image for image in found if image is not None)
