import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from longshore_local.cloud.emulator import LEASH, EmulatorSettings, free_port

SLEEPER = """\
import subprocess, sys, pathlib
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
child.wait()
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def leashed(scratch: Path, *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", LEASH, scratch, *command], stdin=subprocess.PIPE
    )


def test_when_it_is_let_go_everything_ends_and_the_folder_is_gone(
    scratch: Path, tmp_path: Path
) -> None:
    noted = tmp_path / "child"
    with leashed(scratch, sys.executable, "-c", SLEEPER, str(noted)) as leash:
        (child,) = list(_written(noted))
        assert leash.stdin is not None
        leash.stdin.close()
        leash.wait(timeout=10)

    assert not _is_running(child)
    assert not scratch.exists()


def test_when_the_program_ends_by_itself_its_exit_code_is_kept(scratch: Path) -> None:
    with leashed(scratch, sys.executable, "-c", "raise SystemExit(7)") as leash:
        assert leash.wait(timeout=10) == 7

    assert not scratch.exists()


def _written(file: Path) -> Iterator[int]:
    until = time.monotonic() + 10
    while not (file.exists() and file.read_text()):
        assert time.monotonic() < until
        time.sleep(0.02)
    yield int(file.read_text())


def _is_running(pid: int) -> bool:
    """Say whether a process runs; one that nobody has waited for yet is dead all the same."""
    state = Path(f"/proc/{pid}/stat")
    if not Path("/proc").exists():
        return subprocess.run(["kill", "-0", str(pid)], check=False).returncode == 0
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_free_port_is_one_that_can_be_bound() -> None:
    assert 1024 <= free_port() <= 65535


def test_nothing_of_the_callers_environment_reaches_the_functions(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    settings = EmulatorSettings(Path("ministack"), 4566, {"AWS_ENDPOINT_URL_ECS": "http://e"})

    environment = settings.environment(scratch)

    assert {"AWS_PROFILE", "HTTPS_PROXY"} & environment.keys() == set()
    assert environment["AUTH"] == "true"
    assert environment["AWS_ENDPOINT_URL_ECS"] == "http://e"
    assert environment["DOCKER_HOST"].startswith(f"unix://{scratch}")
