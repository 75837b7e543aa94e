"""Projects are created, changed, described and deleted; what cannot be is refused."""

import pytest

from longshore_local.awsjson import ApiError
from tests.unit.local.codebuild.scene import Scene, project

ARN = "arn:aws:codebuild:eu-central-1:000000000000:project/checkout"


def test_a_project_is_described_with_its_defaults(scene: Scene) -> None:
    found = scene.call("BatchGetProjects", names=["checkout", "gone"])

    (described,) = found["projects"]
    assert described["arn"] == ARN
    assert (described["timeoutInMinutes"], described["queuedTimeoutInMinutes"]) == (60, 480)
    assert described["environment"] == project()["environment"]
    assert found["projectsNotFound"] == ["gone"]


def test_a_change_leaves_the_rest(scene: Scene) -> None:
    scene.later(minutes=1)

    scene.call("UpdateProject", name="checkout", timeoutInMinutes=5)

    (described,) = scene.call("BatchGetProjects", names=[ARN])["projects"]
    assert (described["timeoutInMinutes"], described["serviceRole"]) == (
        5,
        project()["serviceRole"],
    )
    assert described["lastModified"] > described["created"]


def test_projects_are_listed_by_name_and_deleted(scene: Scene) -> None:
    scene.call("CreateProject", **project(name="admin"))

    names = scene.call("ListProjects")["projects"]
    backwards = scene.call("ListProjects", sortOrder="DESCENDING")["projects"]
    scene.call("DeleteProject", name="admin")

    assert (names, backwards) == (["admin", "checkout"], ["checkout", "admin"])
    assert scene.call("ListProjects")["projects"] == ["checkout"]


def test_a_name_is_used_once(scene: Scene) -> None:
    with pytest.raises(ApiError, match="ResourceAlreadyExistsException"):
        scene.call("CreateProject", **project())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": {"type": "GITHUB"}}, "location is required"),
        ({"source": {"type": "NO_SOURCE"}}, "buildspec is required"),
        ({"source": {"type": "CODEPIPELINE"}}, "must both be CODEPIPELINE"),
        ({"artifacts": {"type": "CODEPIPELINE"}}, "must both be CODEPIPELINE"),
        ({"timeoutInMinutes": 2161}, "less than or equal to 2160"),
        ({"name": "a b"}, "regular expression"),
    ],
)
def test_a_project_that_cannot_be_is_refused(
    scene: Scene, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(ApiError, match="InvalidInputException") as refused:
        scene.call("CreateProject", **project(**{"name": "other", **changes}))

    assert words in refused.value.message


def test_an_unknown_project_is_told_by_its_arn(scene: Scene) -> None:
    with pytest.raises(ApiError, match=r"Project cannot be found: .*:project/nowhere"):
        scene.call("StartBuild", projectName="nowhere")
