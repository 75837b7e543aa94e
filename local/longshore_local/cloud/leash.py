"""Runs a program for as long as this process's standard input stays open, and cleans up after it.

Whoever starts it holds the other end of the pipe. However that process ends, be it by an error,
Ctrl-C or SIGKILL, the pipe closes, the program and everything it started are killed, and the
scratch folder goes. Only the standard library is used, so that it starts at once.

Usage: python -I -S leash.py SCRATCH_FOLDER PROGRAM ARGUMENT…
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path


def main(scratch: Path, command: list[str]) -> int:
    """Run the command until it ends or the leash is let go; return its exit code."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    threading.Thread(target=_kill_when_let_go, args=(program,), daemon=True).start()
    try:
        return program.wait()
    finally:
        _kill(program)
        shutil.rmtree(scratch, ignore_errors=True)


def _kill_when_let_go(program: subprocess.Popen[bytes]) -> None:
    # Not through sys.stdin: its lock would be held by this thread when the interpreter ends.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    _kill(program)


def _kill(program: subprocess.Popen[bytes]) -> None:
    """Kill the whole group: the program's own children outlive it otherwise."""
    try:
        os.killpg(program.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
