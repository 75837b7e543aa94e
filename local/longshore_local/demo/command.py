"""Runs the `longshore` command as somebody else would: as a process with its own credentials."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from longshore_local.cloud.clients import Cloud
from longshore_local.errors import LocalCloudError

PATIENCE = 60.0
"""Seconds; a command that reads takes less than one."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a command ended and what it printed."""

    code: int
    printed: str
    complained: str


@dataclass(frozen=True, slots=True)
class Command:
    """The `longshore` command of this environment, run by `caller` in a folder."""

    caller: Cloud
    folder: Path

    def environment(self) -> Mapping[str, str]:
        """Return the whole environment of a run: nothing of this process's own AWS settings."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            **self.caller.environment(),
        }

    def run(self, *arguments: str) -> Run:
        """Run it, whatever its exit code."""
        ended = subprocess.run(
            [Path(sys.executable).with_name("longshore"), *arguments],
            env=self.environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Run(ended.returncode, ended.stdout, ended.stderr)

    def must(self, *arguments: str) -> str:
        """Run it and return what it printed; raise LocalCloudError unless it succeeded."""
        run = self.run(*arguments)
        if run.code != 0:
            said = (run.complained or run.printed).strip()
            raise LocalCloudError(f"longshore {' '.join(arguments)} ended with {run.code}: {said}")
        return run.printed
