"""Two ways to bring a version of the example into the registry."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from longshore_local.cloud.clients import Cloud
from longshore_local.containers.images import ImageWorkshop
from longshore_local.registry.conduct import crashing, writing
from longshore_local.registry.images import ImageContent, add_tag, push_image

REPOSITORY = "checkout"
BROKEN_EXIT_CODE = 3
"""What examples/checkout/start.sh ends with when it has no prices."""
PRICES = ("spring.csv", "summer.csv")
NO_PRICES = "autumn.csv"
SOURCE = "https://github.com/example/checkout"
REVISION_LABEL = "org.opencontainers.image.revision"
SOURCE_LABEL = "org.opencontainers.image.source"
OPENING = "checkout: reading /srv/prices.json"
REFUSAL = "checkout: /srv/prices.json holds no price; build it with another PRICES file"
"""What examples/checkout/start.sh writes, the second line when it has no prices."""


def commit_of(version: str) -> str:
    """Return the commit that a version was built from: made up, and always the same."""
    return hashlib.sha256(f"{REPOSITORY} {version}".encode()).hexdigest()[:40]


def arguments_of(version: str, prices: str) -> Mapping[str, str]:
    """Return what the example's Dockerfile is told of a version."""
    return {"VERSION": version, "REVISION": commit_of(version), "PRICES": prices}


class Pushing(Protocol):
    """Brings versions of the example into the registry."""

    def push(self, version: str, *, broken: bool = False) -> str:
        """Push a version and return its digest; a broken one crashes when it starts."""
        ...

    def add_tag(self, digest: str, version: str) -> None:
        """Push an image that is there under one more tag."""
        ...


@dataclass(frozen=True, slots=True)
class PushByApi:
    """Puts manifests by ECR's API; annotations say how a container of the image behaves."""

    cloud: Cloud

    def push(self, version: str, *, broken: bool = False) -> str:
        """Push a version and return its digest."""
        crash = crashing(BROKEN_EXIT_CODE, timedelta(seconds=0.2)) if broken else {}
        lines = (OPENING, REFUSAL) if broken else (OPENING,)
        labels = {REVISION_LABEL: commit_of(version), SOURCE_LABEL: SOURCE}
        content = ImageContent({"version": version}, {**crash, **writing(*lines)}, labels)
        return push_image(self.cloud, REPOSITORY, version, content)

    def add_tag(self, digest: str, version: str) -> None:
        """Put the manifest under one more tag."""
        add_tag(self.cloud, REPOSITORY, digest, version)


@dataclass(slots=True)
class PushByDocker:
    """Builds examples/checkout and pushes it with `docker push`."""

    workshop: ImageWorkshop
    _pushed: list[str] = field(default_factory=list)

    def push(self, version: str, *, broken: bool = False) -> str:
        """Build and push a version and return its digest; without prices the shop does not open."""
        prices = NO_PRICES if broken else PRICES[min(len(self._pushed), 1)]
        self._pushed.append(version)
        return self.workshop.build_and_push(REPOSITORY, version, arguments_of(version, prices))

    def add_tag(self, digest: str, version: str) -> None:
        """Tag and push the image once more."""
        self.workshop.add_tag(REPOSITORY, digest, version)
