"""Roles are assumed as the service they trust, and by nobody else."""

import pytest

from longshore_local.cloud.clients import Cloud
from longshore_local.errors import LocalCloudError
from longshore_local.gates.principals import Kind, Principals
from longshore_local.pipelines.sessions import RoleSessions
from tests.integration.local.pipelines.account import make_role

BUILD = "codebuild.amazonaws.com"


def test_a_session_is_known_by_its_key_and_made_once(cloud: Cloud) -> None:
    role = make_role(cloud, "build", BUILD)
    principals = Principals(cloud)
    sessions = RoleSessions(cloud, principals)

    session = sessions.principal(role, BUILD)

    assert (session.kind, session.name) == (Kind.ROLE, "build")
    assert session.arn.endswith(":assumed-role/build/codebuild")
    assert session.credentials.token == session.session_token
    assert principals.find(session.credentials.key) is session
    assert sessions.principal(role, BUILD) is session
    assert sessions.cloud_of(role, BUILD) is sessions.cloud_of(role, BUILD)


def test_the_trust_policy_is_as_before(cloud: Cloud) -> None:
    role = make_role(cloud, "build", "ecs-tasks.amazonaws.com", BUILD)
    before = cloud.iam.get_role(RoleName="build")["Role"].get("AssumeRolePolicyDocument")

    RoleSessions(cloud, Principals(cloud)).principal(role, BUILD)

    after = cloud.iam.get_role(RoleName="build")["Role"].get("AssumeRolePolicyDocument")
    assert after == before


def test_a_role_that_does_not_trust_the_service_is_not_assumed(cloud: Cloud) -> None:
    role = make_role(cloud, "build", "ecs-tasks.amazonaws.com")
    sessions = RoleSessions(cloud, Principals(cloud))

    with pytest.raises(LocalCloudError, match=r"role/build cannot be assumed by codebuild"):
        sessions.principal(role, BUILD)
    with pytest.raises(LocalCloudError, match="there is no role"):
        sessions.principal(role.replace("build", "nobody"), BUILD)
