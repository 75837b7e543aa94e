"""ECR's events, its clock and its life-cycle rules: what only the simulation's plays."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from longshore.aws.gate import Gate
from longshore.aws.registry import EcrRegistry
from longshore.domain.facts import ImagePushed
from longshore.domain.places import RepositoryRef
from longshore.events.inbound import parse_event
from longshore.events.parsed import Known
from longshore_cli.rules import rules_met
from tests.contract.fakes.clouds import HOME, NOON, Memory
from tests.contract.fakes.shelves import Shelf, digest
from tests.simulation.cloud.clients import MemoryClients
from tests.simulation.cloud.images.manifests import (
    make_index,
    make_manifest,
    make_signature,
)
from tests.simulation.cloud.images.repository import ExpiryRule

LoadEvent = Callable[[str], dict[str, Any]]


def details(memory: Memory) -> list[dict[str, Any]]:
    """Return the details of the events since the last look."""
    found: list[Any] = [event["detail"] for event in memory.told]
    memory.told.clear()
    return found


# ── events ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sample", "act"),
    [
        ("ecr/push", lambda shelf: shelf.push(1, "1.4.2")),
        ("ecr/push_untagged", lambda shelf: shelf.push(1)),
        ("ecr/push_index_child", lambda shelf: shelf.put(make_signature("x"))),
    ],
    ids=["tagged", "untagged", "oci"],
)
def test_a_push_is_told_as_the_samples_are(
    memory: Memory, load_event: LoadEvent, sample: str, act: Callable[[Shelf], str]
) -> None:
    shelf, expected = Shelf(memory.clients), load_event(sample)

    pushed = act(shelf)

    (event,) = memory.told
    own = {"repository-name": shelf.name, "image-digest": pushed}
    assert event == {
        **expected,
        "id": event["id"],
        "time": "2026-01-15T12:00:00Z",
        "detail": {**expected["detail"], **own},
    }
    assert rules_met(event) == ("ImageActionRule",)


def test_an_index_is_told_as_the_sample_is(memory: Memory, load_event: LoadEvent) -> None:
    shelf, expected = Shelf(memory.clients), load_event("ecr/push_index")
    shelf.push(1)

    pushed = shelf.put(make_index(make_manifest(1)), "1.5.0")

    own = {"repository-name": shelf.name, "image-digest": pushed}
    assert details(memory)[-1] == {**expected["detail"], **own}


def test_a_deletion_is_told_as_the_sample_is(memory: Memory, load_event: LoadEvent) -> None:
    shelf, expected = Shelf(memory.clients), load_event("ecr/delete")
    shelf.push(1, "1.4.2")
    memory.told.clear()

    shelf.delete({"imageTag": "1.4.2"})

    own = {"repository-name": shelf.name, "image-digest": digest(1)}
    assert details(memory) == [{**expected["detail"], **own}]


def test_each_tag_is_told_by_itself(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1, "v1")
    shelf.push(1, "main")
    assert [detail["image-tag"] for detail in details(memory)] == ["v1", "main"]

    shelf.delete({"imageDigest": digest(1)})

    told = [(detail["action-type"], detail["image-tag"]) for detail in details(memory)]
    assert told == [("DELETE", "v1"), ("DELETE", "main")]


def test_a_tag_that_moves_is_told_as_a_push_alone(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1, "main")
    shelf.push(2, "main")

    assert [detail["action-type"] for detail in details(memory)] == ["PUSH", "PUSH"]


def test_what_was_refused_is_not_told(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1)
    shelf.put(make_index(make_manifest(1)), "v1")
    memory.told.clear()

    shelf.delete({"imageDigest": digest(1)})

    assert memory.told == []


def test_the_product_reads_what_is_told(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1, "v1")

    parsed = parse_event(json.loads(json.dumps(memory.told[0])))

    assert isinstance(parsed, Known)
    assert isinstance(parsed.fact, ImagePushed)
    assert (parsed.fact.tag, parsed.fact.digest) == ("v1", digest(1))


# ── time ─────────────────────────────────────────────────────────────────────────────────────


def test_a_digest_keeps_the_time_of_its_first_push(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    memory.later(seconds=0.9)
    shelf.push(1, "v1")
    memory.later(minutes=5)

    shelf.push(1, "main")

    (found,) = shelf.describe({"imageTag": "main"})
    assert found["imagePushedAt"] == NOON


def test_an_image_that_was_deleted_is_new_when_it_comes_back(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1, "v1")
    shelf.delete({"imageTag": "v1"})
    memory.later(minutes=5)

    shelf.push(1, "v1")

    (found,) = shelf.describe({"imageTag": "v1"})
    assert found["imagePushedAt"] == NOON + timedelta(minutes=5)


# ── pages ────────────────────────────────────────────────────────────────────────────────────


def test_a_page_can_be_empty_and_not_the_last() -> None:
    shelf = Shelf(Memory(page=2).clients)
    for number in range(4):
        shelf.push(number)
    shelf.push(4, "v4")

    pages = shelf.all_pages(filter={"tagStatus": "TAGGED"}, maxResults=1000)

    assert [len(page) for page in pages] == [0, 0, 1]


def test_what_comes_and_goes_between_pages_confuses_nothing() -> None:
    shelf = Shelf(Memory(page=2).clients)
    for number in range(5):
        shelf.push(number, f"v{number}")
    first = shelf.ecr.describe_images(repositoryName=shelf.name)

    shelf.delete({"imageTag": "v0"})
    shelf.push(5, "v5")

    rest = shelf.ecr.describe_images(repositoryName=shelf.name, nextToken=first["nextToken"])
    assert [image["imageTags"] for image in rest["imageDetails"]] == [["v2"], ["v3"]]


def test_the_product_reads_every_page() -> None:
    memory = Memory(page=2)
    shelf = Shelf(memory.clients)
    for number in range(7):
        shelf.push(number, f"v{number}")
    registry = EcrRegistry(Gate(), MemoryClients({"ecr": memory.ecr}, HOME.region))

    images = registry.tagged_images(RepositoryRef(HOME, shelf.name))

    assert sorted(image.tags for image in images) == [(f"v{number}",) for number in range(7)]


# ── life-cycle rules ─────────────────────────────────────────────────────────────────────────


def expire(memory: Memory, shelf: Shelf, rule: ExpiryRule) -> list[str]:
    return memory.ecr.expire(shelf.name, rule)


def test_the_oldest_expire(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    for number in range(4):
        shelf.push(number, f"v{number}")
        memory.later(minutes=1)
    memory.told.clear()

    gone = expire(memory, shelf, ExpiryRule(2))

    assert gone == [digest(0), digest(1)]
    assert [d["image-tag"] for d in details(memory)] == ["v0", "v1"]
    assert set(memory.ecr.tags(shelf.name)) == {"v2", "v3"}


def test_what_has_no_tag_can_expire_alone(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1, "main")
    shelf.push(2, "main")

    assert expire(memory, shelf, ExpiryRule(0, "untagged")) == [digest(1)]
    assert shelf.tagged("main") == digest(2)


def test_what_is_tagged_can_expire_alone(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1)
    shelf.push(2, "v2")

    assert expire(memory, shelf, ExpiryRule(0, "tagged")) == [digest(2)]


def test_the_parts_of_an_index_do_not_expire_before_it(memory: Memory) -> None:
    shelf = Shelf(memory.clients)
    shelf.push(1)
    whole = shelf.put(make_index(make_manifest(1)), "v1")

    assert expire(memory, shelf, ExpiryRule(0, "untagged")) == []
    assert expire(memory, shelf, ExpiryRule(0)) == [whole]
    assert expire(memory, shelf, ExpiryRule(0)) == [digest(1)]
