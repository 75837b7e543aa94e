"""Images and the releases made of them."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from longshore.domain.places import RepositoryRef

INDEX_MEDIA_TYPES = frozenset(
    {
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.index.v1+json",
    }
)
"""Manifests that stand for an image on several platforms."""


@dataclass(frozen=True, slots=True)
class RegistryImage:
    """What a registry says of one digest: its tags and when it was pushed.

    ECR keeps the push time per digest, not per tag, so tagging an old digest again does not make
    it newer. `media_type` is that of the artifact where the registry knows it; charts, signatures
    and caches lie in repositories beside images and must never be deployed.
    """

    digest: str
    tags: tuple[str, ...]
    pushed_at: datetime | None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class ReleasedImage:
    """One image of a release; `tag` is how people call it, `digest` is what runs."""

    alias: str
    repository: RepositoryRef
    digest: str
    tag: str | None = None
    pushed_at: datetime | None = None

    @property
    def reference(self) -> str:
        """The image as a task definition must name it: `repository@sha256:…`."""
        return f"{self.repository.uri}@{self.digest}"

    def __str__(self) -> str:
        """Return `tag (short digest)`, as people talk of it."""
        return f"{self.tag or 'untagged'} ({short_digest(self.digest)})"


@dataclass(frozen=True, slots=True)
class Release:
    """An immutable set of images, one an alias."""

    images: tuple[ReleasedImage, ...]

    @classmethod
    def of(cls, images: Iterable[ReleasedImage]) -> Self:
        """Make a release; the order in which images are given does not matter."""
        return cls(tuple(sorted(images, key=lambda image: image.alias)))

    @property
    def id(self) -> str:
        """Twelve hex digits from the release's content, tags included.

        Both tag and digest belong to the identity: without the tag a deliberate tagging is lost,
        without the digest a tag pushed again is.
        """
        return _hash([[i.alias, str(i.repository), i.tag, i.digest] for i in self.images])

    @property
    def content(self) -> str:
        """Twelve hex digits from what would run, whatever it is called.

        A second tag on a digest is an alias and changes nothing here, so a veto holds for it too.
        """
        return _hash([[i.alias, str(i.repository), i.digest] for i in self.images])

    @property
    def running(self) -> frozenset[tuple[str, str, str]]:
        """What would run, image by image, whatever it is called: alias, repository and digest."""
        return frozenset((i.alias, str(i.repository), i.digest) for i in self.images)

    def image(self, alias: str) -> ReleasedImage | None:
        """Return the image under an alias, None when the release has none."""
        return next((image for image in self.images if image.alias == alias), None)

    def __str__(self) -> str:
        """Return the images as people talk of them."""
        if len(self.images) == 1:
            return str(self.images[0])
        return ", ".join(f"{image.alias} {image}" for image in self.images)


def short_digest(digest: str) -> str:
    """Return the first twelve characters of a digest, without its algorithm."""
    return digest.partition(":")[2][:12] or digest


def _hash(parts: object) -> str:
    canonical = json.dumps(parts, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
