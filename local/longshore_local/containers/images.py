"""Builds images from a Dockerfile and pushes them, and removes them again."""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from longshore_local.containers.docker import docker
from longshore_local.errors import LocalCloudError

PUBLIC_BASE = "busybox:1.37"
LOCAL_BASE = "longshore-base"
STAGE = "stage=checkout-build"
"""The label that the example's Dockerfile gives its first stage."""
BASE_OF_THIS_MACHINE = """\
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
"""


@dataclass(slots=True)
class ImageWorkshop:
    """Builds and pushes images; a context manager that removes what it made.

    `context` holds the Dockerfile, `registry` is the host and port that images are pushed to, to
    be set before the first one. The engine takes addresses of 127.0.0.0/8 without TLS, so nothing
    has to be configured.
    """

    context: Path
    registry: str = ""
    base: str = ""
    _made: list[str] = field(default_factory=list)

    def build_and_push(self, repository: str, tag: str, arguments: Mapping[str, str]) -> str:
        """Build the Dockerfile of the context, push the image and return its digest."""
        reference = f"{self.registry}/{repository}:{tag}"
        given = {"BASE": self.base, **arguments}
        options = [f"--build-arg={name}={value}" for name, value in given.items()]
        built = docker("build", "--quiet", f"--tag={reference}", *options, str(self.context))
        self._made.append(built)
        return self._push(repository, tag)

    def add_tag(self, repository: str, digest: str, tag: str) -> str:
        """Push an image under one more tag."""
        reference = f"{self.registry}/{repository}"
        docker("tag", f"{reference}@{digest}", f"{reference}:{tag}")
        return self._push(repository, tag)

    def _push(self, repository: str, tag: str) -> str:
        reference = f"{self.registry}/{repository}"
        docker("push", "--quiet", f"{reference}:{tag}")
        listed = docker(
            "image", "inspect", "--format", '{{join .RepoDigests "\\n"}}', f"{reference}:{tag}"
        )
        digests = (line.partition("@") for line in listed.splitlines())
        return next(digest for name, _, digest in digests if name == reference)

    def __enter__(self) -> Self:
        """Find a base: one that is here, else one made of this machine's busybox, else pull."""
        if not self.base:
            self.base = self._find_base()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(LocalCloudError):  # builders without BuildKit keep the first stage
            docker("image", "prune", "--force", f"--filter=label={STAGE}")
        for image in [*self._of_registry(), *reversed(self._made)]:
            with suppress(LocalCloudError):
                docker("image", "rm", "--force", image)

    def _of_registry(self) -> list[str]:
        """Return what builds tagged for the registry, which nobody else's has the address of."""
        if not self.registry:
            return []
        with suppress(LocalCloudError):
            name = "--format={{.Repository}}:{{.Tag}}"
            return docker("images", f"--filter=reference={self.registry}/*", name).splitlines()
        return []

    def _find_base(self) -> str:
        with suppress(LocalCloudError):
            docker("image", "inspect", PUBLIC_BASE)
            return PUBLIC_BASE
        with suppress(LocalCloudError):
            return self._make_base()
        docker("pull", "--quiet", PUBLIC_BASE, patience=60)
        self._made.append(PUBLIC_BASE)
        return PUBLIC_BASE

    def _make_base(self) -> str:
        """Make a base of a static busybox; one that needs libraries fails in its first command."""
        busybox = shutil.which("busybox")
        if busybox is None:
            raise LocalCloudError("there is no busybox on this machine")
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(busybox, Path(folder) / "busybox")
            (Path(folder) / "Dockerfile").write_text(BASE_OF_THIS_MACHINE)
            self._made.append(docker("build", "--quiet", f"--tag={LOCAL_BASE}", folder))
        return LOCAL_BASE
