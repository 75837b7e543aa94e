"""The errors of CodeBuild, with its codes and wording."""

from longshore_local.awsjson.errors import ApiError


def invalid(message: str) -> ApiError:
    """Return an InvalidInputException, the code CodeBuild gives most of what it will not do."""
    return ApiError("InvalidInputException", message)


def project_not_found(arn: str) -> ApiError:
    """Return the error for a project that does not exist."""
    return ApiError("ResourceNotFoundException", f"Project cannot be found: {arn}")


def build_not_found(build: str) -> ApiError:
    """Return the error for a build that does not exist."""
    return ApiError("ResourceNotFoundException", f"Build {build} does not exist")


def project_exists(arn: str) -> ApiError:
    """Return the error for a second project of one name."""
    return ApiError("ResourceAlreadyExistsException", f"Project already exists: {arn}")
