"""The first `longshore.yaml` of a service, with comments that explain it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from longshore.domain.references import EcrImage
from longshore.events.configuration import API_VERSION
from longshore_cli.images import Proposal
from longshore_cli.output import visible

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class StarterImage:
    """An image to be followed, and the containers that run it."""

    alias: str
    image: EcrImage
    proposal: Proposal
    containers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Starter:
    """What the file is made from; `others` are containers that stay as they are."""

    application: str
    stage: str
    service: str
    account: str
    region: str
    images: tuple[StarterImage, ...]
    others: Mapping[str, str]

    @property
    def ambiguous(self) -> bool:
        """Whether images can only be told apart by the containers' names."""
        repositories = [
            (each.image.account, each.image.region, each.image.repository) for each in self.images
        ]
        return len(set(repositories)) < len(repositories)


def yaml_text(starter: Starter) -> str:
    """Return the file."""
    return "".join(f"{line}\n" for line in _lines(starter))


def _lines(starter: Starter) -> Iterator[str]:
    yield f"# What Longshore deploys to {visible(starter.service)}, and when."
    yield "# Every key: docs/configuration.md"
    yield f"apiVersion: {API_VERSION}"
    yield f"application: {scalar(starter.application)}"
    yield ""
    yield "# Repositories in ECR, under a name of your choice, and how to choose from each."
    yield "images:"
    for each in starter.images:
        yield from _image_lines(starter, each)
    yield ""
    yield "# Environments. Each has its own services, and moves by itself."
    yield "stages:"
    yield f"  {scalar(starter.stage)}:"
    yield "    targets:"
    yield f"      - service: {scalar(starter.service)}"
    yield from _container_lines(starter)
    yield "    deadline: 30m  # what ECS has not rolled out by then has failed"


def _image_lines(starter: Starter, each: StarterImage) -> Iterator[str]:
    image = each.image
    yield f"  {scalar(each.alias)}:"
    yield f"    repository: {scalar(image.repository)}"
    if image.account != starter.account:
        yield f"    account: {json.dumps(image.account)}"
    if image.region != starter.region:
        yield f"    region: {scalar(image.region)}"
    yield f"    # {visible(each.proposal.remark)}"
    yield f"    select: {{{each.proposal.key}: {json.dumps(each.proposal.value)}}}"


def _container_lines(starter: Starter) -> Iterator[str]:
    if starter.ambiguous:
        yield "        containers:  # two images of one repository: told apart by container"
        for each in starter.images:
            for name in each.containers:
                yield f"          {scalar(name)}: {scalar(each.alias)}"
    else:
        followed = _listed([name for each in starter.images for name in each.containers])
        yield f"        # every container that runs such a repository follows it: {followed}"
    if starter.others:
        yield f"        # left as they are: {_listed(list(starter.others))}"


def _listed(names: Sequence[str]) -> str:
    return visible(", ".join(names))


def scalar(text: str) -> str:
    """Return text as a YAML value that is read as the same text by YAML 1.1 and 1.2."""
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if plain else json.dumps(text)
