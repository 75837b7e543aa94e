"""What a repository's lifecycle policy will do to one image. Pure: text and images in, fate out.

The rules are those of the ECR user guide, "Automate the cleanup of images by using lifecycle
policies" and "Lifecycle policy properties":
https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html

- Rules are applied by priority, the lowest number first. An image that meets the tag requirements
  of a rule cannot be expired by a later one, but later ones still count it.
- Several prefixes or patterns in one rule must all be met, each by any of the image's tags.
- `imageCountMoreThan` keeps the newest by push time; `sinceImagePushed` goes by it alone.
- ECR acts within 24 hours after an image is due.

What is not known here: images inside an index cannot expire before it does, so an image that runs
and is only a part of an index lives longer than this says.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from longshore.events.documents import parse_document

_COUNT = "imageCountMoreThan"
_PUSHED = "sinceImagePushed"
_PULLED = "sinceImagePulled"
_TRANSITIONED = "sinceImageTransitioned"


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image as the repository has it; an archived one cannot be pulled."""

    digest: str
    tags: tuple[str, ...]
    pushed_at: datetime
    pulled_at: datetime | None = None
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a policy; `number` counts images or days, as `count_type` says."""

    priority: int
    tag_status: str
    prefixes: tuple[str, ...]
    patterns: tuple[str, ...]
    archived: bool
    count_type: str
    number: int
    archives: bool

    @classmethod
    def parse(cls, document: Mapping[str, object]) -> Self:
        """Read a rule; raise ValueError where it says what is not known here."""
        selection, action = _part(document, "selection"), _part(document, "action")
        rule = cls(
            priority=_number(document, "rulePriority"),
            tag_status=_one_of(selection, "tagStatus", "any", "tagged", "untagged"),
            prefixes=_texts(selection, "tagPrefixList"),
            patterns=_texts(selection, "tagPatternList"),
            archived=selection.get("storageClass", "standard") != "standard",
            count_type=_one_of(selection, "countType", _COUNT, _PUSHED, _PULLED, _TRANSITIONED),
            number=_number(selection, "countNumber"),
            archives=_one_of(action, "type", "expire", "transition") == "transition",
        )
        if rule.count_type != _COUNT:
            _one_of(selection, "countUnit", "days")
        return rule

    def meets(self, image: StoredImage) -> bool:
        """Whether an image meets the rule's requirements of tags and storage class."""
        if image.archived != self.archived:
            return False
        if self.tag_status == "any":
            return True
        if self.tag_status == "untagged":
            return not image.tags
        wanted = [f"{re.escape(prefix)}.*" for prefix in self.prefixes]
        wanted += [re.escape(pattern).replace(r"\*", ".*") for pattern in self.patterns]
        found = (any(re.fullmatch(each, tag) for tag in image.tags) for each in wanted)
        return bool(image.tags) and all(found)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an image: after so many more pushes, or after so much time.

    Exactly one of `pushes` and `wait` is set; 0 pushes, or no time left, means that it is due now.
    """

    priority: int
    archives: bool
    pushes: int | None = None
    wait: timedelta | None = None

    @property
    def due(self) -> bool:
        """Whether ECR takes the image with its next look at the repository, within a day."""
        return self.pushes == 0 or (self.wait is not None and self.wait <= timedelta())

    def soon(self, pushes: int, wait: timedelta) -> bool:
        """Whether it happens within so many pushes, or so much time."""
        if self.wait is not None:
            return self.wait <= wait
        return (self.pushes or 0) <= pushes


def parse_policy(text: str) -> tuple[Rule, ...]:
    """Read a policy's text, in the order of its priorities; raise ValueError for what is none."""
    rules = parse_document(text).get("rules")
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise ValueError("it holds no list of rules")
    return tuple(sorted(map(Rule.parse, rules), key=lambda rule: rule.priority))


def fate_of(
    image: StoredImage, rules: Sequence[Rule], images: Sequence[StoredImage], now: datetime
) -> Fate | None:
    """Return what the rules will do to an image, None when they leave it alone.

    `images` is what lies in the repository, the image itself in whatever state left out or in: it
    is taken as `image` says, so that a state of tomorrow can be asked about.
    """
    rule = next((rule for rule in rules if rule.meets(image)), None)
    if rule is None:
        return None
    if rule.count_type == _COUNT:
        newer = sum(
            rule.meets(other) and _is_newer(other, image)
            for other in images
            if other.digest != image.digest
        )
        left = max(0, rule.number - newer)
        return Fate(rule.priority, rule.archives, pushes=left)
    since = image.pushed_at
    if rule.count_type == _PULLED:
        since = image.pulled_at or image.pushed_at
    elif rule.count_type == _TRANSITIONED:
        return None  # only what was archived, and that cannot be run
    return Fate(rule.priority, rule.archives, wait=since + timedelta(days=rule.number) - now)


def _is_newer(other: StoredImage, image: StoredImage) -> bool:
    return (other.pushed_at, other.digest) > (image.pushed_at, image.digest)


def _part(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = document.get(key)
    if isinstance(value, dict):
        return value
    raise ValueError(f"a rule has no {key}")


def _number(document: Mapping[str, object], key: str) -> int:
    value = document.get(key)
    if isinstance(value, int):
        return value
    raise ValueError(f"{key} of a rule is no number")


def _texts(document: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = document.get(key, [])
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _one_of(document: Mapping[str, object], key: str, *known: str) -> str:
    value = document.get(key)
    if isinstance(value, str) and value in known:
        return value
    raise ValueError(f"a rule says {key} {value!r}, which this version does not know")
