"""Sessions of the roles that CodePipeline and CodeBuild act in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from botocore.exceptions import ClientError

from longshore_local.cloud.clients import Cloud, Credentials
from longshore_local.errors import LocalCloudError
from longshore_local.gates.principals import Kind, Principal, Principals

Document = Mapping[str, object]


@dataclass(slots=True)
class RoleSessions:
    """Assumes roles as a service does, once each.

    The emulator lets nobody call in a service's name. So the role's trust policy is read and must
    name the service; the account's root is admitted beside it for as long as one call takes.
    """

    cloud: Cloud
    principals: Principals
    _known: dict[tuple[str, str], Principal] = field(default_factory=dict)
    _clouds: dict[tuple[str, str], Cloud] = field(default_factory=dict)

    def principal(self, role: str, service: str) -> Principal:
        """Return a session of a role (its ARN) for a service such as `codebuild.amazonaws.com`.

        Raises:
            LocalCloudError: There is no such role, or it does not trust the service.
        """
        if (role, service) not in self._known:
            self._known[role, service] = self._assume(role, service)
        return self._known[role, service]

    def cloud_of(self, role: str, service: str) -> Cloud:
        """Return the cloud as a role sees it; raises as `principal` does."""
        if (role, service) not in self._clouds:
            seen = self.cloud.seen_by(self.principal(role, service).credentials)
            self._clouds[role, service] = seen  # with its clients, which are slow to make
        return self._clouds[role, service]

    def _assume(self, role: str, service: str) -> Principal:
        name = role.rpartition("/")[2]
        iam = self.cloud.iam
        try:
            trust = _document(iam.get_role(RoleName=name)["Role"].get("AssumeRolePolicyDocument"))
        except ClientError as error:
            raise LocalCloudError(f"there is no role {role}: {error}") from error
        if not _trusts(trust, service):
            raise LocalCloudError(f"the role {role} cannot be assumed by {service}")
        session = service.partition(".")[0]
        admitted = _with_root(trust, self.cloud.account)
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(admitted))
        try:
            given = self.cloud.sts.assume_role(RoleArn=role, RoleSessionName=session)
        finally:
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
        made = given["Credentials"]
        principal = Principal(
            Kind.ROLE,
            name,
            f"arn:aws:sts::{self.cloud.account}:assumed-role/{name}/{session}",
            f"{name}:{session}",
            Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]),
            session_token=made["SessionToken"],
        )
        self.principals.know(principal)
        return principal


def _document(given: object) -> Document:
    parsed = json.loads(given) if isinstance(given, str) else given
    return parsed if isinstance(parsed, Mapping) else {}


def _trusts(trust: Document, service: str) -> bool:
    return any(
        statement.get("Effect") == "Allow" and service in _services(statement)
        for statement in _statements(trust)
    )


def _statements(trust: Document) -> list[Document]:
    given = trust.get("Statement")
    listed = given if isinstance(given, list) else [given]
    return [one for one in listed if isinstance(one, Mapping)]


def _services(statement: Document) -> list[object]:
    principal = statement.get("Principal")
    given = principal.get("Service") if isinstance(principal, Mapping) else None
    return given if isinstance(given, list) else [given]


def _with_root(trust: Document, account: str) -> Document:
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "sts:AssumeRole",
    }
    return {**trust, "Statement": [*_statements(trust), root]}
