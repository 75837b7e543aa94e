"""Plays the `docker` command where there is no engine, for the commands that a buildspec has.

An image that is built holds a fingerprint of its context and the labels of its Dockerfile: nothing
in it can be run, and no RUN of the Dockerfile is. It is pushed by the registry's API with the
credentials of the build.
"""

import argparse
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from botocore.exceptions import ClientError

from longshore_local.buildhost.dockerfile import labels_of, missing_from
from longshore_local.buildhost.played_images import (
    DockerError,
    Images,
    PlayedImage,
    Registry,
    split,
)

STATE = "LONGSHORE_PLAYED_IMAGES"
"""The variable that names the file in which images are kept between two commands."""

NOT_PLAYED = 125
"""The exit status of docker itself for what it cannot do."""

OF_NO_CONSEQUENCE = ("--load", "--no-cache", "--pull", "--rm")
"""Options of a build that make no difference here."""

LABEL = re.compile(r'\{\{index \.Config\.Labels "(?P<name>[^"]+)"\}\}')
FORMATS: Mapping[str, Callable[[PlayedImage], str]] = {
    "": lambda image: json.dumps(
        [{"Id": image.id, "RepoDigests": image.digests, "Config": {"Labels": image.labels}}],
        indent=4,
    ),
    "{{index .RepoDigests 0}}": lambda image: image.digests[0],
    "{{.Id}}": lambda image: image.id,
    "{{.ID}}": lambda image: image.id,
    "{{json .RepoDigests}}": lambda image: json.dumps(image.digests),
    "{{json .Config.Labels}}": lambda image: json.dumps(image.labels),
}


def build(images: Images, given: Sequence[str]) -> str:
    """Keep what an image would be known by; fail where a file to copy is not there."""
    known, ignored = _build_options().parse_known_args(_without_values(given))
    context = Path(known.context)
    dockerfile = Path(known.file) if known.file else context / "Dockerfile"
    if not dockerfile.is_file():
        raise DockerError(f"ERROR: failed to read dockerfile: open {dockerfile}: no such file")
    text = dockerfile.read_text()
    absent = missing_from(context, text)
    if absent is not None:
        raise DockerError(f'COPY failed: file not found in build context: "{absent}"')
    arguments = _pairs(known.build_arg)
    labels = {**labels_of(text, arguments), **_pairs(known.label)}
    made = fingerprint(context, arguments)
    image = PlayedImage(f"sha256:{made}", {"fingerprint": made, **arguments}, labels)
    for reference in known.tag:
        images.put(reference, image)
    pushed = [push(images, [reference]) for reference in known.tag] if known.push else []
    said = image.id if known.quiet else f"played: built {', '.join(known.tag)} as {image.id}"
    skipped = [f"played: without {' '.join(ignored)}"] if ignored else []
    return "\n".join([*skipped, said, *pushed])


def tag(images: Images, given: Sequence[str]) -> str:
    """Name an image once more."""
    source, target = given
    images.put(target, images.named(source))
    return ""


def push(images: Images, given: Sequence[str]) -> str:
    """Put an image into the registry."""
    (reference,) = [one for one in given if not one.startswith("-")]
    if {"--all-tags", "-a"} & set(given):
        names = [name for name in images.all() if split(name)[0] == reference]
        return "\n".join(push(images, [name]) for name in names)
    image = images.named(reference)
    digest = Registry().push(reference, image)
    images.put(reference, image)
    return f"{split(reference)[1]}: digest: {digest} size: 1"


def pull(images: Images, given: Sequence[str]) -> str:
    """Know an image of the registry from now on."""
    (reference,) = [one for one in given if not one.startswith("-")]
    image = Registry().pull(reference)
    images.put(reference, image)
    return f"Digest: {image.digests[0].partition('@')[2]}"


