"""Amazon ECR as the image registry."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from longshore.aws.clients import Clients
from longshore.aws.gate import Gate
from longshore.domain.errors import Refused
from longshore.domain.places import RepositoryRef
from longshore.domain.releases import INDEX_MEDIA_TYPES, RegistryImage

if TYPE_CHECKING:
    from mypy_boto3_ecr.type_defs import (
        DescribeImagesRequestTypeDef,
        DescribeImagesResponseTypeDef,
        ImageIdentifierTypeDef,
    )

IMAGES_A_PAGE = 1000
"""The most that DescribeImages returns at once."""


class EcrRegistry:
    """Private ECR repositories of any account and region that the role may read."""

    def __init__(self, gate: Gate, clients: Clients) -> None:
        """Call ECR through `gate`."""
        self._gate = gate
        self._clients = clients

    def image_by_tag(self, repository: RepositoryRef, tag: str) -> RegistryImage | None:
        """Return what a tag names now, None when the repository has no such tag."""
        return self._image(repository, {"imageTag": tag})

    def image_by_digest(self, repository: RepositoryRef, digest: str) -> RegistryImage | None:
        """Return the image of a digest with its tags, None when the repository has none."""
        return self._image(repository, {"imageDigest": digest})

    def tagged_images(self, repository: RepositoryRef) -> Sequence[RegistryImage]:
        """Return every tagged image, complete: a page that fails raises and decides nothing."""
        request: DescribeImagesRequestTypeDef = {
            **_where(repository),
            "filter": {"tagStatus": "TAGGED"},
            "maxResults": IMAGES_A_PAGE,
        }
        images: list[RegistryImage] = []
        while True:
            reply = self._describe(repository, request)
            images += _images(reply["imageDetails"])
            if not reply.get("nextToken"):
                return images
            request["nextToken"] = reply["nextToken"]

    def _image(
        self, repository: RepositoryRef, image: "ImageIdentifierTypeDef"
    ) -> RegistryImage | None:
        try:
            reply = self._describe(repository, {**_where(repository), "imageIds": [image]})
        except Refused as error:
            if error.code == "ImageNotFoundException":
                return None
            raise
        return next(iter(_images(reply["imageDetails"])), None)

    def _describe(
        self, repository: RepositoryRef, request: "DescribeImagesRequestTypeDef"
    ) -> "DescribeImagesResponseTypeDef":
        client = self._clients.ecr(repository.home.region)
        try:
            return self._gate.call(client.describe_images, **request)
        except Refused as error:
            if error.code == "RepositoryNotFoundException":
                raise _missing(repository) from error
            raise


def _where(repository: RepositoryRef) -> "DescribeImagesRequestTypeDef":
    return {"registryId": repository.home.account, "repositoryName": repository.name}


def _images(details: Iterable[Mapping[str, Any]]) -> list[RegistryImage]:
    """Return what can run; signatures and the like name the image they belong to as subject."""
    return [
        _image_of(detail)
        for detail in details
        if "subjectManifestDigest" not in detail and detail.get("imageStatus", "ACTIVE") == "ACTIVE"
    ]


def _image_of(detail: Mapping[str, Any]) -> RegistryImage:
    pushed_at = detail.get("imagePushedAt")
    return RegistryImage(
        digest=detail["imageDigest"],
        tags=tuple(detail.get("imageTags", ())),
        pushed_at=None if pushed_at is None else pushed_at.astimezone(UTC),
        media_type=detail.get("artifactMediaType") or _index_type(detail),
    )


def _index_type(detail: Mapping[str, Any]) -> str | None:
    """Return the type of a manifest that ECR names no artifact for."""
    manifest: str | None = detail.get("imageManifestMediaType")
    return manifest if manifest in INDEX_MEDIA_TYPES else None


def _missing(repository: RepositoryRef) -> Refused:
    home = repository.home
    message = (
        f"the ECR repository {repository.name} does not exist in account {home.account}, region "
        f"{home.region}: create it, or correct the image in longshore.yaml and apply it again"
    )
    return Refused(message, "RepositoryNotFoundException")
