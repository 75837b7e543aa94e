"""The commands that a build finds on its PATH before those of this machine: docker and aws.

With an engine `docker` is the real one: only the registry's host, which no name leads to here, is
replaced on the way in, and put back in what the command writes. Without one it is played. `aws ecr
get-login-password` is played, for not every machine has the AWS CLI; everything else goes to it.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from longshore_local.buildhost.played_docker import STATE

REAL_DOCKER = """\
#!/bin/bash
# Leads {registry} to {address}, in both directions.
given=("${{@//{registry}/{address}}}")
case "${{given[0]}}" in build) given=(build {options} "${{given[@]:1}}");; esac
back() {{ sed -u 's|{address}|{registry}|g'; }}
{docker} "${{given[@]}}" 2> >(back >&2) | back
exit "${{PIPESTATUS[0]}}"
"""
PLAYED_DOCKER = """\
#!/bin/bash
exec {python} -m longshore_local.buildhost.played_docker "$@"
"""
AWS = """\
#!/bin/bash
if [ "$1 $2" = "ecr get-login-password" ]; then echo the-emulator-checks-no-password; exit; fi
{rest}
"""
NO_AWS = 'echo "there is no AWS CLI on this machine: aws $*" >&2; exit 127'


@dataclass(frozen=True, slots=True)
class BuildCommands:
    """`registry` is the host that ECR names, `address` where it answers.

    Where there is an engine (`contained`), `arguments` are given to each `docker build` as build
    arguments, before its own.
    """

    registry: str
    address: str
    contained: bool
    arguments: Mapping[str, str] = field(default_factory=dict)

    def install(self, folder: Path) -> Mapping[str, str]:
        """Write the commands into a folder; return the variables that lead to them."""
        folder.mkdir()
        self._write(folder / "docker", self._docker())
        aws = shutil.which("aws")
        rest = f'exec {shlex.quote(aws)} "$@"' if aws else NO_AWS
        self._write(folder / "aws", AWS.format(rest=rest))
        return {
            "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)]),
            STATE: str(folder / "images.json"),
        }

    def _docker(self) -> str:
        real = shutil.which("docker")
        if not (self.contained and real):
            return PLAYED_DOCKER.format(python=shlex.quote(sys.executable))
        options = (f"--build-arg={name}={value}" for name, value in self.arguments.items())
        return REAL_DOCKER.format(
            registry=self.registry,
            address=self.address,
            docker=shlex.quote(real),
            options=shlex.join(options),
        )

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)
