"""A build machine with a real engine: `stacks/buildspec.yml` on clones of a repository."""

import io
import json
import shutil
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from longshore_local.buildhost.commands import BuildCommands
from longshore_local.buildhost.runner import BuildHost
from longshore_local.codebuild import QUICK, BuildOrder, BuildWorld
from longshore_local.demo.scene import await_that
from longshore_local.git import BareRepository
from longshore_local.git.commands import git

ROOT = Path(__file__).parent.parent.parent
WITHIN = 120.0
"""Seconds; of a build of the example almost all is Docker's own."""


class Code:
    """A repository with the example and the two files of a pipeline, and a clone to work in."""

    def __init__(self, folder: Path) -> None:
        self.bare = BareRepository.create(folder / "shop.git", "acme/shop")
        self._clone = folder / "clone"
        git(folder, "clone", "--quiet", str(self.bare.path), str(self._clone))
        shutil.copytree(ROOT / "examples/checkout", self._clone, dirs_exist_ok=True)
        for name in ("buildspec.yml", "build-image.sh"):
            shutil.copy(ROOT / "stacks" / name, self._clone)

    def push(self, branch: str, *tags: str, **files: str) -> str:
        """Commit, with files changed (`start_sh` is start.sh), and push; return the commit."""
        for name, text in files.items():
            (self._clone / name.replace("_", ".")).write_text(text)
        person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        git(self._clone, "checkout", "--quiet", "-B", branch)
        git(self._clone, "add", "--all")
        git(self._clone, *person, "commit", "--quiet", "--allow-empty", "--message", "A change")
        for tag in tags:
            git(self._clone, "tag", "--force", tag)
        git(self._clone, "push", "--quiet", "--force", "origin", branch, *tags)
        return self.bare.resolve(branch)


@dataclass(slots=True)
class Built:
    """What CodeBuild says of a build, what it left behind, and what it wrote."""

    answer: Mapping[str, Any]
    archive: bytes | None
    log: list[str]

    @property
    def status(self) -> str:
        return str(self.answer["buildStatus"])

    @property
    def exported(self) -> Mapping[str, str]:
        listed = self.answer["exportedEnvironmentVariables"]
        return {each["name"]: each["value"] for each in listed}

    def files(self) -> Mapping[str, Any]:
        """The files of the artifact, all of them JSON."""
        with zipfile.ZipFile(io.BytesIO(self.archive or b"")) as artifact:
            return {name: json.loads(artifact.read(name)) for name in artifact.namelist()}


@dataclass(slots=True)
class Machine:
    """Builds one commit after the other; it is the place of the builds, too."""

    repository: BareRepository
    commands: BuildCommands
    variables: Mapping[str, str]
    _archive: bytes | None = None
    _log: list[str] = field(default_factory=list)

    def build(self, commit: str) -> Built:
        """Build a commit, as a pipeline or a webhook has it built; return what came of it."""
        self._archive, self._log = None, []
        lock = threading.RLock()
        with BuildHost(self, lock) as host:
            world = BuildWorld(clock=lambda: datetime.now(UTC), runner=host, pace=QUICK)
            host.world = world
            world.call("CreateProject", self._project())
            request = {"projectName": "shop-image", "sourceVersion": commit}
            with lock:
                started: Any = world.call("StartBuild", request)

            def answer() -> Mapping[str, Any]:
                with lock:
                    found: Any = world.call("BatchGetBuilds", {"ids": [started["build"]["id"]]})
                first: Mapping[str, Any] = found["builds"][0]
                return first

            await_that(lambda: answer()["buildComplete"], "the build did not end", within=WITHIN)
            return Built(answer(), self._archive, self._log)

    def _project(self) -> Mapping[str, object]:
        return {
            "name": "shop-image",
            "source": {"type": "GITHUB", "location": "https://github.com/acme/shop.git"},
            "artifacts": {"type": "S3", "location": "artifacts"},
            "environment": {
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "environmentVariables": [
                    {"name": name, "value": value} for name, value in self.variables.items()
                ],
            },
            "serviceRole": "arn:aws:iam::111122223333:role/build",
        }

    # ── the place of the builds ─────────────────────────────────────────────────────────────────

    def source(self, order: BuildOrder) -> bytes:
        return self.repository.clone_archive(order.source_version)

    def keep(self, _order: BuildOrder, archive: bytes) -> None:
        self._archive = archive

    def environment(self, _order: BuildOrder, folder: Path) -> Mapping[str, str]:
        home = folder.parent / "home"
        home.mkdir()
        return {**self.commands.install(folder.parent / "bin"), "HOME": str(home)}

    def write(self, _order: BuildOrder, line: str) -> None:
        self._log.append(line)
