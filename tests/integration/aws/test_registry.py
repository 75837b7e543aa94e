"""The registry on ECR: moto where it plays ECR, a script where it does not."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate, Recorder
from longshore.aws.registry import EcrRegistry
from longshore.domain.errors import Refused, Throttled
from longshore.domain.places import Home, RepositoryRef
from longshore.domain.releases import RegistryImage
from tests.support.answers import Answers
from tests.support.builders import HOME, REPOSITORY, make_digest

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
HELM = "application/vnd.cncf.helm.config.v1+json"
PUSHED = datetime(2026, 11, 23, 11, tzinfo=UTC)


def detail(number: int, *tags: str, **more: object) -> dict[str, object]:
    """Return an image as DescribeImages gives it."""
    shown: dict[str, object] = {"imageDigest": make_digest(number), "imagePushedAt": PUSHED}
    return shown | ({"imageTags": list(tags)} if tags else {}) | more


def scripted(*answers: object) -> tuple[EcrRegistry, Answers]:
    script = Answers(answers)
    return EcrRegistry(Gate(script), Clients()), script


def failing(code: str) -> ClientError:
    status: int = 500 if code == "ServerException" else 400
    return ClientError(
        {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]  # parts suffice
        "DescribeImages",
    )


def push(clients: Clients, tag: str, content: str) -> str:
    """Push a manifest by the API and return its digest."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": DOCKER,
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json"},
        "layers": [{"digest": make_digest(int(content)), "size": 1}],
    }
    client = clients.ecr(HOME.region)
    put = client.put_image(
        repositoryName=REPOSITORY.name, imageManifest=json.dumps(manifest), imageTag=tag
    )
    return put["image"]["imageId"]["imageDigest"]


@pytest.fixture
def registry(clients: Clients) -> EcrRegistry:
    clients.ecr(HOME.region).create_repository(repositoryName=REPOSITORY.name)
    return EcrRegistry(Gate(), clients)


def test_a_tag_names_a_digest(clients: Clients, registry: EcrRegistry) -> None:
    digest = push(clients, "v1", "1")
    push(clients, "v2", "2")

    image = registry.image_by_tag(REPOSITORY, "v1")

    assert image is not None
    assert (image.digest, image.tags) == (digest, ("v1",))
    assert image.pushed_at is not None
    assert image.pushed_at.tzinfo is UTC
    assert registry.image_by_digest(REPOSITORY, digest) == image


def test_what_is_not_there_is_none(clients: Clients, registry: EcrRegistry) -> None:
    push(clients, "v1", "1")

    assert registry.image_by_tag(REPOSITORY, "v2") is None
    assert registry.image_by_digest(REPOSITORY, make_digest(9)) is None


def test_every_tagged_image_is_listed(clients: Clients, registry: EcrRegistry) -> None:
    digests = {push(clients, f"v{number}", str(number)) for number in range(5)}

    images = registry.tagged_images(REPOSITORY)

    assert {image.digest for image in images} == digests
    assert sorted(tag for image in images for tag in image.tags) == ["v0", "v1", "v2", "v3", "v4"]


def test_a_repository_that_does_not_exist_is_refused_with_advice(registry: EcrRegistry) -> None:
    absent = RepositoryRef(HOME, "nowhere")
    advice = r"nowhere does not exist in account 123456789012.*correct"

    with pytest.raises(Refused, match=advice) as caught:
        registry.image_by_tag(absent, "v1")
    assert caught.value.code == "RepositoryNotFoundException"
    with pytest.raises(Refused, match=advice):
        registry.tagged_images(absent)


def test_a_listing_asks_for_the_largest_pages_of_the_right_registry() -> None:
    registry, script = scripted(
        {"imageDetails": [detail(1, "v1"), detail(2, "v2", "main")], "nextToken": "more"},
        {"imageDetails": [], "nextToken": "yet more"},
        {"imageDetails": [detail(3, "v3")]},
    )

    images = registry.tagged_images(REPOSITORY)

    assert [image.tags for image in images] == [("v1",), ("v2", "main"), ("v3",)]
    first = {
        "registryId": "123456789012",
        "repositoryName": "checkout",
        "filter": {"tagStatus": "TAGGED"},
        "maxResults": 1000,
    }
    assert [asked.get("nextToken") for asked in script.asked] == [None, "more", "yet more"]
    assert script.asked[0] == first


def test_a_page_that_fails_decides_nothing() -> None:
    registry, _ = scripted(
        {"imageDetails": [detail(1, "v1")], "nextToken": "more"}, failing("ServerException")
    )

    with pytest.raises(Throttled):
        registry.tagged_images(REPOSITORY)


def test_an_empty_answer_is_none() -> None:
    registry, _ = scripted({"imageDetails": []})

    assert registry.image_by_tag(REPOSITORY, "v1") is None


def test_another_refusal_stays_what_it_is() -> None:
    registry, _ = scripted(failing("InvalidParameterException"))

    with pytest.raises(Refused) as caught:
        registry.image_by_tag(REPOSITORY, "-")

    assert caught.value.code == "InvalidParameterException"


@pytest.mark.parametrize(
    ("shown", "media_type"),
    [
        ({"artifactMediaType": HELM, "imageManifestMediaType": OCI_MANIFEST}, HELM),
        ({"imageManifestMediaType": OCI_INDEX}, OCI_INDEX),
        ({"imageManifestMediaType": OCI_MANIFEST}, None),
        ({"imageManifestMediaType": DOCKER}, None),
        ({}, None),
    ],
)
def test_the_kind_of_an_artifact_is_told_where_ecr_knows_it(
    shown: dict[str, object], media_type: str | None
) -> None:
    registry, _ = scripted({"imageDetails": [detail(1, "v1", **shown)]})

    assert registry.image_by_tag(REPOSITORY, "v1") == RegistryImage(
        make_digest(1), ("v1",), PUSHED, media_type
    )


def test_signatures_and_archived_images_are_not_images_to_run() -> None:
    answer = {
        "imageDetails": [
            detail(1, "sig", subjectManifestDigest=make_digest(2)),
            detail(2, "old", imageStatus="ARCHIVED"),
            detail(3, "v3", imageStatus="ACTIVE"),
        ]
    }
    registry, _ = scripted(answer, {"imageDetails": answer["imageDetails"][:1]})

    assert [image.tags for image in registry.tagged_images(REPOSITORY)] == [("v3",)]
    assert registry.image_by_tag(REPOSITORY, "sig") is None


def test_an_image_may_lack_tags_and_push_time() -> None:
    registry, _ = scripted({"imageDetails": [{"imageDigest": make_digest(1)}]})

    image = registry.image_by_digest(REPOSITORY, make_digest(1))

    assert image == RegistryImage(make_digest(1), (), None)


def test_push_times_are_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    shown = detail(1, "v1", imagePushedAt=PUSHED.astimezone(tokyo))
    registry, _ = scripted({"imageDetails": [shown]})

    image = registry.image_by_tag(REPOSITORY, "v1")

    assert image is not None
    assert image.pushed_at is not None
    assert image.pushed_at.isoformat() == "2026-11-23T11:00:00+00:00"


def test_a_repository_is_asked_where_it_is() -> None:
    calls = Recorder(Answers([{"imageDetails": []}]))
    elsewhere = RepositoryRef(Home("aws", "999999999999", "us-east-1"), "base/python")

    EcrRegistry(Gate(calls), Clients()).image_by_tag(elsewhere, "3")

    (call,) = calls.calls
    assert (call.action, call.region) == ("ecr:DescribeImages", "us-east-1")
    assert call.parameters["registryId"] == "999999999999"
