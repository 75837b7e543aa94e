"""Builds what SAM deploys into .aws-sam/build, with bytecode for the Lambda runtime when possible.

The layers' Makefiles do the work; this finds them an interpreter of the runtime's version, which
may well be installed without being the one that PATH gives.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / ".aws-sam/build/DependenciesLayer"
RUNTIME = "3.13"

NO_BYTECODE = f"""\
bytecode: none, since no Python {RUNTIME} was found. All works, but a cold start takes about twice
as long. `.venv/bin/uv python install {RUNTIME}` brings one; then `make clean build`."""


def main() -> int:
    """Builds, and says whether the layers carry bytecode."""
    remove_host_bytecode()
    path = os.pathsep.join([str(ROOT / ".venv/bin"), os.environ["PATH"]])
    environment = {"PATH": path, "PYTHON_313": find_runtime(), "SAM_CLI_TELEMETRY": "0"}
    command = [str(ROOT / ".venvs/sam/bin/sam"), "build", *sys.argv[1:]]
    build = subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False)
    if build.returncode == 0:
        print(f"bytecode: for Python {RUNTIME}" if any(BUILT.rglob("*.pyc")) else NO_BYTECODE)
    return build.returncode


def remove_host_bytecode() -> None:
    """Keeps this machine's bytecode out of the artifacts and out of SAM's cache keys."""
    for folder in ("functions", "layers"):
        for cache in list((ROOT / folder).rglob("__pycache__")):
            shutil.rmtree(cache)


def find_runtime() -> str:
    """The path of an interpreter of the runtime's version, or an empty string."""
    return next((str(python) for python in candidates() if answers(python)), "")


def candidates() -> Iterator[Path]:
    """Places where an interpreter of the runtime's version may be, best first."""
    name = f"python{RUNTIME}"
    yield from (Path(folder, name) for folder in os.get_exec_path())
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from pyenv.glob(f"versions/{RUNTIME}*/bin/{name}")
    yield from (Path.home() / ".local/share/uv/python").glob(f"cpython-{RUNTIME}*/bin/{name}")


def answers(python: Path) -> bool:
    """Whether this interpreter runs; a pyenv shim may stand for a version that is not active."""
    command = [str(python), "-c", ""]
    return (
        python.exists()
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


if __name__ == "__main__":
    sys.exit(main())
