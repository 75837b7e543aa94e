"""One shell for all commands of a build: what one exports, defines or changes to, the next one has.

Each command is a bash of its own that begins with what the one before it left; so `exit` ends the
command and not the build, and the exit status is the command's own. CodeBuild's default is sh; a
buildspec that keeps to it runs here too.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

WRAPPER = """\
[ -e "$1/variables" ] && . "$1/variables" 2>/dev/null
[ -e "$1/functions" ] && . "$1/functions"
trap 'codebuild_status=$?; declare -p > "$1/variables"; declare -f > "$1/functions"; \
pwd > "$1/folder"; exit $codebuild_status' EXIT
. "$1/command"
"""
PRINT = """\
. "$1/variables" 2>/dev/null; shift
for name; do printf '%s\\0' "${!name-}"; done
"""


@dataclass(slots=True)
class BuildShell:
    """Runs commands in a folder, with an environment; `tell` hears each line that they write."""

    folder: Path
    environment: Mapping[str, str]
    tell: Callable[[str], None]
    _state: Path = field(init=False)
    _running: subprocess.Popen[str] | None = None
    _ended: bool = False

    def __post_init__(self) -> None:
        """Prepare a place for what a command leaves to the next."""
        self._state = Path(tempfile.mkdtemp(prefix="shell-", dir=self.folder.parent))

    def run(self, command: str, extra: Mapping[str, str] | None = None) -> int:
        """Run a command, and return its exit status."""
        if self._ended:
            return -signal.SIGKILL
        (self._state / "command").write_text(f"{command}\n")
        for name, value in (extra or {}).items():
            self._set(name, value)
        with subprocess.Popen(
            ["bash", "-c", WRAPPER, "bash", str(self._state)],
            cwd=self._where(),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            self._running = process
            for line in process.stdout or ():
                self.tell(line.rstrip("\r\n"))
        self._running = None
        return process.returncode

    def values(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return variables as the last command left them."""
        if not names or not (self._state / "variables").exists():
            return {name: self.environment.get(name, "") for name in names}
        printed = subprocess.run(
            ["bash", "-c", PRINT, "bash", str(self._state), *names],
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        return dict(zip(names, printed.stdout.split("\0"), strict=False))

    def end(self) -> None:
        """Kill what runs, with everything that it started, and run nothing more."""
        self._ended = True
        if self._running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)

    def _set(self, name: str, value: str) -> None:
        with (self._state / "variables").open("a") as file:
            file.write(f'declare -x {name}="{value}"\n')

    def _where(self) -> Path:
        left = self._state / "folder"
        where = Path(left.read_text().rstrip("\n")) if left.exists() else self.folder
        return where if where.is_dir() else self.folder
