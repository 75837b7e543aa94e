"""Bare repositories, and what is asked about the commits in them."""

import io
import re
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from longshore_local.git.commands import GitError, git, git_bytes

COMMIT_ID = re.compile(r"[0-9a-f]{40}")
FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%cn%x00%ce%x00%aI%x00%cI%x00%B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit with who made it and when, times as ISO 8601."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: str
    author_email: str
    committer: str
    committer_email: str
    authored_at: str
    committed_at: str
    message: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The files that a commit changed, compared with its first parent; renames are both."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    modified: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BareRepository:
    """A bare repository; `full_name` is what its host calls it, such as `acme/checkout`."""

    path: Path
    full_name: str

    @classmethod
    def create(cls, path: Path, full_name: str, branch: str = "main") -> "BareRepository":
        """Make an empty repository in a new folder."""
        path.mkdir(parents=True)
        git(path, "init", "--quiet", "--bare", f"--initial-branch={branch}")
        return cls(path, full_name)

    @property
    def default_branch(self) -> str:
        """The branch that HEAD names."""
        return git(self.path, "symbolic-ref", "--short", "HEAD")

    def resolve(self, revision: str) -> str:
        """Return the id of the commit that a branch, tag or id names; raise GitError without it."""
        return git(self.path, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")

    def commit(self, revision: str) -> Commit:
        """Return a commit; raise GitError without it."""
        shown = git(self.path, "show", "--no-patch", f"--format={FORMAT}", f"{revision}^{{commit}}")
        fields = shown.split("\0")
        return Commit(
            id=fields[0],
            tree=fields[1],
            parents=tuple(fields[2].split()),
            author=fields[3],
            author_email=fields[4],
            committer=fields[5],
            committer_email=fields[6],
            authored_at=fields[7],
            committed_at=fields[8],
            message=fields[9].rstrip("\n"),
        )

    def changes(self, commit: Commit) -> Changes:
        """Return the files that a commit changed."""
        against = [commit.parents[0]] if commit.parents else ["--root"]
        options = ("-r", "-z", "--no-renames", "--no-commit-id", "--name-status")
        told = git(self.path, "diff-tree", *options, *against, commit.id).split("\0")
        pairs = list(zip(told[::2], told[1::2], strict=False))
        return Changes(
            added=tuple(path for status, path in pairs if status == "A"),
            removed=tuple(path for status, path in pairs if status == "D"),
            modified=tuple(path for status, path in pairs if status not in {"A", "D"}),
        )

    def between(self, *limits: str) -> list[str]:
        """Return the ids of commits, oldest first, as `git rev-list` understands its limits."""
        listed = git(self.path, "rev-list", "--reverse", "--topo-order", *limits)
        return listed.splitlines()

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Say whether a commit comes before another one."""
        try:
            git(self.path, "merge-base", "--is-ancestor", older, newer)
        except GitError:
            return False
        return True

    def archive(self, commit: str) -> bytes:
        """Return the files of a commit as a zip archive."""
        return git_bytes(self.path, "archive", "--format=zip", commit)

    def clone_archive(self, commit: str) -> bytes:
        """Return a clone with a commit checked out as a zip archive, its history included."""
        with tempfile.TemporaryDirectory(prefix="longshore-clone-") as scratch:
            folder = Path(scratch) / "clone"
            git(Path(scratch), "clone", "--quiet", "--no-hardlinks", str(self.path), str(folder))
            git(folder, "checkout", "--quiet", "--detach", commit)
            address = f"https://github.com/{self.full_name}.git"
            git(folder, "remote", "set-url", "origin", address)
            return _zipped(folder)


def _zipped(folder: Path) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return target.getvalue()
