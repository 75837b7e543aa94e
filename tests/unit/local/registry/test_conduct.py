import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from longshore_local.cloud.clients import Cloud
from longshore_local.ecs import Elsewhere, Exits, ImageBehaviour, Runs
from longshore_local.ecs.images import MISSING
from longshore_local.registry.conduct import (
    RegistryImages,
    conduct_of,
    crashing,
    output_of,
    writing,
)
from longshore_local.registry.images import ImageContent, add_tag, digest_of, push_image
from tests.support.httpd import taking

HOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"


class FakeEcr:
    """One repository: blobs, manifests by digest, digests by tag."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[str, str] = {}
        self.tags: dict[str, str] = {}

    def put_image(self, *, imageManifest: str, imageTag: str, **_: Any) -> None:  # noqa: ANN401, N803 - boto3's arguments
        digest = digest_of(imageManifest.encode())
        self.manifests[digest] = imageManifest
        self.tags[imageTag] = digest

    def batch_get_image(self, *, imageIds: list[dict[str, str]], **_: Any) -> dict[str, Any]:  # noqa: ANN401, N803 - boto3's arguments
        (wanted,) = imageIds
        digest = wanted.get("imageDigest") or self.tags.get(wanted["imageTag"], "")
        if digest not in self.manifests:
            return {"images": []}
        return {
            "images": [
                {"imageId": {"imageDigest": digest}, "imageManifest": self.manifests[digest]}
            ]
        }


@pytest.fixture
def cloud() -> Iterator[Any]:
    ecr = FakeEcr()

    def take(path: str, blob: bytes) -> int:
        ecr.blobs[digest_of(blob)] = blob
        return 201 if path == f"/v2/shop/blobs/uploads/?digest={digest_of(blob)}" else 404

    with taking(take) as endpoint:
        yield SimpleNamespace(
            ecr=ecr, endpoint=endpoint, account="111122223333", region="eu-west-1"
        )


def push(cloud: Any, tag: str, annotations: Mapping[str, str] = {}, **labels: str) -> str:  # noqa: ANN401 - a cloud of fakes
    content = ImageContent({"version": tag}, annotations, labels)
    return push_image(cast("Cloud", cloud), "shop", tag, content)


def test_what_is_pushed_is_a_whole_image(cloud: Any) -> None:  # noqa: ANN401 - a cloud of fakes
    digest = push(cloud, "1.0.0", commit="abc")

    manifest = json.loads(cloud.ecr.manifests[digest])
    blobs = [manifest["config"], *manifest["layers"]]
    assert [cloud.ecr.blobs.keys() >= {blob["digest"]} for blob in blobs] == [True, True]
    layer = cloud.ecr.blobs[manifest["layers"][0]["digest"]]
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        assert archive.getnames() == ["version"]
    config = json.loads(cloud.ecr.blobs[manifest["config"]["digest"]])
    assert config["rootfs"]["diff_ids"] == [manifest["layers"][0]["digest"]]
    assert config["config"] == {"Labels": {"commit": "abc"}}


def test_one_more_tag_names_the_same_digest(cloud: Any) -> None:  # noqa: ANN401 - a cloud of fakes
    digest = push(cloud, "1.0.0")

    add_tag(cast("Cloud", cloud), "shop", digest, "1.0.1")

    assert cloud.ecr.tags == {"1.0.0": digest, "1.0.1": digest}


def test_an_image_is_found_by_tag_and_by_digest(cloud: Any) -> None:  # noqa: ANN401 - a cloud of fakes
    images = RegistryImages(cast("Cloud", cloud))
    digest = push(cloud, "latest")

    found = ImageBehaviour(digest, Runs())
    assert images(f"{HOST}/shop:latest") == found
    assert images(f"{HOST}/shop") == found
    assert images(f"{HOST}/shop@{digest}") == found
    assert images(f"{HOST}/shop:latest@{digest}") == found


def test_a_tag_that_moves_names_another_image(cloud: Any) -> None:  # noqa: ANN401 - a cloud of fakes
    images = RegistryImages(cast("Cloud", cloud))
    before = images(f"{HOST}/shop:live")
    push(cloud, "live")
    first = images(f"{HOST}/shop:live")
    push_image(cast("Cloud", cloud), "shop", "live", ImageContent({"version": "2"}))

    assert before == MISSING
    assert images(f"{HOST}/shop:live").digest not in {None, first.digest}


@pytest.mark.parametrize(
    "reference",
    [
        "busybox",
        f"{HOST}/shop:none",
        f"{HOST}/shop@sha256:{'0' * 64}",
        f"{HOST.replace('1111', '9999')}/shop:1.0.0",
    ],
)
def test_what_is_not_there_cannot_be_pulled(cloud: Any, reference: str) -> None:  # noqa: ANN401 - a cloud of fakes
    push(cloud, "1.0.0")

    assert RegistryImages(cast("Cloud", cloud))(reference) == MISSING


def test_annotations_say_how_a_container_behaves(cloud: Any) -> None:  # noqa: ANN401 - a cloud of fakes
    digest = push(cloud, "1.1.0", crashing(3, timedelta(seconds=0.5)))

    conduct = RegistryImages(cast("Cloud", cloud))(f"{HOST}/shop@{digest}").conduct

    assert conduct == Exits(3, timedelta(seconds=0.5))
    assert conduct_of("{}") == Runs()


def test_annotations_say_what_a_container_writes(cloud: Any) -> None:  # noqa: ANN401 - a cloud of fakes
    digest = push(cloud, "1.1.0", writing("one", "two"))

    found = RegistryImages(cast("Cloud", cloud))(f"{HOST}/shop@{digest}")

    assert found == ImageBehaviour(digest, Runs(), "one\ntwo")
    assert output_of("{}") == ""


def test_where_an_engine_runs_them_nobody_says_how_containers_behave(cloud: Any) -> None:  # noqa: ANN401 - a cloud of fakes
    digest = push(cloud, "1.1.0", crashing(3))

    images = RegistryImages(cast("Cloud", cloud), contained=True)

    assert images(f"{HOST}/shop@{digest}") == ImageBehaviour(digest, Elsewhere())
