"""Starts ministack as a process of its own, in an environment of its own, and stops it again."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from longshore_local.errors import LocalCloudError

REGION = "eu-west-1"
ACCOUNT = "111122223333"
ROOT_KEY = "test"
ROOT_SECRET = "test"  # noqa: S105 - the emulator's documented root credentials, worth nothing elsewhere
LEASH = Path(__file__).with_name("leash.py")
READY_WITHIN = 30.0
"""Seconds. It takes about one; a machine under load may need several."""


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on.

    The emulator builds queue addresses from the port it was told, so it cannot pick one itself.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


MOST_CALLS = 200_000
"""Calls that are recorded: the oldest go first, and what was used once must be seen at the end."""


@dataclass(frozen=True, slots=True)
class EmulatorSettings:
    """How to start it; `extra` is added to the environment that Lambda functions inherit."""

    program: Path
    port: int
    extra: Mapping[str, str]

    def environment(self, scratch: Path) -> dict[str, str]:
        """Return the whole environment: nothing of the caller's own gets through.

        Local Lambda processes inherit it. Without the region every unsigned request would be
        looked up in another one.
        """
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "AUTH": "true",
            "LAMBDA_EXECUTOR": "local",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "S3_DATA_DIR": str(scratch / "s3"),
            "STATE_DIR": str(scratch / "state"),
            "CLOUDTRAIL_RECORDING": "1",
            "CLOUDTRAIL_MAX_EVENTS": str(MOST_CALLS),
            "IOT_MTLS_ENABLED": "0",  # it would listen on port 8883 of every interface
            # It shall find no engine: at its start it removes containers that it takes for its own.
            "DOCKER_HOST": f"unix://{scratch}/no-docker",
            "AWS_ACCESS_KEY_ID": ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": ROOT_SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.extra,
        }


class Emulator:
    """A running ministack. Leave the context, and it and all it wrote are gone."""

    def __init__(self, settings: EmulatorSettings) -> None:
        self.endpoint = f"http://127.0.0.1:{settings.port}"
        self.scratch = Path(tempfile.mkdtemp(prefix="longshore-"))
        self._log = self.scratch / "ministack.log"
        with self._log.open("wb") as log:
            self._leash = subprocess.Popen(
                [sys.executable, "-I", "-S", LEASH, self.scratch, settings.program],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=settings.environment(self.scratch),
                start_new_session=True,  # Ctrl-C is for us alone: we end it in order
            )

    def wait_until_ready(self, within: float = READY_WITHIN) -> None:
        """Return as soon as it answers.

        Raises:
            LocalCloudError: It ended, or did not answer in time (`within`, in seconds).
        """
        until = time.monotonic() + within
        while not self._answers():
            if self._leash.poll() is not None or time.monotonic() > until:
                raise LocalCloudError(f"the emulator did not start; it last said:\n{self.tail()}")
            time.sleep(0.05)

    def tail(self, lines: int = 20) -> str:
        """Return the last lines of its log."""
        try:
            return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return "(no log)"

    def close(self) -> None:
        """Stop it and everything that it started; may be called twice."""
        if self._leash.stdin is not None:
            self._leash.stdin.close()
        self._leash.wait()

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.endpoint}/_ministack/ready", timeout=1) as reply:  # noqa: S310 - our own loopback address
                return isinstance(json.load(reply), dict)
        except (URLError, HTTPException, OSError, ValueError):
            return False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
