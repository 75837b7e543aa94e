"""What the simulation's ECR shows beside its API, and the manifests it is given."""

from collections.abc import Mapping
from typing import Any

from tests.contract.fakes.clouds import Memory
from tests.contract.fakes.shelves import Shelf, digest
from tests.simulation.cloud.images.manifests import (
    digest_of,
    make_index,
    make_manifest,
    make_signature,
    read_manifest,
)


def test_a_window_shows_which_image_a_tag_names(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1, "v1")
    shelf.put(make_signature(digest(1)), f"{digest(1).replace(':', '-')}.sig")

    assert memory.ecr.tags(shelf.name) == {"v1": digest(1)}
    assert memory.ecr.manifest(shelf.name, digest(1)) == make_manifest(1)
    assert memory.ecr.manifest(shelf.name, digest(2)) is None
    found = memory.ecr.find(shelf.name, None, "v1")
    assert found == shelf.describe({"imageTag": "v1"})[0]
    assert memory.ecr.find(shelf.name, None, "v2") is memory.ecr.find("no", None, "v1") is None


def test_every_number_is_another_image() -> None:
    digests = {digest_of(make_manifest(number)) for number in range(-50, 50)}

    assert len(digests) == 100
    assert read_manifest(make_manifest(1)).can_run


def test_an_index_is_as_large_as_its_largest_image(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1)
    shelf.put(make_index(make_manifest(1)), "v1")

    (whole,), (part,) = (
        shelf.describe({"imageTag": "v1"}),
        shelf.describe({"imageDigest": digest(1)}),
    )
    assert whole["imageSizeInBytes"] == part["imageSizeInBytes"] == 39677


def test_what_is_answered_does_not_change_afterwards(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1, "v1")
    found: Mapping[str, Any] = memory.ecr.find(shelf.name, None, "v1") or {}
    before = {**found, "imageTags": list(found["imageTags"])}

    shelf.push(1, "main")

    assert found == before
