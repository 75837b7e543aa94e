"""What ECR refuses, with its codes."""

from collections.abc import Sequence

from longshore_local.awsjson.errors import ApiError


def no_repository(name: str, registry: str) -> ApiError:
    """Return the error for a repository that a registry does not have."""
    return ApiError(
        "RepositoryNotFoundException",
        f"The repository with name '{name}' does not exist in the registry with id '{registry}'",
    )


def repository_exists(name: str, registry: str) -> ApiError:
    """Return the error for creating a repository again."""
    return ApiError(
        "RepositoryAlreadyExistsException",
        f"The repository with name '{name}' already exists in the registry with id '{registry}'",
    )


def repository_not_empty(name: str, registry: str) -> ApiError:
    """Return the error for deleting a repository with images, and not by force."""
    return ApiError(
        "RepositoryNotEmptyException",
        f"The repository with name '{name}' in registry with id '{registry}' cannot be deleted "
        "because it still contains images",
    )


def no_image(digest: object, tag: object, name: str, registry: str) -> ApiError:
    """Return the error for an image that a repository does not have."""
    wanted = f"{{imageDigest:'{digest or 'null'}', imageTag:'{tag or 'null'}'}}"
    return ApiError(
        "ImageNotFoundException",
        f"The image with imageId {wanted} does not exist within the repository with name "
        f"'{name}' in the registry with id '{registry}'",
    )


def image_exists(digest: str, tag: str | None, name: str, registry: str) -> ApiError:
    """Return the error for a push that changes nothing."""
    return ApiError(
        "ImageAlreadyExistsException",
        f"Image with digest '{digest}' and tag '{tag or 'null'}' already exists in the "
        f"repository with name '{name}' in registry with id '{registry}'",
    )


def tag_exists(tag: str, name: str) -> ApiError:
    """Return the error for moving a tag that must not move."""
    return ApiError(
        "ImageTagAlreadyExistsException",
        f"The image tag '{tag}' already exists in the '{name}' repository and cannot be "
        "overwritten because the tag is immutable.",
    )


def no_children(digests: Sequence[str], name: str, registry: str) -> ApiError:
    """Return the error for an index of images that the repository does not have."""
    return ApiError(
        "ReferencedImagesNotFoundException",
        f"Images with digests '[{', '.join(digests)}]' required for pushing image into "
        f"repository with name '{name}' in the registry with id '{registry}' do not exist",
    )


def other_digest(given: object, digest: str) -> ApiError:
    """Return the error for a manifest that is not what the caller says it is."""
    return ApiError(
        "ImageDigestDoesNotMatchException",
        f"The provided digest '{given}' does not match the calculated digest '{digest}'",
    )


def no_json() -> ApiError:
    """Return the error for a manifest that cannot be read."""
    return invalid("ImageManifest", "Invalid JSON syntax")


def no_media_type() -> ApiError:
    """Return the error for a manifest that does not say what it is, or two things."""
    return invalid("ImageManifest", "image manifest mediatype not provided, or not the same twice")


def invalid(parameter: str, constraint: str) -> ApiError:
    """Return the error for a parameter that ECR does not take."""
    return ApiError(
        "InvalidParameterException",
        f"Invalid parameter at '{parameter}' failed to satisfy constraint: '{constraint}'",
    )
