"""The images of a build where no engine keeps them: in a file, and in the registry."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.request import urlopen

from longshore_local.cloud.clients import Cloud, Credentials
from longshore_local.registry.images import ImageContent, manifest_of, push_image

CONDUCT = "longshore.local."
"""Labels that begin so say how a container behaves: they become annotations of the manifest."""

PATIENCE = 10.0
"""Seconds."""


class DockerError(Exception):
    """A command failed; the text is what docker would write."""


@dataclass(slots=True)
class PlayedImage:
    """An image that was built or pulled, and where it was pushed to."""

    id: str
    files: dict[str, str]
    labels: dict[str, str]
    digests: list[str] = field(default_factory=list)


class Images:
    """The images of a build, by their references, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> dict[str, PlayedImage]:
        """Return every image."""
        if not self._path.exists():
            return {}
        found = json.loads(self._path.read_text())
        return {reference: PlayedImage(**one) for reference, one in found.items()}

    def named(self, reference: str) -> PlayedImage:
        """Return an image; raise DockerError without it."""
        found = self.all()
        by_id = {image.id: image for image in found.values()}
        image = found.get(tagged(reference)) or by_id.get(reference)
        if image is None:
            raise DockerError(f"Error: No such image: {reference}")
        return image

    def put(self, reference: str, image: PlayedImage) -> None:
        """Keep an image under a reference."""
        kept = {**self.all(), tagged(reference): image}
        self._path.write_text(json.dumps({name: asdict(one) for name, one in kept.items()}))


class Registry:
    """The emulator's registry, asked with the credentials of the build."""

    def __init__(self, cloud: Cloud | None = None) -> None:
        self._cloud = cloud or _of_environment()

    def push(self, reference: str, image: PlayedImage) -> str:
        """Put an image into the registry; return its digest."""
        name, label = split(reference)
        conduct = {key: value for key, value in image.labels.items() if key.startswith(CONDUCT)}
        content = ImageContent(image.files, conduct, image.labels)
        digest = push_image(self._cloud, repository_of(name), label, content)
        image.digests = sorted({*image.digests, f"{name}@{digest}"})
        return digest

    def pull(self, reference: str) -> PlayedImage:
        """Return an image of the registry; raise DockerError without it."""
        name, label = split(reference)
        repository = repository_of(name)
        found = self._cloud.ecr.batch_get_image(
            repositoryName=repository, imageIds=[{"imageTag": label}]
        )
        digests = [one["imageId"].get("imageDigest", "") for one in found.get("images", [])]
        if not digests:
            raise DockerError(f"Error response from daemon: manifest for {reference} not found")
        config = json.loads(manifest_of(self._cloud, repository, digests[0]))["config"]["digest"]
        address = f"{self._cloud.endpoint}/v2/{repository}/blobs/{config}"
        with urlopen(address, timeout=PATIENCE) as reply:  # noqa: S310 - our own loopback address
            labels = json.load(reply).get("config", {}).get("Labels") or {}
        return PlayedImage(config, {}, labels, [f"{name}@{digests[0]}"])


def tagged(reference: str) -> str:
    """Return a reference with its tag, `latest` where it has none."""
    return reference if ":" in reference.rpartition("/")[2] else f"{reference}:latest"


def split(reference: str) -> tuple[str, str]:
    """Return the name and the tag of a reference."""
    name, _, label = tagged(reference).rpartition(":")
    return name, label


def repository_of(name: str) -> str:
    """Return a repository without its registry; raise DockerError for one of Docker Hub."""
    _, slash, repository = name.partition("/")
    if not slash:
        raise DockerError("denied: requested access to the resource is denied")
    return repository


def _of_environment() -> Cloud:
    variables = os.environ
    credentials = Credentials(
        variables["AWS_ACCESS_KEY_ID"],
        variables["AWS_SECRET_ACCESS_KEY"],
        variables.get("AWS_SESSION_TOKEN"),
    )
    return Cloud(
        variables["AWS_ENDPOINT_URL"],
        ecr_endpoint=variables.get("AWS_ENDPOINT_URL_ECR"),
        credentials=credentials,
    )
