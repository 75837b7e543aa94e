"""Repositories and images as ECR describes them."""

from longshore.domain.places import Home
from tests.simulation.cloud.api import Output
from tests.simulation.cloud.images.repository import Image, Mutability, Repository


def described(repository: Repository, home: Home) -> Output:
    """Return a repository as DescribeRepositories gives it."""
    where = f"{home.region}:{repository.registry}"
    domain = "amazonaws.com.cn" if home.partition == "aws-cn" else "amazonaws.com"
    host = f"{repository.registry}.dkr.ecr.{home.region}.{domain}"
    return {
        "repositoryArn": f"arn:{home.partition}:ecr:{where}:repository/{repository.name}",
        "registryId": repository.registry,
        "repositoryName": repository.name,
        "repositoryUri": f"{host}/{repository.name}",
        "createdAt": repository.created_at,
        **mutability(repository.mutability),
        "imageScanningConfiguration": {"scanOnPush": False},
        "encryptionConfiguration": {"encryptionType": "AES256"},
    }


def mutability(found: Mutability) -> Output:
    """Return which tags may move."""
    shown: Output = {"imageTagMutability": found.setting}
    if found.exclusions:
        shown["imageTagMutabilityExclusionFilters"] = [
            {"filterType": "WILDCARD", "filter": pattern} for pattern in found.exclusions
        ]
    return shown


def detail(repository: Repository, image: Image) -> Output:
    """Return an image as DescribeImages gives it: without tags, no list of tags at all."""
    manifest = image.manifest
    shown: Output = {
        "registryId": repository.registry,
        "repositoryName": repository.name,
        "imageDigest": manifest.digest,
        "imageSizeInBytes": _size(repository, image),
        "imagePushedAt": image.pushed_at,
        "imageManifestMediaType": manifest.media_type,
        "imageStatus": "ACTIVE",
    }
    if image.tags:
        shown["imageTags"] = list(image.tags)
    if manifest.artifact_type is not None:
        shown["artifactMediaType"] = manifest.artifact_type
    if manifest.subject is not None:
        shown["subjectManifestDigest"] = manifest.subject
    return shown


def _size(repository: Repository, image: Image) -> int:
    """Return the size of an image; an index is as large as the largest of its images."""
    children = image.manifest.children
    if not children:
        return image.manifest.size
    return max(repository.images[child].manifest.size for child in children)
