"""The shop's repository, and the clone in which somebody works on it."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from longshore_local.embedded import EmbeddedAws
from longshore_local.git.commands import git, push

FULL_NAME = "example/checkout"
BRANCH = "main"
CLONE = "clone"
"""Where it lies among the things that go with the emulator."""
WHO = {"user.name": "Ada", "user.email": "ada@example.com"}
BUILD_FILES = ("buildspec.yml", "build-image.sh")
"""What docs/codepipeline.md has people copy from stacks/ into their repository."""
NOT_COPIED = ("compose.yaml", "longshore.yaml")


@dataclass(frozen=True, slots=True)
class Clone:
    """Where somebody commits, and pushes to the shop's repository."""

    folder: Path

    @classmethod
    def begin(cls, aws: EmbeddedAws) -> "Clone":
        """Make an empty repository whose pushes the webhook is told of; clone and fill it."""
        repository = aws.yard.host_repository(aws.scratch / "checkout.git", FULL_NAME)
        aws.webhook.install(repository, "ada")
        folder = aws.scratch / CLONE
        git(aws.scratch, "clone", "--quiet", str(repository.path), str(folder))
        for name, value in WHO.items():
            git(folder, "config", name, value)
        root = aws.settings.root
        ignored = shutil.ignore_patterns(*NOT_COPIED)
        shutil.copytree(root / "examples/checkout", folder, ignore=ignored, dirs_exist_ok=True)
        for name in BUILD_FILES:
            shutil.copy(root / "stacks" / name, folder)
        return cls(folder)

    def commit(self, message: str, version: str) -> str:
        """Commit whatever changed, tag it as a version, and return the commit's id."""
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--message", message)
        git(self.folder, "tag", tag_of(version))
        return git(self.folder, "rev-parse", "HEAD")

    def push(self, version: str) -> Sequence[str]:
        """Push the branch and a version's tag; return what the Git host says to that."""
        return push(self.folder, "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}", tag_of(version))


def tag_of(version: str) -> str:
    """Return the Git tag of a version."""
    return f"v{version}"
