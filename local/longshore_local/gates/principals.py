"""Who is behind an access key of the embedded AWS."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from longshore_local.cloud.clients import ROOT, Cloud, Credentials


class Kind(StrEnum):
    """What sort of identity it is, as in an ARN."""

    ROOT = "root"
    USER = "user"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Principal:
    """An identity: `name` is that of the user or role whose policies decide.

    `arn` is what AWS calls the caller, for a role with the session's name; `function` is the
    Lambda function that acts in it.
    """

    kind: Kind
    name: str
    arn: str
    user_id: str
    credentials: Credentials
    session_token: str | None = None
    function: str | None = None


class Principals:
    """The identities whose secrets are known here: root, the users made here, Lambda's sessions."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        root = f"arn:aws:iam::{cloud.account}:root"
        self._known = {
            ROOT.key: Principal(Kind.ROOT, "root", root, cloud.account, ROOT),
        }

    def find(self, access_key: str) -> Principal | None:
        """Return the bearer of an access key, None when the key is not one of ours."""
        if access_key not in self._known:
            self._known.update(self._sessions())
        return self._known.get(access_key)

    def create_user(self, name: str, policy: str) -> Principal:
        """Make an IAM user with one policy (a JSON document) and an access key."""
        iam = self._cloud.iam
        user = iam.create_user(UserName=name)["User"]
        iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=policy)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        credentials = Credentials(made["AccessKeyId"], made["SecretAccessKey"])
        principal = Principal(Kind.USER, name, user["Arn"], user["UserId"], credentials)
        self._known[credentials.key] = principal
        return principal

    def know(self, principal: Principal) -> None:
        """Take note of somebody whose credentials were made elsewhere."""
        self._known[principal.credentials.key] = principal

    def functions(self) -> Mapping[str, Principal]:
        """Return the identity that each deployed function runs under, by the function's name."""
        return {one.function: one for one in self._sessions().values() if one.function}

    def _sessions(self) -> dict[str, Principal]:
        """Work out the sessions of execution roles.

        The emulator makes one session for each function and derives its access key, secret and
        token from the two ARNs (read in ministack 1.5.33, core/lambda_runtime.py); no API tells
        them. Were that to change, every call would be refused as an unknown key.
        """
        pages = self._cloud.functions.get_paginator("list_functions").paginate()
        found = (
            _session(
                self._cloud.account,
                one.get("FunctionName", ""),
                one.get("FunctionArn", ""),
                one.get("Role", ""),
            )
            for page in pages
            for one in page["Functions"]
        )
        return {principal.credentials.key: principal for principal in found}


def _session(account: str, function: str, arn: str, role_arn: str) -> Principal:
    seed = hashlib.sha256(f"{arn}:{role_arn}".encode()).hexdigest()
    role = role_arn.rpartition("/")[2]
    return Principal(
        Kind.ROLE,
        role,
        f"arn:aws:sts::{account}:assumed-role/{role}/{function}",
        f"{role}:{function}",
        Credentials(f"ASIA{seed[:16].upper()}", _hash(f"secret:{seed}")),
        session_token=_hash(f"token:{seed}"),
        function=function,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
