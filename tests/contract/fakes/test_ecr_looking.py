"""ECR: what is found, listed and deleted, whoever plays it."""

from collections.abc import Callable

import pytest

from tests.contract.fakes.clouds import CloudClients, refused
from tests.contract.fakes.shelves import ABSENT, Document, Shelf
from tests.simulation.cloud.images.manifests import make_manifest


def test_what_is_not_there_is_refused(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    for image in ({"imageTag": "v2"}, {"imageDigest": ABSENT}):
        with refused("ImageNotFoundException"):
            shelf.describe(image)


def test_one_that_is_missing_hides_the_others(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    with refused("ImageNotFoundException"):
        shelf.describe({"imageTag": "v1"}, {"imageTag": "v2"})


def test_a_tag_and_a_digest_must_belong_together(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")
    shelf.push(2, "v2")

    with refused("ImageNotFoundException"):
        shelf.describe({"imageTag": "v1", "imageDigest": shelf.digests[2]})


def test_a_repository_that_is_not_there_is_refused(cloud: CloudClients) -> None:
    ecr, shelf = cloud.ecr, Shelf(cloud)
    asks: list[Callable[[], object]] = [
        lambda: ecr.describe_images(repositoryName="nowhere"),
        lambda: ecr.describe_images(repositoryName=shelf.name, registryId="999999999999"),
        lambda: ecr.put_image(repositoryName="nowhere", imageManifest=make_manifest(1)),
        lambda: ecr.describe_repositories(repositoryNames=["nowhere"]),
        lambda: ecr.batch_delete_image(repositoryName="nowhere", imageIds=[{"imageTag": "v1"}]),
    ]

    for ask in asks:
        with refused("RepositoryNotFoundException"):
            ask()


def test_images_can_be_listed_by_whether_they_have_tags(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")
    shelf.push(2)

    def listed(status: str) -> set[str]:
        chosen: Document = {"tagStatus": status}
        pages = shelf.all_pages(filter=chosen)
        return {image["imageDigest"] for page in pages for image in page}

    assert listed("TAGGED") == {shelf.digests[1]}
    assert listed("UNTAGGED") == {shelf.digests[2]}
    assert listed("ANY") == {shelf.digests[1], shelf.digests[2]}


def test_a_listing_has_pages(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    for number in range(5):
        shelf.push(number, f"v{number}")

    pages = shelf.all_pages(maxResults=2)

    assert [len(page) for page in pages] == [2, 2, 1]
    found = [image["imageDigest"] for page in pages for image in page]
    assert sorted(found) == sorted(shelf.digests.values())


@pytest.mark.parametrize("more", [{"maxResults": 5}, {"nextToken": "x"}], ids=["size", "token"])
def test_a_listing_and_a_choice_do_not_go_together(cloud: CloudClients, more: Document) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    with refused("InvalidParameterException"):
        shelf.describe({"imageTag": "v1"}, **more)


def test_a_token_that_nobody_gave_is_refused(cloud: CloudClients) -> None:
    with refused("InvalidParameterException"):
        Shelf(cloud).describe(nextToken="made-up")


# ── deleting ─────────────────────────────────────────────────────────────────────────────────


def test_a_tag_that_is_deleted_leaves_an_image_that_has_others(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")
    shelf.push(1, "main")

    reply = shelf.delete({"imageTag": "main"})

    assert reply["imageIds"] == [{"imageDigest": shelf.digests[1], "imageTag": "main"}]
    assert shelf.tags(1) == ["v1"]


def test_an_image_goes_with_its_last_tag(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    shelf.delete({"imageTag": "v1"})

    assert shelf.describe() == []


def test_an_image_that_is_deleted_goes_with_all_its_tags(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")
    shelf.push(1, "main")

    reply = shelf.delete({"imageDigest": shelf.digests[1]})

    assert sorted(image["imageTag"] for image in reply["imageIds"]) == ["main", "v1"]
    assert shelf.describe() == []


def test_what_cannot_be_deleted_is_told_one_by_one(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")
    shelf.push(2, "v2")
    wanted = [
        {"imageTag": "nowhere"},
        {"imageDigest": ABSENT},
        {},
        {"imageTag": "v1", "imageDigest": shelf.digests[2]},
        {"imageTag": "v2"},
    ]

    reply = shelf.delete(*wanted)

    assert [failure["failureCode"] for failure in reply["failures"]] == [
        "ImageNotFound",
        "ImageNotFound",
        "MissingDigestAndTag",
        "ImageTagDoesNotMatchDigest",
    ]
    assert [image["imageTag"] for image in reply["imageIds"]] == ["v2"]


def test_what_was_deleted_can_be_pushed_again(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")
    shelf.delete({"imageTag": "v1"})

    shelf.push(1, "v1")

    assert shelf.tagged("v1") == shelf.digests[1]


# ── repositories ─────────────────────────────────────────────────────────────────────────────


def test_a_repository_is_described(cloud: CloudClients) -> None:
    shelf, home = Shelf(cloud), cloud.home

    (found,) = cloud.ecr.describe_repositories(repositoryNames=[shelf.name])["repositories"]

    assert found["repositoryArn"].endswith(f":repository/{shelf.name}")
    assert (found["registryId"], found["imageTagMutability"]) == (home.account, "MUTABLE")


def test_a_repository_cannot_be_made_twice(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)

    with refused("RepositoryAlreadyExistsException"):
        cloud.ecr.create_repository(repositoryName=shelf.name)


def test_a_repository_with_images_is_deleted_by_force_alone(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1, "v1")

    with refused("RepositoryNotEmptyException"):
        cloud.ecr.delete_repository(repositoryName=shelf.name)
    cloud.ecr.delete_repository(repositoryName=shelf.name, force=True)

    with refused("RepositoryNotFoundException"):
        shelf.describe()


def test_exclusions_need_a_setting_with_exclusions(cloud: CloudClients) -> None:
    with refused("InvalidParameterException"):
        Shelf(cloud, "MUTABLE", "v*")
