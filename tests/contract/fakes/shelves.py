"""A repository and what tests do with it all the time."""

from collections.abc import Mapping
from typing import Any

from tests.contract.fakes.clouds import CloudClients, fresh
from tests.simulation.cloud.images.manifests import digest_of, make_manifest

Document = Any
"""What botocore takes and gives: its types would only be in the way here."""


ABSENT = "sha256:" + "0" * 64
"""The digest of nothing that anybody pushed."""


class Shelf:
    """A repository; images are known by their number, digests are what it says they are."""

    def __init__(self, cloud: CloudClients, mutability: str = "MUTABLE", *filters: str) -> None:
        self.ecr = cloud.ecr
        self.name = fresh("team/app")
        self.digests: dict[int, str] = {}
        more: Document = {"imageTagMutability": mutability}
        if filters:
            chosen = [{"filterType": "WILDCARD", "filter": each} for each in filters]
            more["imageTagMutabilityExclusionFilters"] = chosen
        self.repository = cloud.ecr.create_repository(repositoryName=self.name, **more)

    def put(self, manifest: str, tag: str | None = None, **more: Document) -> str:
        """Push a manifest; return the digest under which it is kept."""
        tagged: Document = {} if tag is None else {"imageTag": tag}
        reply = self.ecr.put_image(
            repositoryName=self.name, imageManifest=manifest, **tagged, **more
        )
        return reply["image"]["imageId"]["imageDigest"]

    def push(self, number: int, tag: str | None = None) -> str:
        """Push an image."""
        self.digests[number] = self.put(make_manifest(number), tag)
        return self.digests[number]

    def describe(self, *images: Mapping[str, str], **more: Document) -> list[Document]:
        chosen: Document = {"imageIds": list(images)} if images else {}
        reply = self.ecr.describe_images(repositoryName=self.name, **chosen, **more)
        return list(reply["imageDetails"])

    def tagged(self, tag: str) -> str:
        """Return the digest of a tag."""
        (found,) = self.describe({"imageTag": tag})
        return str(found["imageDigest"])

    def tags(self, number: int) -> list[str]:
        (found,) = self.describe({"imageDigest": self.digests[number]})
        return sorted(found.get("imageTags", ()))

    def delete(self, *images: Document) -> Document:
        return self.ecr.batch_delete_image(repositoryName=self.name, imageIds=images)

    def all_pages(self, **more: Document) -> list[list[Document]]:
        """Return every page of a listing."""
        pages: list[list[Document]] = []
        token: Document = {}
        while True:
            reply = self.ecr.describe_images(repositoryName=self.name, **more, **token)
            pages.append(list(reply["imageDetails"]))
            if not reply.get("nextToken"):
                return pages
            token = {"nextToken": reply["nextToken"]}


def digest(number: int) -> str:
    """Return the digest of an image's manifest."""
    return digest_of(make_manifest(number))
