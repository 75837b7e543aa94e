from collections.abc import Callable
from typing import Any

import pytest

from longshore.domain.facts import (
    ImageDeleted,
    ImagePushed,
    ImagePushFailed,
    ImageScanned,
    ImageStorageChanged,
    ReferrerChanged,
    Route,
)
from longshore.domain.places import Home, RepositoryRef
from longshore.events.ecr import DIGEST, REPOSITORY, TAG
from longshore.events.inbound import parse_event
from longshore.events.parsed import Known, Malformed, Unknown

Event = dict[str, Any]
Bend = Callable[..., Event]

HOME = Home("aws", "123456789012", "eu-central-1")


def fact_of(event: Event) -> object:
    parsed = parse_event(event)
    assert isinstance(parsed, Known)
    return parsed.fact


def complaint_of(event: Event) -> str:
    parsed = parse_event(event)
    assert isinstance(parsed, Malformed)
    return parsed.reason


def test_a_push_tells_repository_tag_digest_and_types(load_event: Callable[[str], Event]) -> None:
    event = load_event("ecr/push")

    assert fact_of(event) == ImagePushed(
        event_id=event["id"],
        time=event["time"],
        repository=RepositoryRef(HOME, "checkout"),
        tag="1.4.2",
        digest=event["detail"]["image-digest"],
        via=Route.PUSH,
        manifest_type="application/vnd.docker.distribution.manifest.v2+json",
        artifact_type="application/vnd.docker.container.image.v1+json",
    )


@pytest.mark.parametrize(
    ("sample", "partition"),
    [("ecr/push", "aws"), ("ecr/push_china", "aws-cn"), ("ecr/push_govcloud", "aws-us-gov")],
)
def test_the_partition_is_that_of_the_region(
    load_event: Callable[[str], Event], sample: str, partition: str
) -> None:
    fact = fact_of(load_event(sample))

    assert isinstance(fact, ImagePushed)
    assert fact.home.partition == partition


@pytest.mark.parametrize("tag", [..., "", None])
def test_a_missing_empty_or_null_tag_is_no_tag(bent: Bend, tag: object) -> None:
    fact = fact_of(bent("ecr/push", {"image-tag": tag}))

    assert isinstance(fact, ImagePushed)
    assert fact.tag is None


@pytest.mark.parametrize(
    ("sample", "via"),
    [("ecr/replication", Route.REPLICATION), ("ecr/pull_through", Route.PULL_THROUGH)],
)
def test_images_arrive_by_other_ways_too(
    load_event: Callable[[str], Event], sample: str, via: Route
) -> None:
    fact = fact_of(load_event(sample))

    assert isinstance(fact, ImagePushed)
    assert (fact.via, fact.home) == (via, HOME)  # the destination's, not the source's


@pytest.mark.parametrize(
    ("sample", "via"),
    [
        ("ecr/push_failed", Route.PUSH),
        ("ecr/replication_failed", Route.REPLICATION),
        ("ecr/pull_through_failed", Route.PULL_THROUGH),
    ],
)
def test_failed_arrivals_are_told_apart(
    load_event: Callable[[str], Event], sample: str, via: Route
) -> None:
    fact = fact_of(load_event(sample))

    assert isinstance(fact, ImagePushFailed)
    assert fact.via is via


def test_other_actions_have_facts_of_their_own(load_event: Callable[[str], Event]) -> None:
    samples = ("delete", "storage_class", "scan", "referrer")

    deleted, stored, scanned, referrer = (fact_of(load_event(f"ecr/{name}")) for name in samples)

    assert isinstance(deleted, ImageDeleted)
    assert deleted.tag == "1.4.2"
    assert isinstance(stored, ImageStorageChanged)
    assert stored.storage_class == "ARCHIVE"
    assert isinstance(scanned, ImageScanned)
    assert scanned.status == "COMPLETE"
    assert isinstance(referrer, ReferrerChanged)
    assert referrer.action == "PUSH"


@pytest.mark.parametrize(
    ("sample", "detail"),
    [
        ("ecr/push", {"action-type": "PULL"}),
        ("ecr/push", {"result": "PENDING"}),
        ("ecr/replication", {"action-type": "DELETE"}),
        ("ecr/pull_through", {"sync-status": "STARTED"}),
        ("ecr/scan_frequency", {}),
    ],
)
def test_what_nobody_has_seen_yet_is_unknown_and_no_error(
    bent: Bend, sample: str, detail: dict[str, object]
) -> None:
    assert isinstance(parse_event(bent(sample, detail)), Unknown)


