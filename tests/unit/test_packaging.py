"""Holds what is installed and shipped: one version, one set of pins, and no registry named."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import longshore

ROOT = Path(__file__).parent.parent.parent
RUNTIME = ROOT / "layers/dependencies/requirements.txt"
WORKSPACE = ROOT / "requirements/dev.txt"
LOCKS = sorted(
    source.with_suffix(".txt")
    for pattern in ("requirements/*.in", "tools/*/*.in", "layers/*/*.in")
    for source in ROOT.glob(pattern)
)

# A pin, its marker if it has one, then at least one hash.
PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>\S+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def pins(lock: Path) -> dict[str, set[str]]:
    """The versions of each package; more than one where they differ by Python version."""
    found: dict[str, set[str]] = {}
    for line in lock.read_text().splitlines():
        if pin := PIN.match(line):
            found.setdefault(pin["name"], set()).add(pin["version"])
    return found


def test_locks_are_found() -> None:
    assert {RUNTIME, WORKSPACE} < set(LOCKS)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_holds_pins_and_hashes_and_names_no_registry(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#")]

    strange = [line for line in lines if not PIN.match(line) and not HASH.match(line)]
    unhashed = [
        line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if PIN.match(line) and not HASH.match(following)
    ]

    assert strange + unhashed == []
    assert pins(lock)


def test_what_is_tested_is_what_runs_in_lambda() -> None:
    runtime, workspace = pins(RUNTIME), pins(WORKSPACE)

    assert {name: workspace.get(name) for name in runtime} == runtime


def test_the_version_is_written_once() -> None:
    installed = {name: version(name) for name in ("longshore", "longshore-cli", "longshore-local")}

    assert set(installed.values()) == {longshore.__version__}


@pytest.mark.parametrize("member", ["layers/longshore", "cli", "local"])
def test_members_read_the_version_from_its_one_place(member: str) -> None:
    settings = tomllib.loads((ROOT / member / "pyproject.toml").read_text())
    source = ROOT / member / settings["tool"]["hatch"]["version"]["path"]

    assert settings["project"]["dynamic"] == ["version"]
    assert source.resolve() == Path(longshore.__file__).resolve()
