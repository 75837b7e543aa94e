"""Fresh interpreters, and what they may import."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from sysconfig import get_path

from benchmarks.backend import ROOT

BUILT = ROOT / ".aws-sam/build"
BYTECODE = BUILT / "bench-bytecode"
"""The layers carry bytecode for Lambda's Python; other ones keep theirs here."""


def fresh(more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with more, and no word to Python about its bytecode."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, **more}


def built_layers(function: str = "") -> dict[str, str]:
    """Return an environment in which Python imports what Lambda does, in its order."""
    code = [ROOT / "functions" / function] if function else []
    layers = [BUILT / f"{name}/python" for name in ("LongshoreLayer", "DependenciesLayer")]
    return _environment([*code, *layers])


def untrimmed() -> dict[str, str]:
    """Return one in which it imports the same packages as they are published."""
    return _environment([Path(get_path("purelib"))])


def cpu_of(program: str, environment: Mapping[str, str]) -> float:
    """Return the CPU seconds of a fresh interpreter that runs a program.

    Raises:
        CalledProcessError: the program failed.
    """
    before = children()
    subprocess.run(
        [sys.executable, "-S", "-c", program],
        env=fresh(environment),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return children() - before


def children() -> float:
    """Return the CPU seconds of every process that was started by this one and has ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment(folders: Sequence[Path]) -> dict[str, str]:
    return {
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "PYTHONPYCACHEPREFIX": str(BYTECODE),
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Longshore",
    }
