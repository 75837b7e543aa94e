"""How a container of an image behaves, read from annotations in the manifest that was pushed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from longshore_local.cloud.clients import Cloud
from longshore_local.ecs.images import (
    MISSING,
    Conduct,
    Elsewhere,
    Exits,
    ImageBehaviour,
    Runs,
)
from longshore_local.registry.images import digest_of, manifest_of

EXIT_CODE = "longshore.local.exit-code"
EXIT_AFTER = "longshore.local.exit-after-seconds"
OUTPUT = "longshore.local.output"
REFERENCE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<repository>[^:@]+)"
    r"(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


@dataclass(slots=True)
class RegistryImages:
    """Looks images up in the emulator's registry; what is not there cannot be pulled.

    Where `contained`, images are run by a real engine, and nobody says how they behave.
    """

    cloud: Cloud
    contained: bool = False
    _known: dict[tuple[str, str], ImageBehaviour] = field(default_factory=dict)

    def __call__(self, reference: str) -> ImageBehaviour:
        """Return how a reference (`ACCOUNT.dkr.ecr.REGION.amazonaws.com/app:1`) behaves."""
        parts = REFERENCE.fullmatch(reference)
        if parts is None or parts["account"] != self.cloud.account:
            return MISSING
        digest = parts["digest"] or self._digest(parts["repository"], parts["tag"] or "latest")
        return self._behaviour(parts["repository"], digest) if digest else MISSING

    def _digest(self, repository: str, tag: str) -> str | None:
        found = self.cloud.ecr.batch_get_image(
            repositoryName=repository, imageIds=[{"imageTag": tag}]
        )
        return next((one["imageId"].get("imageDigest") for one in found.get("images", [])), None)

    def _behaviour(self, repository: str, digest: str) -> ImageBehaviour:
        key = (repository, digest)
        if key not in self._known:
            manifest = manifest_of(self.cloud, repository, digest)
            if not manifest:
                return MISSING
            self._known[key] = self._told(manifest)
        return self._known[key]

    def _told(self, manifest: str) -> ImageBehaviour:
        digest = digest_of(manifest.encode())
        if self.contained:
            return ImageBehaviour(digest, Elsewhere())
        return ImageBehaviour(digest, conduct_of(manifest), output_of(manifest))


def conduct_of(manifest: str) -> Conduct:
    """Read the conduct that a manifest's annotations tell; an image without any just runs."""
    annotations = _annotations(manifest)
    if EXIT_CODE not in annotations:
        return Runs()
    after = timedelta(seconds=float(annotations.get(EXIT_AFTER, "0")))
    return Exits(int(annotations[EXIT_CODE]), after)


def output_of(manifest: str) -> str:
    """Read what a manifest's annotations say that a container writes when it starts."""
    return _annotations(manifest).get(OUTPUT, "")


def crashing(exit_code: int, after: timedelta = timedelta()) -> dict[str, str]:
    """Return the annotations of an image whose container ends by itself."""
    return {EXIT_CODE: str(exit_code), EXIT_AFTER: str(after.total_seconds())}


def writing(*lines: str) -> dict[str, str]:
    """Return the annotations of an image whose container writes lines when it starts."""
    return {OUTPUT: "\n".join(lines)}


def _annotations(manifest: str) -> Mapping[str, str]:
    annotations = json.loads(manifest).get("annotations")
    return annotations if isinstance(annotations, Mapping) else {}
