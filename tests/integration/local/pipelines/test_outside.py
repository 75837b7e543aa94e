"""What CodePipeline asks of others, it asks in the pipeline's role; refusals fail the action."""

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from longshore_local.awsjson import AccessDenied, Permission
from longshore_local.cloud.clients import Cloud
from longshore_local.codebuild import Fails
from longshore_local.codepipeline import BuildRequest, Location, OutsideError
from longshore_local.gates.policies import Policies
from longshore_local.gates.principals import Principals
from longshore_local.pipelines.outside import (
    SERVICE,
    RoleArtifacts,
    RoleBuilds,
    RoleFunctions,
    refusals,
)
from longshore_local.pipelines.sessions import RoleSessions
from tests.integration.local.pipelines.account import make_role
from tests.unit.local.codebuild.scene import Scene, project

PLACE = Location("artifacts", "checkout/Source/1")


@pytest.fixture
def sessions(cloud: Cloud) -> RoleSessions:
    return RoleSessions(cloud, Principals(cloud))


@pytest.fixture
def role(cloud: Cloud) -> str:
    return make_role(cloud, "pipeline", SERVICE)


def test_artifacts_are_stored_and_their_jobs_get_credentials(
    cloud: Cloud, sessions: RoleSessions, role: str
) -> None:
    cloud.s3.create_bucket(
        Bucket="artifacts", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    artifacts = RoleArtifacts(sessions)

    artifacts.put(role, PLACE, b"zip")
    given = artifacts.credentials(role)

    stored = cloud.s3.get_object(Bucket="artifacts", Key=PLACE.key)
    assert stored["Body"].read() == b"zip"
    assert given.access_key_id == sessions.principal(role, SERVICE).credentials.key
    assert given.session_token


def test_what_cannot_be_done_says_what_and_why(sessions: RoleSessions, role: str) -> None:
    artifacts = RoleArtifacts(sessions)

    with pytest.raises(OutsideError, match=r"artifacts/checkout/Source/1 could not be") as missing:
        artifacts.put(role, PLACE, b"zip")
    with pytest.raises(OutsideError, match="there is no role"):
        artifacts.put(role.replace("pipeline", "nobody"), PLACE, b"zip")

    assert missing.value.code == "ConfigurationError"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("AccessDeniedException", "PermissionError"), ("NoSuchBucket", "ConfigurationError")],
)
def test_a_refusal_for_lack_of_permission_is_told_apart(code: str, kind: str) -> None:
    with pytest.raises(OutsideError) as refused, refusals("It could not be done"):
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "PutObject")

    assert refused.value.code == kind


def test_a_function_that_does_not_exist_fails_the_action(
    cloud: Cloud, sessions: RoleSessions, role: str
) -> None:
    def invoke(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "Invoke")

    cast("Any", cloud).functions.invoke = invoke

    with pytest.raises(OutsideError, match="function deploy could not be invoked"):
        RoleFunctions(sessions).invoke(role, "deploy", {})


class Judge:
    """Decides about everybody the same."""

    def __init__(self) -> None:
        self.asked: list[Permission] = []
        self.denies = False

    def decide(self, principal: object, permission: Permission) -> AccessDenied | None:
        assert principal
        self.asked.append(permission)
        return AccessDenied("somebody") if self.denies else None


def builds(scene: Scene, sessions: RoleSessions, judge: Judge) -> RoleBuilds:
    pipelines = {"type": "CODEPIPELINE"}
    scene.call("CreateProject", **project(name="image", source=pipelines, artifacts=pipelines))
    return RoleBuilds(scene.world, sessions, cast("Policies", judge))


def request(role: str, name: str = "image") -> BuildRequest:
    return BuildRequest(
        project=name,
        pipeline="checkout",
        role=role,
        revision="b" * 40,
        source=PLACE,
        output=Location("artifacts", "checkout/Image/1"),
        environment=({"name": "A", "value": "1", "type": "PLAINTEXT"},),
    )


def test_a_build_gets_the_artifact_and_leaves_its_own(sessions: RoleSessions, role: str) -> None:
    scene, judge = Scene(), Judge()
    build = builds(scene, sessions, judge).start(request(role))
    scene.later(minutes=5)

    (order,) = scene.orders
    assert order.id == build
    assert order.source["location"] == "artifacts/checkout/Source/1"
    assert (order.artifacts["location"], order.artifacts["name"]) == (
        "artifacts",
        "checkout/Image/1",
    )
    assert (order.initiator, order.environment["A"]) == ("codepipeline/checkout", "1")
    assert judge.asked == [
        Permission(
            "codebuild:StartBuild", "arn:aws:codebuild:eu-central-1:000000000000:project/image"
        )
    ]


def test_how_a_build_ended_is_told_with_its_phase(sessions: RoleSessions, role: str) -> None:
    scene = Scene(conduct=Fails("BUILD", "make", 2))
    outside = builds(scene, sessions, Judge())
    build = outside.start(request(role))

    before = outside.look(build)
    scene.later(minutes=5)
    report = outside.look(build)

    assert before is None
    assert report is not None
    assert report.status == "FAILED"
    assert report.failure.startswith("Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: ")
    assert report.failure.endswith("command: make. Reason: exit status 2")


def test_a_role_that_may_not_start_builds_fails_the_action(
    sessions: RoleSessions, role: str
) -> None:
    judge = Judge()
    outside = builds(Scene(), sessions, judge)

    with pytest.raises(OutsideError, match="Project cannot be found"):
        outside.start(request(role, "nowhere"))
    judge.denies = True
    with pytest.raises(OutsideError, match="not authorized to perform") as denied:
        outside.start(request(role))

    assert denied.value.code == "PermissionError"


def test_a_build_is_stopped_with_its_action(sessions: RoleSessions, role: str) -> None:
    scene = Scene()
    outside = builds(scene, sessions, Judge())
    build = outside.start(request(role))

    outside.stop(build)

    report = outside.look(build)
    assert report is not None
    assert report.status == "STOPPED"
