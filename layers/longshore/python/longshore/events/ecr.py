"""Events of Amazon ECR.

ECR sends one event for each manifest and for each tag, to the account and region of the
repository; for replication and pull-through that is the destination.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
"""

import re
from collections.abc import Callable, Mapping
from typing import TypedDict

from longshore.domain.facts import (
    Fact,
    ImageDeleted,
    ImagePushed,
    ImagePushFailed,
    ImageScanned,
    ImageStorageChanged,
    ReferrerChanged,
    Route,
)
from longshore.domain.places import RepositoryRef
from longshore.events.arns import first_arn
from longshore.events.documents import Fields
from longshore.events.envelope import home_of

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
REPOSITORY = re.compile(rf"(?=.{{2,256}}\Z){_COMPONENT}(?:/{_COMPONENT})*")
"""ECR's own pattern and length of repository names."""
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,299}")
"""Docker's characters, ECR's length."""
DIGEST = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]{1,256}")
"""An algorithm and a value of any length: the digest of an event is shown, never acted on."""

_SUCCEEDED = "SUCCESS"
_OUTCOMES = frozenset({_SUCCEEDED, "FAILED"})


class _Image(TypedDict):
    """The parts of a fact that are the same for every event about an image."""

    event_id: str | None
    time: str | None
    repository: RepositoryRef
    tag: str | None
    digest: str | None


def read_ecr_event(event: Fields, detail_type: str) -> Fact | None:
    """Read an event of ECR, None for a type or action that is not read; raise ValueError."""
    reader = _READERS.get(detail_type)
    return reader(event, event.fields("detail")) if reader else None


def _image_action(event: Fields, detail: Fields) -> Fact | None:
    action = detail.text("action-type")
    match action:
        case "PUSH":
            return _arrival(event, detail, Route.PUSH, detail.text("result"))
        case "DELETE":
            return ImageDeleted(**_image(event, detail))
        case "UPDATE_STORAGE_CLASS":
            storage_class = detail.optional_text("target-storage-class")
            return ImageStorageChanged(**_image(event, detail), storage_class=storage_class)
        case _:
            return None


def _replication(event: Fields, detail: Fields) -> Fact | None:
    if detail.text("action-type") != "REPLICATE":
        return None
    return _arrival(event, detail, Route.REPLICATION, detail.text("result"))


def _pull_through(event: Fields, detail: Fields) -> Fact | None:
    return _arrival(event, detail, Route.PULL_THROUGH, detail.text("sync-status"))


def _referrer(event: Fields, detail: Fields) -> Fact | None:
    return ReferrerChanged(**_image(event, detail), action=detail.text("action-type"))


def _scan(event: Fields, detail: Fields) -> Fact | None:
    return ImageScanned(**_image(event, detail), status=detail.text("scan-status"))


def _arrival(event: Fields, detail: Fields, via: Route, result: str) -> Fact | None:
    """Read the end of a push, a replication or a pull-through; AWS knows two ends so far."""
    image = _image(event, detail)
    if result != _SUCCEEDED:
        return ImagePushFailed(**image, via=via) if result in _OUTCOMES else None
    return ImagePushed(
        **image,
        via=via,
        manifest_type=detail.optional_text("manifest-media-type"),
        artifact_type=detail.optional_text("artifact-media-type"),
    )


def _image(event: Fields, detail: Fields) -> _Image:
    name = detail.text("repository-name", REPOSITORY)
    arn = first_arn(event.values.get("resources"), "ecr", "repository")
    return _Image(
        event_id=event.loose_text("id"),
        time=event.loose_text("time"),
        repository=RepositoryRef(home_of(event, arn), name),
        tag=detail.optional_text("image-tag", TAG),
        digest=detail.optional_text("image-digest", DIGEST),
    )


_READERS: Mapping[str, Callable[[Fields, Fields], Fact | None]] = {
    "ECR Image Action": _image_action,
    "ECR Replication Action": _replication,
    "ECR Pull Through Cache Action": _pull_through,
    "ECR Referrer Action": _referrer,
    "ECR Image Scan": _scan,
}
