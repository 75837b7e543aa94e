"""A repository: its images by digest, and which digest each tag names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from tests.simulation.cloud.images import refusals
from tests.simulation.cloud.images.manifests import Manifest

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, slots=True)
class Mutability:
    """Which tags may move; `exclusions` are patterns of the tags for which the rule is turned.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    """

    setting: str = "MUTABLE"
    exclusions: tuple[str, ...] = ()

    def may_move(self, tag: str) -> bool:
        """Whether a tag may be moved to another image."""
        excluded = any(fnmatchcase(tag, pattern) for pattern in self.exclusions)
        return self.setting.startswith("MUTABLE") is not excluded


@dataclass(frozen=True, slots=True)
class ExpiryRule:
    """A lifecycle rule of the kind imageCountMoreThan: the newest `keep` stay, the rest goes.

    `tag_status` is `any`, `tagged` or `untagged`; all untagged go with `untagged` and 0.
    """

    keep: int
    tag_status: str = "any"

    def concerns(self, image: "Image") -> bool:
        """Whether the rule counts an image."""
        return self.tag_status == "any" or (self.tag_status == "tagged") is bool(image.tags)


@dataclass(slots=True, eq=False)
class Image:
    """An image; `number` grows from one to the next that was pushed, the time says it roughly."""

    manifest: Manifest
    number: int
    pushed_at: datetime
    tags: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The digest of its manifest."""
        return self.manifest.digest


@dataclass(slots=True, eq=False)
class Repository:
    """One repository of one registry."""

    name: str
    registry: str
    created_at: datetime
    mutability: Mutability
    images: dict[str, Image] = field(default_factory=dict)
    tags: dict[str, Image] = field(default_factory=dict)
    pushed: int = 0

    def check(self, manifest: Manifest, tag: str | None) -> None:
        """Raise ApiError where a push is refused."""
        if tag is not None and not _TAG.fullmatch(tag):
            raise refusals.invalid("imageTag", f"must satisfy regular expression '{_TAG.pattern}'")
        missing = [child for child in manifest.children if child not in self.images]
        if missing:
            raise refusals.no_children(missing, self.name, self.registry)
        there = self.images.get(manifest.digest)
        if there is not None and (tag is None or tag in there.tags):
            raise refusals.image_exists(manifest.digest, tag, self.name, self.registry)
        if tag in self.tags and not self.mutability.may_move(tag):
            raise refusals.tag_exists(tag, self.name)

    def put(self, manifest: Manifest, tag: str | None, now: datetime) -> Image:
        """Keep an image under a tag, which no other image has from now on.

        The time is that of the first push: tagging a digest again makes nothing newer.
        """
        image = self.images.get(manifest.digest)
        if image is None:
            self.pushed += 1
            image = Image(manifest, self.pushed, now.replace(microsecond=0))
            self.images[manifest.digest] = image
        if tag is not None:
            before = self.tags.get(tag)
            if before is not None:
                before.tags.remove(tag)
            self.tags[tag] = image
            image.tags.append(tag)
        return image

    def untag(self, tag: str) -> None:
        """Take a tag away; the image stays."""
        self.tags.pop(tag).tags.remove(tag)

    def remove(self, image: Image) -> None:
        """Take an image away, with its tags."""
        for tag in image.tags:
            del self.tags[tag]
        del self.images[image.digest]

    def find(self, digest: object, tag: object) -> Image | None:
        """Return the image of a digest, of a tag, or of both where they belong together."""
        if digest is None:
            return self.tags.get(str(tag))
        image = self.images.get(str(digest))
        return None if image is None or (tag is not None and tag not in image.tags) else image

    def why_kept(self, digest: object, tag: object) -> tuple[str, str] | None:
        """Return why an image cannot be deleted, as a code and in words; None when it can."""
        if digest is None and tag is None:
            reason = "Invalid request parameters: both tag and digest cannot be null"
            return "MissingDigestAndTag", reason
        image = self.find(digest, tag)
        if image is None:
            if tag is not None and digest is not None and self.find(digest, None) is not None:
                return "ImageTagDoesNotMatchDigest", "Tag does not match the digest"
            return "ImageNotFound", "Requested image not found"
        holders = self.indexes_of(image)
        if holders and (tag is None or len(image.tags) == 1):
            reason = f"Requested image referenced by manifest list: [{', '.join(holders)}]"
            return "ImageReferencedByManifestList", reason
        return None

    def indexes_of(self, image: Image) -> list[str]:
        """Return the digests of the indexes that name an image."""
        return [
            other.digest
            for other in self.images.values()
            if other.manifest.children and image.digest in other.manifest.children
        ]

    def expired(self, rule: ExpiryRule) -> Sequence[Image]:
        """Return the images that a rule removes, oldest first; an index keeps its children."""
        counted = [image for image in self.images.values() if rule.concerns(image)]
        counted.sort(key=lambda image: (image.pushed_at, image.number), reverse=True)
        return list(self._removable(reversed(counted[rule.keep :])))

    def _removable(self, images: Iterable[Image]) -> Iterable[Image]:
        return (image for image in images if not self.indexes_of(image))
