"""ECR: images for several platforms, whoever plays it."""

from tests.contract.fakes.clouds import CloudClients, refused
from tests.contract.fakes.shelves import Shelf
from tests.simulation.cloud.images.manifests import make_index, make_manifest


def test_an_index_names_images_that_are_there(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    children = [make_manifest(1), make_manifest(2)]
    for child in children:
        shelf.put(child)

    whole = shelf.put(make_index(*children), "v1")

    assert shelf.tagged("v1") == whole
    assert len(shelf.describe()) == 3


def test_an_index_has_no_kind_of_its_own(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.put(make_manifest(1))
    shelf.put(make_index(make_manifest(1)), "v1")

    assert "artifactMediaType" not in shelf.describe({"imageTag": "v1"})[0]


def test_an_index_of_images_that_are_not_there_is_refused(cloud: CloudClients) -> None:
    with refused("ReferencedImagesNotFoundException"):
        Shelf(cloud).put(make_index(make_manifest(1)), "v1")


def test_the_parts_of_an_index_stay_as_long_as_it(cloud: CloudClients) -> None:
    shelf = Shelf(cloud)
    shelf.push(1)
    whole = shelf.put(make_index(make_manifest(1)), "v1")

    reply = shelf.delete({"imageDigest": shelf.digests[1]})
    assert [f["failureCode"] for f in reply["failures"]] == ["ImageReferencedByManifestList"]
    shelf.delete({"imageDigest": whole})

    assert shelf.delete({"imageDigest": shelf.digests[1]})["failures"] == []
    assert shelf.describe() == []
