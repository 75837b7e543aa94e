"""Watches ECR through its public API and tells of pushes and deletions as AWS does.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from longshore_local.cloud.clients import Cloud


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """An image under one of its tags; `tag` is empty for an image that has none."""

    repository: str
    digest: str
    tag: str
    media_type: str


class RegistryWatch:
    """Compares what the registry holds with what it held when it was last looked at."""

    def __init__(self, cloud: Cloud, emit: Callable[[Mapping[str, object]], object]) -> None:
        self._cloud = cloud
        self._emit = emit
        self._known = self._entries()

    def look(self) -> None:
        """Tell of what changed. Tags are compared by digest: push times are too coarse."""
        now = self._entries()
        for entry in sorted(now - self._known):
            if entry.tag or not self._was_there(entry):
                self._emit(self._event("PUSH", entry))
        for entry in sorted(self._known - now):
            if not any(other.tag == entry.tag and _same_place(other, entry) for other in now):
                self._emit(self._event("DELETE", entry))
        self._known = now

    def _was_there(self, entry: Entry) -> bool:
        """Say whether the image only lost its last tag: that is no push."""
        return any(
            known.digest == entry.digest and _same_place(known, entry) for known in self._known
        )

    def _entries(self) -> frozenset[Entry]:
        return frozenset(
            entry
            for page in self._cloud.ecr.get_paginator("describe_repositories").paginate()
            for repository in page["repositories"]
            for entry in self._images(repository.get("repositoryName", ""))
        )

    def _images(self, repository: str) -> Iterator[Entry]:
        for page in self._cloud.ecr.get_paginator("describe_images").paginate(
            repositoryName=repository
        ):
            for image in page["imageDetails"]:
                for tag in image.get("imageTags") or [""]:
                    yield Entry(
                        repository,
                        image.get("imageDigest", ""),
                        tag,
                        image.get("imageManifestMediaType", ""),
                    )

    def _event(self, action: str, entry: Entry) -> dict[str, object]:
        detail = {
            "result": "SUCCESS",
            "repository-name": entry.repository,
            "image-digest": entry.digest,
            "action-type": action,
            "image-tag": entry.tag,
            "manifest-media-type": entry.media_type,
        }
        return {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "ECR Image Action",
            "source": "aws.ecr",
            "account": self._cloud.account,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._cloud.region,
            "resources": [],
            "detail": detail,
        }


def _same_place(one: Entry, other: Entry) -> bool:
    return one.repository == other.repository
