from pathlib import Path

import pytest

from longshore_local.containers.docker import docker_lines

PROGRAM = """#!/bin/sh
echo "$1 $2"
echo "and this" >&2
printf 'no end'
"""
ENDLESS = """#!/bin/sh
echo begun
exec sleep 60
"""


def engine(folder: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command = folder / "docker"
    command.write_text(program)
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_lines_of_both_streams_come_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine(tmp_path, PROGRAM, monkeypatch)

    assert list(docker_lines("logs", "one")) == ["logs one", "and this", "no end"]


def test_who_stops_listening_ends_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine(tmp_path, ENDLESS, monkeypatch)
    lines = docker_lines("logs")

    assert next(lines) == "begun"
    lines.close()
