"""Where images came from: the labels that builds write, read from ECR.

The labels are those of OCI (https://github.com/opencontainers/image-spec/blob/main/annotations.md),
which `docker build --label`, buildx's metadata and most CI actions set. They stand in the image's
configuration, a blob that ECR hands out by a link; of an index the first image is asked.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.domain.chat import Commit
from longshore.domain.errors import LongshoreError, Refused
from longshore.domain.references import EcrImage, parse_ecr_image
from longshore.events.documents import parse_document

REVISION = "org.opencontainers.image.revision"
SOURCE = "org.opencontainers.image.source"

MEDIA_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
MOST_REMEMBERED = 500
_DEPTH = 2  # an index, then one of its images

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_BITBUCKET = "https://bitbucket.org/"
"""Names the page of a commit otherwise than GitHub, GitLab, Gitea and others do."""
_REPOSITORY = re.compile(r"https://[A-Za-z0-9.-]+/[A-Za-z0-9._/-]{1,100}")

_STRANGE = (AttributeError, LookupError, TypeError, ValueError)
"""What a manifest raises that is not what it should be: anybody may push one."""

Download = Callable[[str], bytes]
"""Returns what lies under a link; raises OSError."""


class EcrSources:
    """Commits by image. An image never changes, so each is asked for once an environment."""

    def __init__(self, gate: Gate, clients: Clients, download: Download) -> None:
        """Call ECR through `gate`, and fetch what it links to by `download`."""
        self._gate = gate
        self._clients = clients
        self._download = download
        self._known: dict[tuple[str, str], Commit | None] = {}

    def commit(self, repository: str, digest: str) -> Commit | None:
        """Return the commit that an image's labels name; None also where it cannot be read.

        A message is complete without it, so nothing that goes wrong here keeps one waiting.
        """
        try:
            return self.read(repository, digest)
        except LongshoreError:
            return None

    def read(self, repository: str, digest: str) -> Commit | None:
        """Return the commit that an image's labels name, None where they name none.

        Raises:
            Refused: the image cannot be had, or is not what an image should be.
            NotPermitted, Throttled: ECR did not answer.
        """
        image = parse_ecr_image(f"{repository}@{digest}")
        if image is None:
            raise Refused(f"{repository} lies in no private ECR registry", "Elsewhere")
        key = (repository, digest)
        if key not in self._known:
            found = self._read(image, digest)
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = found
        return self._known[key]

    def _read(self, image: EcrImage, digest: str) -> Commit | None:
        try:
            return commit_of(self._labels(image, digest, _DEPTH))
        except OSError as error:
            raise Refused(f"the configuration of {digest} was not had: {error}", "NoBlob") from None
        except _STRANGE:
            message = f"{image.repository} has no image {digest}, or not in the form of images"
            raise Refused(message, "NoImage") from None

    def _labels(self, image: EcrImage, digest: str, depth: int) -> Mapping[str, Any]:
        manifest = self._manifest(image, digest)
        annotations = manifest.get("annotations") or {}
        if REVISION in annotations:
            return annotations
        if "manifests" in manifest:
            first = manifest["manifests"][0]["digest"] if depth and manifest["manifests"] else ""
            return self._labels(image, first, depth - 1) if first else {}
        configuration = parse_document(self._blob(image, manifest["config"]["digest"]))
        settings = configuration.get("config")
        labels = settings.get("Labels") if isinstance(settings, dict) else None
        return labels or {}

    def _manifest(self, image: EcrImage, digest: str) -> Mapping[str, Any]:
        reply = self._gate.call(
            self._clients.ecr(image.region).batch_get_image,
            registryId=image.account,
            repositoryName=image.repository,
            imageIds=[{"imageDigest": digest}],
            acceptedMediaTypes=list(MEDIA_TYPES),
        )
        return parse_document(reply["images"][0]["imageManifest"])

    def _blob(self, image: EcrImage, digest: str) -> bytes:
        reply = self._gate.call(
            self._clients.ecr(image.region).get_download_url_for_layer,
            registryId=image.account,
            repositoryName=image.repository,
            layerDigest=digest,
        )
        return self._download(reply["downloadUrl"])


def commit_of(labels: Mapping[str, Any]) -> Commit | None:
    """Return the commit that labels name, with its page where the source is a web address.

    Labels are written by whoever builds: what does not look like a commit is none.
    """
    revision, source = str(labels.get(REVISION, "")), str(labels.get(SOURCE, ""))
    if _COMMIT.fullmatch(revision) is None:
        return None
    page = source.removesuffix(".git").rstrip("/")
    if _REPOSITORY.fullmatch(page) is None:
        return Commit(revision)
    kind = "commits" if page.lower().startswith(_BITBUCKET) else "commit"
    return Commit(revision, f"{page}/{kind}/{revision}")
