"""Which release a stage is on, by what is known of its targets."""

from collections.abc import Mapping, Sequence

from longshore.decide.adoption import common_digests, name_image, newest
from longshore.domain.configuration import StageImage
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import TargetRecord
from longshore.usecases.ports import Registry
from longshore.usecases.round import Round


def running_release(round_: Round, targets: Sequence[TargetRecord]) -> Release | None:
    """Return the release that every target runs, None where they differ or it is unknown."""
    images, registry = round_.snapshot.spec.images, round_.ports.registry
    return counted_as_live(round_.stage.live, images, targets, registry)


def counted_as_live(
    known: Release | None,
    images: Sequence[StageImage],
    targets: Sequence[TargetRecord],
    registry: Registry,
) -> Release | None:
    """Return what counts as live once targets are adopted, where `known` counted so before.

    What another hand did between deployments changes nothing of it.
    """
    # A target that has been through a deployment is where that one left it, proven or not.
    fresh = [t for t in targets if known is None or t.deployment is None]
    if known is not None and (not fresh or _moved_repository(known, images)):
        return known
    if any(target.astray or target.left_astray or target.elsewhere for target in fresh):
        return None
    running = [dict(target.stable.digests) for target in fresh if target.stable]
    digests = common_digests(running, images)
    if digests is None or not _agrees(known, digests):
        return None
    return release_of(images, digests, known, registry)


def shared_release(round_: Round, targets: Sequence[TargetRecord]) -> Release | None:
    """Return the release that every target was read to run, whatever counted as live before."""
    if any(target.astray for target in targets):
        return None
    running = [dict(target.stable.digests) for target in targets if target.stable]
    images, live = round_.snapshot.spec.images, round_.stage.live
    digests = common_digests(running, images)
    return None if digests is None else release_of(images, digests, live, round_.ports.registry)


def release_of(
    images: Sequence[StageImage],
    digests: Mapping[str, str],
    known: Release | None,
    registry: Registry,
) -> Release:
    """Return running digests as a release, under the names that `known` or the registry has."""
    return Release.of(_named(registry, image, digests[image.alias], known) for image in images)


def _moved_repository(known: Release, images: Sequence[StageImage]) -> bool:
    """Whether an alias names another repository now: what runs was not built there."""
    before = {image.alias: image.repository for image in known.images}
    return any(before.get(i.alias, i.repository) != i.repository for i in images)


def _agrees(known: Release | None, digests: Mapping[str, str]) -> bool:
    if known is None:
        return True
    return all(digests.get(image.alias) == image.digest for image in known.images)


def _named(
    registry: Registry, image: StageImage, digest: str, known: Release | None
) -> ReleasedImage:
    before = known.image(image.alias) if known else None
    if before is not None and before.digest == digest and before.repository == image.repository:
        return before
    return name_image(image, digest, registry.image_by_digest(image.repository, digest))


def newest_running(round_: Round, targets: Sequence[TargetRecord]) -> Release | None:
    """Return the newest image of each alias that any target runs, None where none is known.

    Where targets differ there is no release to compare a later one with. Going below the newest of
    them would be going back.
    """
    running = [dict(target.stable.digests) for target in targets if target.stable]
    images, registry = [], round_.ports.registry
    for image in round_.snapshot.spec.images:
        digests = dict.fromkeys(d[image.alias] for d in running if image.alias in d)
        if digests:
            images.append(newest(image, [_named(registry, image, d, None) for d in digests]))
    return Release.of(images) if images else None
