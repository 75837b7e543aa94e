"""The errors of ECS, with the codes and wording that its clients look for."""

from longshore_local.awsjson.errors import ApiError


def invalid(message: str) -> ApiError:
    """Return an InvalidParameterException."""
    return ApiError("InvalidParameterException", message)


def refused(message: str) -> ApiError:
    """Return a ClientException, the code ECS gives most of what it will not do."""
    return ApiError("ClientException", message)


def cluster_not_found() -> ApiError:
    """Return the error for a cluster that does not exist, or no longer does."""
    return ApiError("ClusterNotFoundException", "Cluster not found.")


def service_not_found() -> ApiError:
    """Return the error for a service that does not exist in the cluster."""
    return ApiError("ServiceNotFoundException", "Service not found.")


def service_not_active() -> ApiError:
    """Return the error for changing a service that is being, or has been, deleted."""
    return ApiError("ServiceNotActiveException", "Service was not ACTIVE.")


def task_definition_not_found() -> ApiError:
    """Return the error for rolling a service to a revision that does not exist."""
    return refused("TaskDefinition not found.")


def task_definition_inactive() -> ApiError:
    """Return the error for rolling a service to a deregistered revision."""
    return refused("TaskDefinition is inactive")


def cannot_describe_task_definition() -> ApiError:
    """Return the error for describing or deregistering a revision that does not exist."""
    return refused("Unable to describe task definition.")


def wrong_controller(controller: str, what: str) -> ApiError:
    """Return the error for an update that a deployment controller keeps to itself."""
    advice = (
        "Use AWS CodeDeploy to trigger a new deployment."
        if controller == "CODE_DEPLOY"
        else "Create a new task set instead."
    )
    article = "an" if controller == "EXTERNAL" else "a"
    return invalid(
        f"Unable to {what} on services with {article} {controller} deployment controller. {advice}"
    )


def too_many_concurrent_revisions() -> ApiError:
    """Return what ECS answers when a family is registered twice at once.

    It is no throttling error, so no SDK retries it; a gate raises it to try how a caller copes.
    """
    return refused("Too many concurrent attempts to create a new revision of the specified family.")


def throttled() -> ApiError:
    """Return what ECS answers a caller beyond its request rate, for a gate to raise."""
    return ApiError("ThrottlingException", "Rate exceeded")