def test_account_and_region_come_from_the_arn_where_the_envelope_has_none(bent: Bend) -> None:
    fact = fact_of(bent("ecr/replication", account=..., region=...))

    assert isinstance(fact, ImagePushed)
    assert fact.home == HOME


def test_the_envelope_is_believed_before_an_arn(bent: Bend) -> None:
    other = "arn:aws:ecr:us-east-1:210987654321:repository/other"

    fact = fact_of(bent("ecr/push", resources=[other]))

    assert isinstance(fact, ImagePushed)
    assert fact.repository == RepositoryRef(HOME, "checkout")


def test_the_id_and_time_of_an_event_are_never_a_reason_to_refuse_it(bent: Bend) -> None:
    fact = fact_of(bent("ecr/push", id=7, time=["2026-02-30"], resources="none"))

    assert isinstance(fact, ImagePushed)
    assert (fact.event_id, fact.time) == (None, None)


@pytest.mark.parametrize(
    ("envelope", "detail", "complaint"),
    [
        ({"account": ...}, {}, "account is missing"),
        ({"account": None}, {}, "account is null"),
        ({"account": 123456789012}, {}, "account is a number, not text"),
        ({"account": "12345"}, {}, 'account is "12345", which it cannot be'),
        ({"region": ...}, {}, "region is missing"),
        ({"region": ""}, {}, "region is empty"),
        ({"region": "EU (Ireland)"}, {}, 'region is "EU (Ireland)", which it cannot be'),
        ({}, {"repository-name": ...}, "detail.repository-name is missing"),
        ({}, {"repository-name": None}, "detail.repository-name is null"),
        ({}, {"repository-name": ["a"]}, "detail.repository-name is a list, not text"),
        ({}, {"repository-name": "A"}, 'detail.repository-name is "A", which it cannot be'),
        ({}, {"image-tag": 1.4}, "detail.image-tag is a number, not text"),
        ({}, {"image-tag": "a b"}, 'detail.image-tag is "a b", which it cannot be'),
        ({}, {"image-digest": {}}, "detail.image-digest is an object, not text"),
        ({}, {"image-digest": "x"}, 'detail.image-digest is "x", which it cannot be'),
        ({}, {"action-type": ...}, "detail.action-type is missing"),
        ({}, {"action-type": ["PUSH"]}, "detail.action-type is a list, not text"),
        ({}, {"result": None}, "detail.result is null"),
        ({}, {"manifest-media-type": 1}, "detail.manifest-media-type is a number, not text"),
    ],
)
def test_a_push_that_lacks_what_it_needs_says_what(
    bent: Bend, envelope: dict[str, object], detail: dict[str, object], complaint: str
) -> None:
    assert complaint_of(bent("ecr/push", detail, **envelope)) == f"ECR Image Action: {complaint}"


@pytest.mark.parametrize(
    "name", ["ab", "team/shop/checkout", "a.b_c__d-e--f", "1/2", "x" * 256, "docker-hub/library/x"]
)
def test_names_that_ecr_allows_are_repositories(name: str) -> None:
    assert REPOSITORY.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    ["a", "x" * 257, "A", "-a", "a-", "a//b", "/ab", "ab/", "a..b", "a___b", "é", "ab\n", "../ab"],
)
def test_names_that_ecr_refuses_are_no_repositories(name: str) -> None:
    assert REPOSITORY.fullmatch(name) is None


def test_tags_and_digests_have_their_characters() -> None:
    assert all(map(TAG.fullmatch, ["latest", "_x", "1.4.2", "a" * 300]))
    assert not any(map(TAG.fullmatch, ["", ".a", "-a", "a:b", "a/b", "a+b", "a" * 301, "é"]))
    assert all(map(DIGEST.fullmatch, ["sha256:1234", "sha256:8g6c", "multihash+b58:Qm", "a:b"]))
    assert not any(map(DIGEST.fullmatch, ["", "sha256", "sha256:", ":a", "sha256:a b", "a:é"]))
