from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from longshore_local.cloud.clients import Cloud
from longshore_local.drivers.registry import RegistryWatch

ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


@dataclass
class FakeEcr:
    """Repositories with digests and their tags."""

    repositories: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def get_paginator(self, operation: str) -> Any:  # noqa: ANN401 - a paginator of boto3
        pages = {
            "describe_repositories": self._repositories,
            "describe_images": self._images,
        }
        return SimpleNamespace(paginate=pages[operation])

    def push(self, digest: str, *tags: str, repository: str = "shop") -> None:
        """Move tags to a digest, as a registry does."""
        images = self.repositories.setdefault(repository, {})
        for known in images.values():
            known -= set(tags)
        images.setdefault(digest, set()).update(tags)

    def _repositories(self) -> Iterator[Mapping[str, Any]]:
        for name in self.repositories:
            yield {"repositories": [{"repositoryName": name}]}

    def _images(self, *, repositoryName: str) -> Iterator[Mapping[str, Any]]:  # noqa: N803 - boto3's name
        for digest, tags in self.repositories[repositoryName].items():
            yield {"imageDetails": [{"imageDigest": digest, "imageTags": sorted(tags)}]}


@dataclass
class Watched:
    """A registry, who watches it, and what was told."""

    ecr: FakeEcr
    watch: RegistryWatch
    events: list[Any]

    def told(self) -> list[tuple[str, str, str]]:
        """Look, and return what is new: action, tag and digest."""
        self.events.clear()
        self.watch.look()
        details = [event["detail"] for event in self.events]
        return [(d["action-type"], d["image-tag"], d["image-digest"]) for d in details]


@pytest.fixture
def watched() -> Watched:
    ecr, events = FakeEcr(), list[Any]()
    ecr.push(ONE, "1.0.0")
    cloud = SimpleNamespace(ecr=ecr, account="111122223333", region="eu-west-1")
    return Watched(ecr, RegistryWatch(cast("Cloud", cloud), events.append), events)


def test_what_was_there_before_is_not_told(watched: Watched) -> None:
    assert watched.told() == []


def test_a_push_is_told_once(watched: Watched) -> None:
    watched.ecr.push(TWO, "1.1.0")

    assert watched.told() == [("PUSH", "1.1.0", TWO)]
    assert watched.told() == []


def test_a_push_is_told_as_aws_tells_it(watched: Watched) -> None:
    watched.ecr.push(TWO, "1.1.0")
    watched.told()

    (event,) = watched.events
    assert (event["source"], event["detail-type"]) == ("aws.ecr", "ECR Image Action")
    assert (event["account"], event["region"]) == ("111122223333", "eu-west-1")
    assert event["detail"]["result"] == "SUCCESS"
    assert event["detail"]["repository-name"] == "shop"


def test_a_second_tag_is_a_push_of_its_own(watched: Watched) -> None:
    watched.ecr.push(ONE, "1.0.1", "stable")

    assert watched.told() == [("PUSH", "1.0.1", ONE), ("PUSH", "stable", ONE)]


def test_a_tag_that_moves_is_a_push_and_no_deletion(watched: Watched) -> None:
    watched.ecr.push(TWO, "1.0.0")

    assert watched.told() == [("PUSH", "1.0.0", TWO)]


def test_an_image_without_a_tag_is_told_with_an_empty_one(watched: Watched) -> None:
    watched.ecr.push(TWO)

    assert watched.told() == [("PUSH", "", TWO)]


def test_a_deleted_tag_and_a_deleted_image_are_told(watched: Watched) -> None:
    watched.ecr.push(TWO, "1.1.0", "next")
    watched.told()

    watched.ecr.repositories["shop"][TWO].discard("next")
    assert watched.told() == [("DELETE", "next", TWO)]

    del watched.ecr.repositories["shop"][TWO]
    assert watched.told() == [("DELETE", "1.1.0", TWO)]
