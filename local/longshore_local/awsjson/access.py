"""Who may call what: the part of IAM that a stand-in asks somebody else to decide."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from longshore_local.awsjson.errors import ApiError

SIGNED_BY = re.compile(r"Credential=(?P<access_key>[^/\s,]+)/")


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a caller must be allowed to do: an IAM action on a resource.

    `resource` is an ARN, or `*` where IAM knows no resource for the action. `context` holds the
    condition keys that AWS would fill in, such as `ecs:cluster`.
    """

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """A refusal: whose request it was (an ARN), and whether a policy denies it in so many words."""

    principal: str
    explicit: bool = False


Authorize = Callable[[str, Permission], AccessDenied | None]
"""Decides about the bearer of an access key; None allows."""


def allow_everything(_access_key: str, _permission: Permission) -> None:
    """Allow every caller everything, where IAM is not what is being tried."""


def access_key_of(authorization: str | None) -> str:
    """Read the access key out of a Signature Version 4 header; raise ApiError when there is none.

    The signature itself is not checked: a stand-in has no secrets to check it with.
    """
    found = SIGNED_BY.search(authorization or "")
    if found is None:
        raise ApiError(
            "MissingAuthenticationTokenException", "Missing Authentication Token", status=403
        )
    return found["access_key"]


def denial(permission: Permission, denied: AccessDenied) -> ApiError:
    """Return the error that AWS answers an unauthorised request with."""
    cause = (
        "with an explicit deny in an identity-based policy"
        if denied.explicit
        else f"because no identity-based policy allows the {permission.action} action"
    )
    return ApiError(
        "AccessDeniedException",
        f"User: {denied.principal} is not authorized to perform: {permission.action} "
        f"on resource: {permission.resource} {cause}",
    )
