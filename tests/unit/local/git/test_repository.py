"""What is asked of a repository."""

import io
import zipfile
from pathlib import Path

import pytest

from longshore_local.buildhost.artifacts import unpack
from longshore_local.git import GitError
from longshore_local.git.commands import git
from tests.unit.local.git.workshop import Workshop


def test_branches_and_tags_are_resolved_to_commits(workshop: Workshop) -> None:
    commit = workshop.commit(a_txt="1")
    workshop.git("tag", "-a", "v1", "-m", "One")
    workshop.push("HEAD:refs/heads/main", "v1")

    assert {workshop.bare.resolve(name) for name in ("main", "v1", commit, "HEAD")} == {commit}
    assert workshop.bare.default_branch == "main"
    with pytest.raises(GitError):
        workshop.bare.resolve("nowhere")


def test_an_archive_holds_the_files_of_a_commit(workshop: Workshop) -> None:
    first = workshop.commit(a_txt="1")
    workshop.commit(a_txt="2")
    workshop.push()

    with zipfile.ZipFile(io.BytesIO(workshop.bare.archive(first))) as archive:
        assert archive.read("a.txt") == b"1"
        assert archive.namelist() == ["a.txt"]


def test_a_clone_has_the_history_and_the_commit_checked_out(
    workshop: Workshop, tmp_path: Path
) -> None:
    first = workshop.commit(a_txt="1", run_sh="#!/bin/sh\n")
    workshop.git("tag", "v1.0.0")
    (workshop.clone / "run.sh").chmod(0o755)
    second = workshop.commit(a_txt="2")
    workshop.push("HEAD:refs/heads/main", "v1.0.0")
    folder = tmp_path / "unpacked"
    folder.mkdir()

    unpack(workshop.bare.clone_archive(second), folder)

    assert git(folder, "rev-parse", "HEAD") == second
    origin = git(folder, "config", "--get", "remote.origin.url")
    assert origin == "https://github.com/acme/checkout.git"
    assert git(folder, "tag", "--points-at", first) == "v1.0.0"
    assert git(folder, "status", "--porcelain") == ""
    assert (folder / "run.sh").stat().st_mode & 0o111
