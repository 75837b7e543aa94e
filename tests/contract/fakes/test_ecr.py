"""ECR: what is pushed and where its tags go, whoever plays it."""

import pytest

from tests.contract.fakes.clouds import CloudClients, refused
from tests.contract.fakes.shelves import ABSENT, Shelf, digest
from tests.simulation.cloud.images.manifests import DOCKER, DOCKER_IMAGE, make_manifest

# ── pushing ──────────────────────────────────────────────────────────────────────────────────


def test_an_image_is_known_by_its_digest(cloud: CloudClients) -> None:
    assert Shelf(cloud).push(1, "v1") == digest(1)


def test_a_push_is_answered_with_what_was_pushed(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)

    reply = cloud.ecr.put_image(
        repositoryName=shelf.name, imageManifest=make_manifest(1), imageTag="v1"
    )

    image = reply["image"]
    assert (image["registryId"], image["repositoryName"]) == (cloud.home.account, shelf.name)
    assert image["imageId"]["imageTag"] == "v1"
    assert image["imageManifest"] == make_manifest(1)


def test_an_image_is_described(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    (found,) = shelf.describe({"imageTag": "v1"}, registryId=cloud.home.account)

    assert (found["registryId"], found["repositoryName"]) == (cloud.home.account, shelf.name)
    assert found["imageDigest"] == shelf.digests[1]
    assert found["imageTags"] == ["v1"]
    assert found["imageManifestMediaType"] == DOCKER
    assert found["imagePushedAt"].tzinfo is not None


def test_an_image_says_what_kind_of_artifact_it_is(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    (found,) = shelf.describe({"imageTag": "v1"})

    assert found["artifactMediaType"] == DOCKER_IMAGE


def test_an_image_was_pushed_at_a_whole_second(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    (found,) = shelf.describe({"imageTag": "v1"})

    assert found["imagePushedAt"].microsecond == 0


def test_an_image_without_tags_has_no_list_of_them(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1)

    (found,) = shelf.describe({"imageDigest": shelf.digests[1]})

    assert "imageTags" not in found


def test_an_image_can_have_many_tags(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)

    for tag in ("v1", "main", "latest"):
        shelf.push(1, tag)

    assert shelf.tags(1) == ["latest", "main", "v1"]
    assert len(shelf.describe()) == 1


def test_a_tag_that_is_pushed_again_moves(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "main")
    shelf.push(1, "v1")

    shelf.push(2, "main")

    assert shelf.tagged("main") == shelf.digests[2]
    assert shelf.tags(1) == ["v1"]


def test_an_image_stays_when_its_last_tag_moves_away(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "main")

    shelf.push(2, "main")

    assert shelf.tags(1) == []


def test_a_tag_can_move_back(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "main")
    shelf.push(1, "v1")
    shelf.push(2, "main")

    shelf.push(1, "main")

    assert shelf.tagged("main") == shelf.digests[1]


def test_a_push_that_changes_nothing_is_refused(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    with refused("ImageAlreadyExistsException"):
        shelf.push(1, "v1")


def test_a_push_without_a_tag_that_changes_nothing_is_refused(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    with refused("ImageAlreadyExistsException"):
        shelf.push(1)


@pytest.mark.parametrize("tag", ["-v1", "v 1", "v1/2", "x" * 129])
def test_a_tag_is_spelt_as_the_oci_wants(cloud: CloudClients, tag: str) -> None:
    with refused("InvalidParameterException"):
        Shelf(cloud).push(1, tag)


@pytest.mark.parametrize(
    "manifest", ["{", "[]", '{"schemaVersion": 2}'], ids=["cut-off", "list", "no-type"]
)
def test_a_manifest_is_json_that_says_what_it_is(cloud: CloudClients, manifest: str) -> None:
    with refused("InvalidParameterException"):
        Shelf(cloud).put(manifest, "v1")


def test_a_manifest_can_be_told_what_it_is(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)

    shelf.put('{"schemaVersion":2,"layers":[]}', "v1", imageManifestMediaType=DOCKER)

    assert shelf.describe({"imageTag": "v1"})[0]["imageManifestMediaType"] == DOCKER


def test_a_manifest_is_what_its_digest_says(cloud: CloudClients) -> None:
    with refused("ImageDigestDoesNotMatchException"):
        Shelf(cloud).put(make_manifest(1), "v1", imageDigest=ABSENT)


# ── tags that must not move ──────────────────────────────────────────────────────────────────


def test_an_immutable_tag_stays_where_it_is(cloud: CloudClients) -> None:
    shelf = Shelf(cloud, "IMMUTABLE")
    shelf.push(1, "v1")

    with refused("ImageTagAlreadyExistsException"):
        shelf.push(2, "v1")

    assert shelf.tagged("v1") == shelf.digests[1]


def test_an_immutable_repository_takes_further_tags(cloud: CloudClients) -> None:
    shelf = Shelf(cloud, "IMMUTABLE")
    shelf.push(1, "v1")
    shelf.push(1, "v1.0")
    shelf.push(2, "v2")

    assert shelf.tags(1) == ["v1", "v1.0"]


def test_some_tags_of_an_immutable_repository_can_move(cloud: CloudClients) -> None:
    shelf = Shelf(cloud, "IMMUTABLE_WITH_EXCLUSION", "dev-*")
    shelf.push(1, "dev-main")
    shelf.push(1, "v1")

    shelf.push(2, "dev-main")

    assert shelf.tagged("dev-main") == shelf.digests[2]
    with refused("ImageTagAlreadyExistsException"):
        shelf.push(2, "v1")


def test_some_tags_of_a_mutable_repository_cannot_move(cloud: CloudClients) -> None:
    shelf = Shelf(cloud, "MUTABLE_WITH_EXCLUSION", "v*")
    shelf.push(1, "v1")
    shelf.push(1, "main")

    shelf.push(2, "main")

    assert shelf.tagged("main") == shelf.digests[2]
    with refused("ImageTagAlreadyExistsException"):
        shelf.push(2, "v1")


def test_a_pattern_fits_a_whole_tag(cloud: CloudClients) -> None:
    shelf = Shelf(cloud, "MUTABLE_WITH_EXCLUSION", "v1")
    shelf.push(1, "v1.2")
    shelf.push(1, "other")

    shelf.push(2, "v1.2")

    assert shelf.tagged("v1.2") == shelf.digests[2]


def test_whether_tags_move_can_be_changed(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")
    cloud.ecr.put_image_tag_mutability(repositoryName=shelf.name, imageTagMutability="IMMUTABLE")

    with refused("ImageTagAlreadyExistsException"):
        shelf.push(2, "v1")

    (found,) = cloud.ecr.describe_repositories(repositoryNames=[shelf.name])["repositories"]
    assert found["imageTagMutability"] == "IMMUTABLE"
