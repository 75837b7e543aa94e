"""What each operation must be allowed to do, as the IAM service authorization reference has it.

Jobs know no resource: whoever may answer one may answer all.
"""

from longshore.domain.places import Home
from longshore_local.awsjson.access import Permission
from longshore_local.worlds.params import Params, table, text

OF_NO_RESOURCE = frozenset({"GetJobDetails", "PutJobSuccessResult", "PutJobFailureResult"})
SERVICE = "codepipeline.amazonaws.com"


def permissions(home: Home, operation: str, params: Params) -> list[Permission]:
    """Return everything a caller must be allowed for one request."""
    asked = [Permission(f"codepipeline:{operation}", _resource(home, operation, params))]
    role = text(table(params, "pipeline"), "roleArn")
    if role:
        asked.append(Permission("iam:PassRole", role, {"iam:PassedToService": SERVICE}))
    return asked


def _resource(home: Home, operation: str, params: Params) -> str:
    if operation in OF_NO_RESOURCE:
        return "*"
    prefix = f"arn:{home.partition}:codepipeline:{home.region}:{home.account}"
    return f"{prefix}:{'/'.join(_path(operation, params))}"


def _path(operation: str, params: Params) -> list[str]:
    name = text(table(params, "pipeline"), "name") or text(params, "pipelineName")
    path = [name or text(params, "name") or "*"]
    if operation in {"RetryStageExecution", "PutApprovalResult"}:
        path.append(text(params, "stageName") or "*")
    if operation == "PutApprovalResult":
        path.append(text(params, "actionName") or "*")
    return path
