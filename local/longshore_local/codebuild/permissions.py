"""What each operation must be allowed to do, as the IAM service authorization reference has it."""

from longshore.domain.places import Home
from longshore_local.awsjson.access import Permission
from longshore_local.worlds.params import Params, text, texts

SERVICE = "codebuild.amazonaws.com"


def permissions(home: Home, operation: str, params: Params) -> list[Permission]:
    """Return everything a caller must be allowed: builds are checked against their projects."""
    resources = [f"{_prefix(home)}:project/{name}" for name in _projects(params)] or ["*"]
    asked = [Permission(f"codebuild:{operation}", resource) for resource in resources]
    role = text(params, "serviceRole") or text(params, "serviceRoleOverride")
    if role:
        asked.append(Permission("iam:PassRole", role, {"iam:PassedToService": SERVICE}))
    return asked


def _prefix(home: Home) -> str:
    return f"arn:{home.partition}:codebuild:{home.region}:{home.account}"


def _projects(params: Params) -> list[str]:
    named = [text(params, "name"), text(params, "projectName"), *texts(params, "names")]
    built = [text(params, "id"), *texts(params, "ids")]
    found = [name.rpartition("/")[2] for name in named if name]
    found += [name.rpartition("/")[2].partition(":")[0] for name in built if name]
    return list(dict.fromkeys(found))
