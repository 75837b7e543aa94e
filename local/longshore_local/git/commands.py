"""Calls the `git` command."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from longshore_local.errors import LocalCloudError

PATIENCE = 60.0
"""Seconds."""
REMOTE = "remote: "
"""What git writes before lines of a hook on the other side."""


class GitError(LocalCloudError):
    """A git command failed."""


def git(folder: Path, *arguments: str) -> str:
    """Run a command in a folder and return what it prints.

    Raises:
        GitError: It failed, or git is not installed.
    """
    return git_bytes(folder, *arguments).decode(errors="replace").rstrip("\n")


def git_bytes(folder: Path, *arguments: str) -> bytes:
    """Run a command in a folder and return what it writes; raises as `git` does."""
    return _run(folder, *arguments).stdout


def push(folder: Path, *arguments: str) -> list[str]:
    """Push, and return the lines that the other side shows whoever pushes; raises as `git` does."""
    said = _run(folder, "push", *arguments).stderr.decode(errors="replace").splitlines()
    return [line.removeprefix(REMOTE).rstrip() for line in said if line.startswith(REMOTE)]


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        run = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise GitError("there is no git command on this machine") from None
    if run.returncode != 0:
        said = run.stderr.decode(errors="replace").strip()
        raise GitError(f"git {arguments[0]} failed: {said}")
    return run


def environment() -> Mapping[str, str]:
    """Return an environment in which only the folder decides which repository is meant.

    A hook runs with GIT_DIR set, and people have settings that change what commands print.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
