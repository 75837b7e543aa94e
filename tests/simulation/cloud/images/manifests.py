"""Image manifests: what ECR reads of one, and some to push."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from longshore.domain.releases import INDEX_MEDIA_TYPES
from tests.simulation.cloud.images import refusals

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_IMAGE = "application/vnd.docker.container.image.v1+json"
OCI_IMAGE = "application/vnd.oci.image.config.v1+json"
SIGNATURE = "application/vnd.dev.cosign.simplesigning.v1+json"

KEPT = 4096
"""Many worlds push the same images: each is read once."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as ECR sees it; `children` are the digests that an index names."""

    text: str
    digest: str
    media_type: str
    artifact_type: str | None
    size: int
    children: tuple[str, ...]
    subject: str | None
    layer_types: frozenset[str]

    @property
    def is_index(self) -> bool:
        """Whether it stands for an image on several platforms."""
        return self.media_type in INDEX_MEDIA_TYPES

    @property
    def can_run(self) -> bool:
        """Whether it is an image: a signature of cosign's looks like one but for its layers."""
        image = self.artifact_type in {DOCKER_IMAGE, OCI_IMAGE} and self.subject is None
        return self.is_index or (image and SIGNATURE not in self.layer_types)


@lru_cache(KEPT)
def read_manifest(text: str, given_type: str | None = None) -> Manifest:
    """Read a manifest; `given_type` is what the caller says it is.

    Raises ApiError for one that ECR does not take: no JSON object, or of no known type.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise refusals.no_json() from error
    if not isinstance(document, dict):
        raise refusals.no_json()
    media_type = document.get("mediaType") or given_type
    if not isinstance(media_type, str) or given_type not in {None, media_type}:
        raise refusals.no_media_type()
    config = _table(document, "config")
    layers = _tables(document, "layers")
    return Manifest(
        text=text,
        digest=digest_of(text),
        media_type=media_type,
        artifact_type=_text(document, "artifactType") or _text(config, "mediaType"),
        size=sum(int(str(part.get("size", 0))) for part in (*layers, config)),
        children=tuple(str(child["digest"]) for child in _tables(document, "manifests")),
        subject=_text(_table(document, "subject"), "digest"),
        layer_types=frozenset(str(layer.get("mediaType")) for layer in layers),
    )


def digest_of(manifest: str) -> str:
    """Return the digest by which a manifest is known."""
    return f"sha256:{sha256(manifest.encode()).hexdigest()}"


@lru_cache(KEPT)
def make_manifest(number: int) -> str:
    """Return the manifest of an image for one platform, another one for each number."""
    layer = f"sha256:{sha256(str(number).encode()).hexdigest()}"
    return _written(
        {
            "schemaVersion": 2,
            "mediaType": DOCKER,
            "config": {"mediaType": DOCKER_IMAGE, "size": 7023, "digest": layer},
            "layers": [{"mediaType": "application/x-tar", "size": 32654, "digest": layer}],
        }
    )


@lru_cache(KEPT)
def make_index(*manifests: str) -> str:
    """Return the manifest of an image for several platforms, of these manifests."""
    platforms = ("amd64", "arm64", "s390x", "ppc64le")
    children = [
        {
            "mediaType": read_manifest(manifest).media_type,
            "digest": digest_of(manifest),
            "size": len(manifest),
            "platform": {"os": "linux", "architecture": platforms[place % len(platforms)]},
        }
        for place, manifest in enumerate(manifests)
    ]
    return _written({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children})


@lru_cache(KEPT)
def make_signature(digest: str) -> str:
    """Return the manifest of a signature as cosign pushes it, under a tag made of the digest."""
    layer = digest_of(digest)
    return _written(
        {
            "schemaVersion": 2,
            "mediaType": OCI,
            "config": {"mediaType": OCI_IMAGE, "size": 233, "digest": layer},
            "layers": [{"mediaType": SIGNATURE, "size": 252, "digest": layer}],
        }
    )


def _written(document: Mapping[str, object]) -> str:
    return json.dumps(document, separators=(",", ":"))


def _tables(document: Mapping[str, object], name: str) -> Sequence[Mapping[str, object]]:
    found = document.get(name)
    items = found if isinstance(found, list) else []
    return [item for item in items if isinstance(item, Mapping)]


def _table(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(document: Mapping[str, object], name: str) -> str | None:
    found = document.get(name)
    return found if isinstance(found, str) else None
