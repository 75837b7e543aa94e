"""Plays the `docker` command where there is no engine, for the commands that a buildspec has.

An image that is built holds a fingerprint of its context and the labels of its Dockerfile: nothing
in it can be run. It is pushed by the registry's API with the credentials of the build. Labels that
begin with `longshore.local.` say how a container behaves (`longshore_local.registry.conduct`).
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from longshore_local.buildhost.dockerfile import labels_of
from longshore_local.cloud.clients import Cloud, Credentials
from longshore_local.registry.images import ImageContent, push_image

STATE = "LONGSHORE_PLAYED_IMAGES"
"""The variable that names the file in which images are kept between two commands."""

CONDUCT = "longshore.local."
NOT_PLAYED = 125
"""The exit status of docker itself for what it cannot do."""


OF_NO_CONSEQUENCE = ("--load", "--no-cache", "--pull", "--rm")
"""Options of a build that make no difference here."""


class DockerError(Exception):
    """A command failed; the text is what docker would write."""


@dataclass(slots=True)
class PlayedImage:
    """An image that was built, and where it was pushed to."""

    id: str
    files: dict[str, str]
    labels: dict[str, str]
    digests: list[str] = field(default_factory=list)


class Images:
    """The images of a build, by their references, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> dict[str, PlayedImage]:
        """Return every image."""
        if not self._path.exists():
            return {}
        found = json.loads(self._path.read_text())
        return {reference: PlayedImage(**one) for reference, one in found.items()}

    def named(self, reference: str) -> PlayedImage:
        """Return an image; raise DockerError without it."""
        found = self.all()
        by_id = {image.id: image for image in found.values()}
        image = found.get(tagged(reference)) or by_id.get(reference)
        if image is None:
            raise DockerError(f"Error: No such image: {reference}")
        return image

    def put(self, reference: str, image: PlayedImage) -> None:
        """Keep an image under a reference."""
        kept = {**self.all(), tagged(reference): image}
        plain = {
            name: {"id": one.id, "files": one.files, "labels": one.labels, "digests": one.digests}
            for name, one in kept.items()
        }
        self._path.write_text(json.dumps(plain))


def tagged(reference: str) -> str:
    """Return a reference with its tag, `latest` where it has none."""
    return reference if ":" in reference.rpartition("/")[2] else f"{reference}:latest"


def build(images: Images, given: Sequence[str]) -> str:
    """Keep what an image would be known by."""
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
    known, ignored = parser.parse_known_args([*_without_values(given)])
    context = Path(known.context)
    dockerfile = Path(known.file) if known.file else context / "Dockerfile"
    if not dockerfile.is_file():
        raise DockerError(f"ERROR: failed to read dockerfile: open {dockerfile}: no such file")
    arguments = {name: value for name, _, value in (one.partition("=") for one in known.build_arg)}
    labels = labels_of(dockerfile.read_text(), arguments)
    labels |= {name: value for name, _, value in (one.partition("=") for one in known.label)}
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
    options = [one for one in given if one.startswith("-")]
    (reference,) = [one for one in given if not one.startswith("-")]
    if "--all-tags" in options or "-a" in options:
        names = [name for name in images.all() if name.rpartition(":")[0] == reference]
        return "\n".join(push(images, [name]) for name in names)
    image = images.named(reference)
    name, _, label = tagged(reference).rpartition(":")
    _, slash, repository = name.partition("/")
    if not slash:
        raise DockerError("denied: requested access to the resource is denied")
    conduct = {key: value for key, value in image.labels.items() if key.startswith(CONDUCT)}
    content = ImageContent(image.files, conduct, image.labels)
    digest = push_image(_cloud(), repository, label, content)
    image.digests = [*{*image.digests, f"{name}@{digest}"}]
    images.put(reference, image)
    return f"{label}: digest: {digest} size: 1"


def inspect(images: Images, given: Sequence[str]) -> str:
    """Show an image in one of the formats that buildspecs use."""
    parser = argparse.ArgumentParser("docker inspect")
    parser.add_argument("-f", "--format", default="")
    parser.add_argument("reference")
    known, _ = parser.parse_known_args(given)
    image = images.named(known.reference)
    document = {
        "Id": image.id,
        "RepoDigests": image.digests,
        "Config": {"Labels": image.labels},
    }
    formats: Mapping[str, Callable[[], str]] = {
        "": lambda: json.dumps([document], indent=4),
        "{{index .RepoDigests 0}}": lambda: image.digests[0],
        "{{.Id}}": lambda: image.id,
        "{{.ID}}": lambda: image.id,
        "{{json .RepoDigests}}": lambda: json.dumps(image.digests),
        "{{json .Config.Labels}}": lambda: json.dumps(image.labels),
    }
    if known.format not in formats:
        raise DockerError(f"the format {known.format} is not played here")
    return formats[known.format]()


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
    "image push": push,
    "image tag": tag,
    "info": version,
    "inspect": inspect,
    "login": login,
    "logout": version,
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
    except DockerError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_PLAYED
    sys.stdout.write(f"{said}\n" if said else "")
    return 0


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


def _cloud() -> Cloud:
    variables = os.environ
    credentials = Credentials(
        variables["AWS_ACCESS_KEY_ID"],
        variables["AWS_SECRET_ACCESS_KEY"],
        variables.get("AWS_SESSION_TOKEN"),
    )
    return Cloud(
        variables["AWS_ENDPOINT_URL"],
        ecr_endpoint=variables.get("AWS_ENDPOINT_URL_ECR"),
        credentials=credentials,
    )


if __name__ == "__main__":
    sys.exit(main())
