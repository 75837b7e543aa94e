"""Propose how to follow the image that a container runs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from longshore.decide.versions import parse_version

_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.[a-z.]+/(?P<name>[^@:]+)"
    r"(?::(?P<tag>[^@]*))?(?:@(?P<digest>.*))?"
)
_MOVING = ("main", "master", "latest", "stable", "release", "develop")
"""Tags that most people move, in the order in which they are proposed."""
_ONE_BUILD = re.compile(r"(?:.*[-_.])?(?:[0-9a-f]{7,40}|\d+)")
"""Commit hashes and build numbers, also behind a prefix: such a tag is never moved."""


@dataclass(frozen=True, slots=True)
class EcrImage:
    """An image reference that lies in ECR."""

    account: str
    region: str
    repository: str
    tag: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """How to choose: `key` is a key of `select`, `remark` says why this or what to look at."""

    key: str
    value: str
    remark: str


def parse_ecr_image(image: str) -> EcrImage | None:
    """Read an image reference, None when it does not lie in a private ECR registry."""
    match = _IMAGE.fullmatch(image)
    if match is None:
        return None
    tag, digest = match["tag"] or None, match["digest"] or None
    if tag is None and digest is None:
        tag = "latest"  # what a runtime takes when a reference says neither
    return EcrImage(match["account"], match["region"], match["name"], tag, digest)


def propose(image: EcrImage, tags: Sequence[str]) -> Proposal:
    """Propose a selection from the running tag and the other tags of the same digest.

    A version wins, as a range from its minor on. A tag that looks like one build would never
    move, so another one is taken where there is one.
    """
    known = [*([image.tag] if image.tag else []), *sorted(set(tags) - {image.tag})]
    versions = [version for tag in known if (version := parse_version(tag)) is not None]
    if versions:
        newest = max(versions)
        return Proposal(
            "semver",
            f"^{newest.major}.{newest.minor}",
            f"{newest.text} runs; follows every later version below the next breaking one",
        )
    moving = [tag for tag in known if _ONE_BUILD.fullmatch(tag) is None]
    moving.sort(key=lambda tag: _MOVING.index(tag) if tag in _MOVING else len(_MOVING))
    if moving:
        tag = image.tag if image.tag in moving else moving[0]
        return Proposal("tag", str(tag), "follows the tag: whatever it names is deployed")
    if image.tag:
        return Proposal(
            "tag", image.tag, "this tag names one build; name the tag that your CI moves"
        )
    return Proposal("tag", _MOVING[0], "what runs has no tag; name the tag that your CI moves")
