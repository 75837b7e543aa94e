"""`longshore demo` as a person runs it; it must leave nothing behind."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from longshore_local.containers.docker import docker
from longshore_local.demo.pushing import OPENING, REFUSAL, SOURCE, commit_of
from longshore_local.demo.scene import await_that

ACTS = [
    "set-up",
    "start",
    "deploy",
    "service",
    "adopt",
    "push 1.1.0",
    "push 1.2.0",
    "push 1.2.1",
    "push 1.3.0",
    "pipeline",
    "push v1.4.0",
    "push v1.5.0",
    "status",
    "history",
    "slack",
]


def play(engine: str, folder: Path) -> Mapping[str, Any]:
    run = subprocess.run(
        [Path(sys.executable).with_name("longshore"), "demo", "--engine", engine, "-o", "json"],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    document: Mapping[str, Any] = json.loads(run.stdout)
    return document


def check_slack(channel: str) -> None:
    """Check that the channel has all that a card can show."""
    assert "replied to a thread" in channel
    assert OPENING in channel
    assert REFUSAL in channel
    assert "No log lines" not in channel
    for version in ("1.1.0", "1.2.0", "1.3.0"):
        assert f"{SOURCE}/commit/{commit_of(version)}" in channel
    assert "FAILED pipeline checkout" in channel


def check_git_push(story: Mapping[str, Any]) -> None:
    """Check that a pushed tag was built and deployed, and that a failed build says why."""
    shipped, failed = details(story, "push v1.4.0"), details(story, "push v1.5.0")
    assert "remote: webhook answered 202 for refs/tags/v1.4.0: accepted" in shipped
    assert "on main by Ada: A shop that knows its prices" in shipped
    assert "checkout/staging runs what it ran" in failed
    assert "why Build/Build failed: phase BUILD failed" in failed


def details(story: Mapping[str, Any], name: str) -> str:
    (step,) = [step for step in story["steps"] if step["name"] == name]
    return "\n".join([step["says"], *step["details"]])


def test_the_story_without_docker(tmp_path: Path) -> None:
    story = play("none", tmp_path)

    assert (story["outcome"], story["engine"], story["logs"]) == ("ok", "none", [])
    assert [(step["name"], step["outcome"]) for step in story["steps"]] == [
        (name, "ok") for name in ACTS
    ]
    assert "'web' exited with code 3" in details(story, "push 1.2.0").replace("\n", " ")
    assert "vetoed" in details(story, "push 1.2.1")
    assert "RolledBack" in details(story, "history")
    check_git_push(story)
    check_slack(details(story, "slack"))
    assert {"change", "reason", "resources"} == set(story["adaptations"][0])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.docker
def test_the_story_with_docker(tmp_path: Path) -> None:
    before = (docker("ps", "--all", "--quiet"), docker("image", "ls", "--all", "--quiet"))

    story = play("docker", tmp_path)

    assert (story["outcome"], story["engine"]) == ("ok", "docker")
    assert "answers over HTTP as 1.0.0" in details(story, "service")
    assert "over HTTP 1.0.0 answered before, 1.1.0 answers now" in details(story, "push 1.1.0")
    assert "over HTTP 1.1.0 answers again" in details(story, "push 1.2.0")
    check_git_push(story)
    assert "over HTTP 1.4.0 answers now" in details(story, "push v1.4.0")
    check_slack(details(story, "slack"))
    assert list(tmp_path.iterdir()) == []
    after = (docker("ps", "--all", "--quiet"), docker("image", "ls", "--all", "--quiet"))
    assert after == before


def test_what_is_killed_leaves_nothing_running(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [Path(sys.executable).with_name("longshore"), "demo", "--engine", "none"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if line.startswith("  start"):
                break
        (scratch,) = tmp_path.iterdir()
        demo.kill()

    await_that(lambda: not scratch.exists(), "the emulator did not end with the demo", within=10)
