"""Everything that goes in and out is what the botocore service model says."""

import pytest

from longshore.domain.places import Home
from longshore_local.awsjson import ContractError, Permission
from longshore_local.codebuild import OPERATIONS, Fails
from longshore_local.codebuild.permissions import permissions
from tests.unit.local.codebuild.scene import ROLE, Scene, project
from tests.unit.local.model import Calls, Recorder, misfits, model_of, strange_values

MODEL = model_of("codebuild")
HOME = Home("aws", "000000000000", "eu-central-1")
ARN = "arn:aws:codebuild:eu-central-1:000000000000:project"


@pytest.fixture(scope="module")
def calls() -> Calls:
    """A story that reaches every operation."""
    recorder = Recorder()
    scene = Scene(gate=recorder, conduct=Fails())
    build = scene.start(sourceVersion="main")
    for _ in range(6):
        scene.later(seconds=12)
        scene.build(build)
    retried = scene.call("RetryBuild", id=build)["build"]["id"]
    scene.later(seconds=30)
    scene.call("StopBuild", id=retried)
    scene.call("ListBuildsForProject", projectName="checkout")
    scene.call("UpdateProject", name="checkout", description="the shop")
    scene.call("BatchGetProjects", names=["checkout"])
    scene.call("ListProjects")
    scene.call("DeleteProject", name="checkout")
    return recorder.calls


def test_the_story_reaches_every_operation(calls: Calls) -> None:
    assert {operation for operation, _, _ in calls} == set(OPERATIONS)


def test_every_answer_fits_the_output_shape_of_its_operation(calls: Calls) -> None:
    assert misfits(MODEL, calls) == set()


def test_every_member_of_an_enumeration_is_one_of_its_values(calls: Calls) -> None:
    assert strange_values(MODEL, calls) == set()


def test_what_no_sdk_would_send_is_a_defect_of_the_caller() -> None:
    for parameters in ({"projectName": 1}, {"project": "checkout"}, {}):
        with pytest.raises(ContractError, match="input of StartBuild"):
            Scene().call("StartBuild", **parameters)


@pytest.mark.parametrize(
    ("operation", "given", "resources"),
    [
        ("StartBuild", {"projectName": "checkout"}, [f"{ARN}/checkout"]),
        ("BatchGetBuilds", {"ids": ["a:1", "a:2", "b:1"]}, [f"{ARN}/a", f"{ARN}/b"]),
        ("StopBuild", {"id": "arn:aws:codebuild:x:1:build/a:1"}, [f"{ARN}/a"]),
        ("BatchGetProjects", {"names": ["a"]}, [f"{ARN}/a"]),
        ("ListProjects", {}, ["*"]),
    ],
)
def test_builds_are_allowed_by_their_projects(
    operation: str, given: dict[str, object], resources: list[str]
) -> None:
    asked = permissions(HOME, operation, given)

    assert asked == [Permission(f"codebuild:{operation}", resource) for resource in resources]


def test_a_project_passes_its_role() -> None:
    asked = permissions(HOME, "CreateProject", project())

    passed = {"iam:PassedToService": "codebuild.amazonaws.com"}
    assert asked[-1] == Permission("iam:PassRole", ROLE, passed)
