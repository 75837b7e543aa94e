"""A build as CodeBuild runs it: the buildspec's commands, one after the other, in one shell.

Docker and the AWS CLI are stand-ins on PATH that write down how they were called; git is real.
"""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

STACKS = Path(__file__).parent.parent.parent.parent / "stacks"
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
IMAGE = f"{REGISTRY}/shop"
PUSHED = "sha256:" + "a" * 64
THERE = "sha256:" + "b" * 64

DOCKER = f"""#!/usr/bin/env bash
printf '%s\\x1f' "$@" >>"$FAKE/docker"
printf '\\n' >>"$FAKE/docker"
for word in "$@"; do
  if [[ " $FAILING " == *" $word "* ]]; then echo "docker: $word failed" >&2; exit 1; fi
done
case "$1" in
  login) cat >"$FAKE/password" ;;
  pull)
    if [[ "$2" != "$EXISTING" ]]; then echo "manifest unknown" >&2; exit 1; fi
    echo "Digest: {THERE}" ;;
  image) cat "$FAKE/revision" ;;
  push) echo "${{2##*:}}: digest: ${{SAYS:-{PUSHED}}} size: 528" ;;
esac
"""
AWS = """#!/usr/bin/env bash
printf '%s\\n' "$*" >>"$FAKE/aws"
if [[ -n "$AWS_FAILS" ]]; then echo "Unable to locate credentials" >&2; exit 255; fi
echo secret-password
"""
GIT = {
    "GIT_AUTHOR_NAME": "Ana",
    "GIT_AUTHOR_EMAIL": "ana@example.com",
    "GIT_COMMITTER_NAME": "Ana",
    "GIT_COMMITTER_EMAIL": "ana@example.com",
    "GIT_AUTHOR_DATE": "2026-11-29T12:00:00+02:00",
    "GIT_COMMITTER_DATE": "2026-11-29T12:00:00+02:00",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


def buildspec() -> dict[str, Any]:
    """The buildspec as data."""
    spec: dict[str, Any] = YAML(typ="safe").load((STACKS / "buildspec.yml").read_text())
    return spec


@dataclass
class Built:
    """What came of a build."""

    status: int
    said: str
    exported: Mapping[str, str]
    docker: Sequence[Sequence[str]]
    folder: Path

    def json(self, name: str) -> Any:  # noqa: ANN401  # whatever stands in the file
        return json.loads((self.folder / name).read_text())

    def calls(self, *begins: str) -> list[Sequence[str]]:
        """The calls of docker that begin with these words."""
        return [call for call in self.docker if tuple(call[: len(begins)]) == begins]

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the image itself."""
        call = self.calls("build")[-1]
        texts = [call[i + 1] for i, word in enumerate(call) if word == "--label"]
        return dict(text.split("=", 1) for text in texts)

    @property
    def pushed(self) -> list[str]:
        return [call[1] for call in self.calls("push")]


@dataclass
class Source:
    """A clone, and the machine that builds it."""

    folder: Path
    fake: Path
    variables: dict[str, str] = field(default_factory=dict)

    def git(self, *arguments: str) -> str:
        made = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=os.environ | GIT,
            check=True,
            capture_output=True,
            text=True,
        )
        return made.stdout.strip()

    def clone(self, branch: str = "main") -> str:
        """Make it a clone with one commit and return that."""
        self.git("init", "--quiet", "--initial-branch", branch)
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "first")
        return self.git("rev-parse", "HEAD")

    def exists(self, tag: str, commit: str) -> None:
        """Let the registry have an image that was built from a commit."""
        self.variables["EXISTING"] = f"{IMAGE}:{tag}"
        (self.fake / "revision").write_text(f"{commit}\n")

    def build(self, **variables: str) -> Built:
        """Run the commands of all phases, and stop at the first that fails, as CodeBuild does."""
        spec = buildspec()
        commands = [c for phase in spec["phases"].values() for c in phase["commands"]]
        shows = [f'echo "{name}=${{{name}:-}}"' for name in spec["env"]["exported-variables"]]
        script = "\n".join(f"{{ {command}\n}} || exit 1" for command in [*commands, *shows])
        ran = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self._environment(spec, variables),
            check=False,
            capture_output=True,
            text=True,
        )
        exported = dict(each.split("=", 1) for each in ran.stdout.splitlines() if "=" in each)
        log = self.fake / "docker"
        lines = log.read_text().splitlines() if log.exists() else []
        calls = [line.split("\x1f")[:-1] for line in lines]
        return Built(ran.returncode, ran.stderr, exported, calls, self.folder)

    def _environment(self, spec: dict[str, Any], variables: Mapping[str, str]) -> dict[str, str]:
        given = {"REGISTRY": REGISTRY, "REPOSITORY": "shop", "FAKE": str(self.fake)}
        nothing = {"FAILING": "", "EXISTING": "", "AWS_FAILS": "", "SAYS": ""}
        path = f"{self.fake}/bin:{os.environ['PATH']}"
        own: dict[str, str] = spec["env"]["variables"]
        return {"PATH": path} | GIT | nothing | own | given | self.variables | dict(variables)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    folder, fake = tmp_path / "source", tmp_path / "fake"
    folder.mkdir()
    fake.mkdir()
    for name, text in (("docker", DOCKER), ("aws", AWS)):
        (fake / "bin").mkdir(exist_ok=True)
        (fake / name).write_text("")
        program = fake / "bin" / name
        program.write_text(text)
        program.chmod(0o755)
    for name in ("build-image.sh", "buildspec.yml"):
        (folder / name).write_text((STACKS / name).read_text())
    (folder / "Dockerfile").write_text("FROM scratch\n")
    return Source(folder, fake)
