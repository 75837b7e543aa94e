"""The docker command where there is no engine, and where there is one."""

import os
import subprocess
from pathlib import Path

import pytest

from longshore_local.buildhost.commands import BuildCommands
from longshore_local.buildhost.dockerfile import labels_of
from longshore_local.buildhost.played_docker import run
from longshore_local.buildhost.played_images import DockerError, Images

DOCKERFILE = """\
# A comment
ARG BASE=busybox
FROM ${BASE} AS build
LABEL stage=build
FROM ${BASE}
ARG REVISION
ARG SOURCE="https://example.com/app"
LABEL org.opencontainers.image.revision=${REVISION} \\
      org.opencontainers.image.source=$SOURCE "with blank"="a b"
"""


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return folder


@pytest.fixture
def images(tmp_path: Path) -> Images:
    return Images(tmp_path / "images.json")


def test_labels_are_those_of_the_last_stage() -> None:
    assert labels_of(DOCKERFILE, {"REVISION": "abc"}) == {
        "org.opencontainers.image.revision": "abc",
        "org.opencontainers.image.source": "https://example.com/app",
        "with blank": "a b",
    }


def test_an_image_is_built_tagged_and_inspected(context: Path, images: Images) -> None:
    options = ["--build-arg", "REVISION=abc", "--label", "team=shop", "--cache-from", "app:cache"]
    said = run(["build", *options, "-t", "registry/app:1", str(context)], images)
    run(["tag", "registry/app:1", "registry/app"], images)

    identity = run(["image", "inspect", "--format", "{{.Id}}", "registry/app:latest"], images)

    assert identity.startswith("sha256:")
    assert said.splitlines() == [
        "played: without --cache-from=app:cache",
        f"played: built registry/app:1 as {identity}",
    ]
    assert '"team": "shop"' in run(["inspect", "registry/app:1"], images)


def test_another_content_is_another_image(context: Path, images: Images) -> None:
    first = run(["build", "-q", "-t", "a", str(context)], images)
    same = run(["buildx", "build", "--load", "-q", "-t", "a", str(context)], images)
    (context / "file").write_text("new")

    assert first == same != run(["build", "-q", "-t", "a", str(context)], images)


def test_labels_are_shown_one_by_one(
    context: Path, images: Images, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVISION", "from the environment")
    run(["build", "-t", "app", "--build-arg", "REVISION", str(context)], images)

    def label(name: str) -> str:
        shown = f'{{{{index .Config.Labels "{name}"}}}}'
        return run(["image", "inspect", "--format", shown, "app"], images)

    assert label("org.opencontainers.image.revision") == "from the environment"
    assert label("nothing") == ""


def test_a_file_to_copy_that_is_not_there_fails_the_build(context: Path, images: Images) -> None:
    (context / "here.txt").write_text("here")
    for copied in ("COPY here.txt /", "COPY --from=build /x /", 'COPY ["*.txt", "/"]', "COPY . /"):
        (context / "Dockerfile").write_text(f"FROM a AS build\n{copied}\n")
        run(["build", str(context)], images)

    (context / "Dockerfile").write_text("FROM a\nCOPY --chown=1:1 here.txt prizes /\n")
    with pytest.raises(DockerError, match='not found in build context: "prizes"'):
        run(["build", str(context)], images)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["tag", "nothing", "a"], "No such image: nothing"),
        (["inspect", "--format", "{{.Os}}", "app"], "format {{.Os}} is not played"),
        (["run", "app"], "docker run app is not played here"),
        (["build", "/nowhere"], "failed to read dockerfile"),
    ],
)
def test_what_cannot_be_is_told(
    context: Path, images: Images, command: list[str], words: str
) -> None:
    run(["build", "-t", "app", str(context)], images)

    with pytest.raises(DockerError, match=words):
        run(command, images)


def on_path(
    folder: Path, commands: BuildCommands, *command: str
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **commands.install(folder / "bin")}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_without_an_engine_the_played_command_is_on_the_path(context: Path) -> None:
    commands = BuildCommands("1.dkr.ecr.x.amazonaws.com", "127.0.0.1:1", contained=False)

    ended = on_path(context, commands, "docker", "version")

    assert (ended.returncode, ended.stdout) == (
        0,
        "played: there is no Docker engine on this machine\n",
    )


def test_with_an_engine_the_registry_is_led_to_this_machine_and_back(
    context: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = context / "real"
    real.mkdir()
    (real / "docker").write_text('#!/bin/sh\nprintf "<%s>" "$@"; echo; echo oops >&2; exit 3\n')
    (real / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{real}:{os.environ['PATH']}")
    registry = "1.dkr.ecr.x.amazonaws.com"
    commands = BuildCommands(registry, "127.0.0.1:5", contained=True, arguments={"BASE": "own"})

    written = commands.install(context / "bin")
    script = (context / "bin/docker").read_text()
    ended = subprocess.run(
        ["docker", "build", "-t", f"{registry}/app:1", "two words"],
        env={**os.environ, **written},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "127.0.0.1:5" in script
    assert (ended.returncode, ended.stderr) == (3, "oops\n")
    assert ended.stdout == f"<build><--build-arg=BASE=own><-t><{registry}/app:1><two words>\n"


def test_the_password_for_ecr_is_played(context: Path) -> None:
    commands = BuildCommands("r", "a", contained=False)

    ended = on_path(context, commands, "aws", "ecr", "get-login-password", "--region", "eu-west-1")

    assert (ended.returncode, bool(ended.stdout.strip())) == (0, True)
