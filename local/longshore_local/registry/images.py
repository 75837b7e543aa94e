"""Pushes an image without an engine: a configuration, one small layer and the manifest of both.

The blobs are pushed as `docker push` does, for the emulator keeps nothing of UploadLayerPart.

https://github.com/opencontainers/image-spec/blob/main/manifest.md
https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.request import Request, urlopen

from longshore_local.cloud.clients import Cloud

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
PATIENCE = 10.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class ImageContent:
    """What makes an image: its files, annotations in its manifest, labels in its configuration."""

    files: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


def push_image(cloud: Cloud, repository: str, tag: str, content: ImageContent) -> str:
    """Put an image into a repository under a tag; return its digest."""
    layer = _tar(content.files)
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Labels": dict(content.labels)},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
        }
    ).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _descriptor(CONFIG, config),
        "layers": [_descriptor(LAYER, layer)],
        "annotations": dict(content.annotations),
    }
    for blob in (config, layer):
        _upload(cloud, repository, blob)
    return _put(cloud, repository, tag, json.dumps(manifest))


def add_tag(cloud: Cloud, repository: str, digest: str, tag: str) -> None:
    """Put an image that is in the repository under one more tag."""
    _put(cloud, repository, tag, manifest_of(cloud, repository, digest))


def manifest_of(cloud: Cloud, repository: str, digest: str) -> str:
    """Return the manifest that a digest names, an empty text when the repository has none."""
    found = cloud.ecr.batch_get_image(
        repositoryName=repository,
        imageIds=[{"imageDigest": digest}],
        acceptedMediaTypes=[MANIFEST, DOCKER_MANIFEST],
    )
    return next((one.get("imageManifest", "") for one in found.get("images", [])), "")


def digest_of(content: bytes) -> str:
    """Return the digest that addresses content in a registry."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _put(cloud: Cloud, repository: str, tag: str, manifest: str) -> str:
    cloud.ecr.put_image(
        repositoryName=repository,
        imageManifest=manifest,
        imageManifestMediaType=MANIFEST,
        imageTag=tag,
    )
    return digest_of(manifest.encode())


def _upload(cloud: Cloud, repository: str, blob: bytes) -> None:
    """Push a blob in a single request."""
    address = f"{cloud.endpoint}/v2/{repository}/blobs/uploads/?digest={digest_of(blob)}"
    headers = {"Content-Type": "application/octet-stream"}
    request = Request(address, blob, headers, method="POST")  # noqa: S310 - our own loopback address
    with urlopen(request, timeout=PATIENCE):  # noqa: S310 - our own loopback address
        pass


def _descriptor(media_type: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "digest": digest_of(blob), "size": len(blob)}


def _tar(files: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, text in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return target.getvalue()
