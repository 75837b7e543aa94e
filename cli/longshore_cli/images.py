"""Propose how to follow the image that a container runs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from longshore.decide.versions import parse_version
from longshore.domain.references import EcrImage

_MOVING = ("main", "master", "latest", "stable", "release", "develop")
"""Tags that most people move, in the order in which they are proposed."""
_ONE_BUILD = re.compile(r"(?:.*[-_.])?(?:[0-9a-f]{7,40}|\d+)")
"""Commit hashes and build numbers, also behind a prefix: such a tag is never moved."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """How to choose: `key` is a key of `select`, `remark` says why this or what to look at."""

    key: str
    value: str
    remark: str


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
