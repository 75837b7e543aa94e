"""Work out which release a service already runs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from longshore.decide.rendering import (
    UnknownContainerError,
    containers_of,
    managed_containers,
)
from longshore.decide.versions import Range, parse_version
from longshore.domain.configuration import StageImage, TargetSpec
from longshore.domain.observations import TaskDefinition
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore.domain.references import pinned_digest
from longshore.domain.releases import RegistryImage, Release, ReleasedImage


def running_by_alias(
    definition: TaskDefinition,
    target: TargetSpec,
    images: Sequence[StageImage],
    running: Callable[[], Mapping[str, str]],
) -> dict[str, str]:
    """Return the digest that a service runs for each alias.

    The definition says it where it pins digests; where it names tags, only the running tasks can
    (`running` is asked then): what the tag names now may be something else. An alias whose
    containers run different digests, or none, is left out.
    """
    repositories = {image.alias: image.repository for image in images}
    try:
        managed = managed_containers(definition, target, repositories)
    except UnknownContainerError:
        return {}
    pinned = {name: pinned_digest(containers_of(definition)[name]) for name in managed}
    seen = running() if None in pinned.values() else {}
    digests: dict[str, set[str | None]] = {}
    for name, alias in managed.items():
        digests.setdefault(alias, set()).add(pinned[name] or seen.get(name))
    return {
        alias: digest
        for alias, found in digests.items()
        if len(found) == 1 and (digest := next(iter(found))) is not None
    }


def common_digests(
    targets: Sequence[Mapping[str, str]], images: Sequence[StageImage]
) -> dict[str, str] | None:
    """Return the one digest of each alias, None when targets differ or one is known to nobody."""
    common: dict[str, str] = {}
    for image in images:
        found = {digests[image.alias] for digests in targets if image.alias in digests}
        if len(found) != 1:
            return None
        common[image.alias] = found.pop()
    return common


def name_image(image: StageImage, digest: str, found: RegistryImage | None) -> ReleasedImage:
    """Return a running digest under the tag that people would call it by."""
    tags = found.tags if found else ()
    return ReleasedImage(
        image.alias,
        image.repository,
        digest,
        _best_tag(image, tags),
        found.pushed_at if found else None,
    )


def newest(image: StageImage, found: Sequence[ReleasedImage]) -> ReleasedImage:
    """Return the newest of several images under one alias, as its policy sees it."""
    if isinstance(image.selection, SemverPolicy):
        versions = [(v, each) for each in found if (v := parse_version(each.tag or "")) is not None]
        if versions:
            return max(versions, key=lambda pair: pair[0])[1]
    dated = [(each.pushed_at, each) for each in found if each.pushed_at is not None]
    return max(dated, key=lambda pair: pair[0])[1] if dated else found[0]


def is_pushed_after(candidate: Release, live: Release | None, moment: datetime) -> bool:
    """Whether all that a candidate would change was pushed after a moment."""
    unchanged = {image.digest for image in live.images} if live else set()
    changed = [image for image in candidate.images if image.digest not in unchanged]
    return all(image.pushed_at is not None and image.pushed_at > moment for image in changed)


def _best_tag(image: StageImage, tags: Sequence[str]) -> str | None:
    match image.selection:
        case TagPolicy(tag) if tag in tags:
            return tag
        case SemverPolicy(text):
            return _highest(Range.parse(text), tags) or min(tags, default=None)
        case TagPolicy():
            return min(tags, default=None)


def _highest(wanted: Range, tags: Sequence[str]) -> str | None:
    versions = [
        (version, tag)
        for tag in tags
        if (version := parse_version(tag)) is not None and wanted.allows(version)
    ]
    return max(versions)[1] if versions else None