def inspect(images: Images, given: Sequence[str]) -> str:
    """Show an image in one of the formats that buildspecs use."""
    parser = argparse.ArgumentParser("docker inspect")
    parser.add_argument("-f", "--format", default="")
    parser.add_argument("reference")
    known, _ = parser.parse_known_args(given)
    image = images.named(known.reference)
    label = LABEL.fullmatch(known.format)
    if label is not None:
        return image.labels.get(label["name"], "")
    if known.format not in FORMATS:
        raise DockerError(f"the format {known.format} is not played here")
    return FORMATS[known.format](image)


def login(_images: Images, given: Sequence[str]) -> str:
    """Take a password from standard input, as whoever asks ECR for it gives it."""
    if "--password-stdin" in given and not sys.stdin.read().strip():
        raise DockerError("Error: Password Required")
    return "Login Succeeded"


def version(_images: Images, _given: Sequence[str]) -> str:
    """Say that no engine is there."""
    return "played: there is no Docker engine on this machine"


COMMANDS: Mapping[str, Callable[[Images, Sequence[str]], str]] = {
    "build": build,
    "image inspect": inspect,
    "image pull": pull,
    "image push": push,
    "image tag": tag,
    "info": version,
    "inspect": inspect,
    "login": login,
    "logout": version,
    "pull": pull,
    "push": push,
    "tag": tag,
    "version": version,
    "--version": version,
}
BUILDX = ("buildx", "build")


def fingerprint(context: Path, arguments: Mapping[str, str]) -> str:
    """Return a hash of all that an image would be made of."""
    digest = hashlib.sha256(json.dumps(arguments, sort_keys=True).encode())
    for path in sorted(context.rglob("*")):
        if path.is_file() and ".git" not in path.parts:
            digest.update(f"{path.relative_to(context)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def run(given: Sequence[str], images: Images) -> str:
    """Play a command line; raise DockerError for one that fails or is not played."""
    words = list(given[1:]) if tuple(given[:2]) == BUILDX else list(given)
    for length in (2, 1):
        command = COMMANDS.get(" ".join(words[:length]))
        if command is not None:
            return command(images, words[length:])
    raise DockerError(f"docker {' '.join(given[:2])} is not played here: start a Docker engine")


def main() -> int:
    """Play the command line of this process."""
    try:
        said = run(sys.argv[1:], Images(Path(os.environ[STATE])))
    except (DockerError, ClientError) as error:
        sys.stderr.write(f"{error}\n")
        return NOT_PLAYED if "not played" in str(error) else 1
    sys.stdout.write(f"{said}\n" if said else "")
    return 0


def _build_options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("docker build")
    parser.add_argument("-t", "--tag", action="append", default=[])
    parser.add_argument("-f", "--file")
    parser.add_argument("--build-arg", action="append", default=[])
    parser.add_argument("--label", action="append", default=[])
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("--push", action="store_true")
    for flag in OF_NO_CONSEQUENCE:
        parser.add_argument(flag, action="store_true")
    parser.add_argument("context")
    return parser


def _pairs(given: Sequence[str]) -> dict[str, str]:
    """Read NAME=VALUE, and NAME alone for what the environment holds."""
    split_up = (one.partition("=") for one in given)
    return {name: value if sign else os.environ.get(name, "") for name, sign, value in split_up}


def _without_values(given: Sequence[str]) -> list[str]:
    """Join the options that are not known to their values, which would be taken for the context."""
    joined: list[str] = []
    own = {"-t", "--tag", "-f", "--file", "--build-arg", "--label"}
    flags = {"-q", "--quiet", "--push", *OF_NO_CONSEQUENCE}
    for word in given:
        before = joined[-1] if joined else ""
        open_option = before.startswith("-") and "=" not in before and before not in {*own, *flags}
        if open_option and not word.startswith("-"):
            joined[-1] = f"{before}={word}"
        else:
            joined.append(word)
    return joined


if __name__ == "__main__":
    sys.exit(main())
