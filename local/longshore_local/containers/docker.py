"""Calls the `docker` command."""

import subprocess
from collections.abc import Generator

from longshore_local.errors import LocalCloudError

PATIENCE = 120.0
"""Seconds; a build on a machine under load is what takes longest."""


def engine_answers() -> bool:
    """Say whether a Docker engine can be used."""
    try:
        docker("info", "--format", "{{.ServerVersion}}", patience=5)
    except LocalCloudError:
        return False
    return True


def docker(*arguments: str, patience: float = PATIENCE) -> str:
    """Run a command and return what it prints.

    Raises:
        LocalCloudError: It failed, took more than `patience` seconds, or is not installed.
    """
    try:
        run = subprocess.run(
            ["docker", *arguments],
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise LocalCloudError("there is no docker command on this machine") from None
    except subprocess.TimeoutExpired:
        raise LocalCloudError(f"docker {arguments[0]} took more than {patience:.0f} s") from None
    if run.returncode != 0:
        raise LocalCloudError(f"docker {arguments[0]} failed: {run.stderr.strip()}")
    return run.stdout.strip()


def docker_lines(*arguments: str) -> Generator[str]:
    """Run a command and yield each line that it prints, as soon as it does.

    Both of its streams are read; leaving the loop early ends the command.
    """
    with subprocess.Popen(
        ["docker", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as run:
        try:
            yield from (line.rstrip("\r\n") for line in run.stdout or ())
        finally:
            run.kill()
