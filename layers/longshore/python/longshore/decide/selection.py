"""Choose the images that a stage's policies name among what a registry holds.

Candidates, then the policy's filter, then a strict order with a tie-break that does not depend on
the order in which the registry lists. Whether the stage moves there is another question
(`decide.promotion`): a choice is never compared with what runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from longshore.decide.versions import Range, Version, parse_version
from longshore.domain.configuration import StageImage
from longshore.domain.policies import SemverPolicy, TagPolicy
from longshore.domain.releases import INDEX_MEDIA_TYPES, RegistryImage, Release, ReleasedImage

RUNNABLE_MEDIA_TYPES = INDEX_MEDIA_TYPES | {
    "application/vnd.docker.container.image.v1+json",
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
}
"""What a task can run. Charts, signatures, attestations and caches have other artifact types."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The release that the policies name."""

    release: Release


@dataclass(frozen=True, slots=True)
class NothingToChoose:
    """At least one image has no candidate, so there is no release."""

    reason: str


Choice = Chosen | NothingToChoose


def choose(images: Sequence[StageImage], listings: Mapping[str, Sequence[RegistryImage]]) -> Choice:
    """Choose one image for each alias; `listings` holds what the registry has, by alias.

    For a tag policy the listing is the image that the tag names, or nothing. All or nothing: a
    release made of some of the images would be one that nobody asked for.
    """
    chosen: list[ReleasedImage] = []
    for image in images:
        pick = _pick(image, [c for c in listings.get(image.alias, ()) if is_runnable(c)])
        if pick is None:
            return NothingToChoose(_nothing(image))
        chosen.append(pick)
    return Chosen(Release.of(chosen))


def is_runnable(image: RegistryImage) -> bool:
    """Whether a task could run this; where the registry does not say, it is taken as an image."""
    return image.media_type is None or image.media_type in RUNNABLE_MEDIA_TYPES


def _pick(image: StageImage, candidates: Sequence[RegistryImage]) -> ReleasedImage | None:
    match image.selection:
        case TagPolicy(tag):
            named = next((c for c in candidates if tag in c.tags), None)
            return _released(image, named, tag) if named else None
        case SemverPolicy(text):
            return _highest(image, candidates, Range.parse(text))


def _highest(
    image: StageImage, candidates: Sequence[RegistryImage], wanted: Range
) -> ReleasedImage | None:
    """Return the highest version; of equal ones (`1.2.3`, `v1.2.3`) the later push, then text."""
    versions: list[tuple[tuple[Version, datetime, str], RegistryImage]] = [
        ((version, candidate.pushed_at or _BEGINNING, tag), candidate)
        for candidate in candidates
        for tag in candidate.tags
        if (version := parse_version(tag)) is not None and wanted.allows(version)
    ]
    if not versions:
        return None
    (_, _, tag), winner = max(versions, key=lambda pair: pair[0])
    return _released(image, winner, tag)


def _released(image: StageImage, found: RegistryImage, tag: str) -> ReleasedImage:
    return ReleasedImage(image.alias, image.repository, found.digest, tag, found.pushed_at)


def _nothing(image: StageImage) -> str:
    where = f"repository {image.repository.name}"
    match image.selection:
        case TagPolicy(tag):
            return f"{where} has no image tagged {tag!r}"
        case SemverPolicy():
            return f"{where} has no image whose tag is a version in {image.selection}"
