"""The images of a stage: whether they are there and stay, whether pushes are heard. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from longshore.decide.word import way_back
from longshore.domain.configuration import StageImage
from longshore.domain.places import Home
from longshore.domain.policies import TagPolicy
from longshore.domain.releases import ReleasedImage
from longshore.domain.stages import StageSnapshot
from longshore_cli.doctor.findings import Check, Finding
from longshore_cli.doctor.lifecycle import Fate, Rule, StoredImage, fate_of
from longshore_cli.wording import count_of, span

SOON = timedelta(days=7)
FEW_PUSHES = 5
"""What a lifecycle policy does within so many pushes, or so much time, is worth a warning."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A repository at one moment: its images by digest, and the rules of its lifecycle policy."""

    images: Mapping[str, StoredImage]
    rules: Sequence[Rule]
    now: datetime

    def fate(self, image: StoredImage) -> Fate | None:
        """Return what becomes of an image in the state that is given."""
        return fate_of(image, self.rules, list(self.images.values()), self.now)


@dataclass(frozen=True, slots=True)
class KeptImage:
    """An image that a stage cannot do without: it is `live`, `stable`, a `rollback target`."""

    image: ReleasedImage
    uses: tuple[str, ...]

    def __str__(self) -> str:
        """Return what the image is to the stage, and which it is."""
        return f"{' and '.join(self.uses)} {self.image}"


def kept_images(snapshot: StageSnapshot) -> Sequence[KeptImage]:
    """Return each digest that a stage runs or would go back to, once."""
    stage = snapshot.stage
    releases = {
        "live": stage.live or stage.found,
        "stable": stage.stable,
        "rollback target": way_back(snapshot),
    }
    found: dict[tuple[str, str], KeptImage] = {}
    for use, release in releases.items():
        for image in release.images if release else ():
            key = (str(image.repository), image.digest)
            known = found.get(key, KeptImage(image, ()))
            found[key] = replace(known, uses=(*known.uses, use))
    return list(found.values())


def judge_presence(
    check: Check, stage: str, kept: KeptImage, images: Mapping[str, StoredImage]
) -> Finding:
    """Say whether the registry still has an image; `images` is by digest."""
    stored = images.get(kept.image.digest)
    fails = "new tasks cannot start" if "live" in kept.uses else "a rollback to it would fail"
    if stored is None:
        return check.problem(
            f"{kept} is no longer in {kept.image.repository.name}: {fails}",
            f"push {kept.image.digest} again, or bring another one: longshore deploy {stage} TAG",
        )
    if stored.archived:
        return check.problem(
            f"{kept} is archived in {kept.image.repository.name} and cannot be pulled: {fails}",
            "restore it: aws ecr update-image-storage-class --repository-name "
            f"{kept.image.repository.name} --image-id imageDigest={kept.image.digest} "
            "--target-storage-class STANDARD",
        )
    return check.ok(f"{kept} is in {kept.image.repository.name}")


def judge_lifecycle(
    check: Check, kept: KeptImage, shelf: Shelf, followed: StageImage | None
) -> Finding:
    """Say what the repository's policy will do to an image, now and when its tag moves on."""
    stored = shelf.images[kept.image.digest]
    repository = kept.image.repository.name
    change = (
        f"keep it: change the rule, or tag the image so that it does not meet it; aws ecr "
        f"get-lifecycle-policy --repository-name {repository}"
    )
    fate = shelf.fate(stored)
    if fate is not None and fate.due:
        return check.problem(_sentence(fate, kept), change)
    if fate is not None and fate.soon(FEW_PUSHES, SOON):
        return check.warning(_sentence(fate, kept), change)
    moved = _when_moved(stored, followed)
    later = shelf.fate(moved) if moved else None
    if later is not None and later.soon(FEW_PUSHES, SOON):
        return check.warning(
            f"once its tag moves on, {_sentence(later, kept)}: a rollback to it would then fail",
            change,
        )
    coming = [each for each in (fate, later) if each is not None]
    if not coming:
        return check.ok(f"no rule of {repository} takes {kept} away")
    return check.ok("; ".join(_sentence(each, kept) for each in coming))


def _when_moved(stored: StoredImage, followed: StageImage | None) -> StoredImage | None:
    """Return the image without the tag that the stage follows, None where none would be lost."""
    if followed is None or not isinstance(followed.selection, TagPolicy):
        return None
    left = tuple(tag for tag in stored.tags if tag != followed.selection.tag)
    return replace(stored, tags=left) if left != stored.tags else None


def _sentence(fate: Fate, kept: KeptImage) -> str:
    does = "archives" if fate.archives else "expires"
    if fate.due:
        when = "within a day"
    elif fate.wait is not None:
        when = f"in {span(fate.wait)}"
    else:
        when = f"after {count_of(fate.pushes or 0, 'more push', 'more pushes')}"
    whose = f"the lifecycle policy of {kept.image.repository.name}"
    return f"rule {fate.priority} of {whose} {does} {kept} {when}"


def judge_tag(check: Check, image: StageImage, repository: Mapping[str, Any]) -> Finding:
    """Say whether a tag that a stage follows can move at all."""
    name = image.repository.name
    if not isinstance(image.selection, TagPolicy):
        return check.ok(f"{image.alias} follows {image.selection} in {name}")
    if _is_fixed(image.selection.tag, repository):
        return check.warning(
            f"{image.alias} follows the tag {image.selection.tag}, which cannot move: tags of "
            f"{name} are immutable, so nothing newer is ever chosen",
            "follow versions (semver) in longshore.yaml, or exempt the tag: aws ecr "
            f"put-image-tag-mutability --repository-name {name} --image-tag-mutability "
            f"IMMUTABLE_WITH_EXCLUSION --image-tag-mutability-exclusion-filters "
            f"filterType=WILDCARD,filter={image.selection.tag}",
        )
    return check.ok(f"{image.alias} follows the tag {image.selection.tag}, which can move")


def _is_fixed(tag: str, repository: Mapping[str, Any]) -> bool:
    """Whether a repository keeps a tag where it is; exclusions turn its rule round."""
    mutability = str(repository.get("imageTagMutability", "MUTABLE"))
    filters = repository.get("imageTagMutabilityExclusionFilters") or ()
    excluded = any(fnmatchcase(tag, str(each.get("filter"))) for each in filters)
    return mutability.startswith("IMMUTABLE") != (excluded and mutability.endswith("_EXCLUSION"))


def judge_reach(check: Check, images: Sequence[StageImage], home: Home) -> Iterator[Finding]:
    """Say whether pushes are heard of: EventBridge rules hear their own account and region."""
    for image in images:
        there = image.repository.home
        if (there.account, there.region) != (home.account, home.region):
            yield check.warning(
                f"{image.repository.name} lies in account {there.account}, region {there.region}: "
                "its pushes are not heard here, and only the sweep, every 15 min, finds them",
                "replicate the repository into the installation's account and region, and name "
                "the replica in longshore.yaml",
            )
        else:
            yield check.ok(f"pushes to {image.repository.name} are heard of")
