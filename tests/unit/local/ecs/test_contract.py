"""Everything that goes in and out is what the botocore service model says."""

import pytest

from longshore_local.awsjson import ContractError
from longshore_local.ecs import OPERATIONS
from longshore_local.worlds.params import Output
from longshore_local.worlds.surroundings import Event
from tests.unit.local.ecs.scene import Scene
from tests.unit.local.model import Calls, Recorder, misfits, model_of, strange_values

MODEL = model_of("ecs")


@pytest.fixture(scope="module")
def calls() -> Calls:
    """A story that reaches every operation."""
    recorder = Recorder()
    scene = Scene(gate=recorder)
    tags = [{"key": "team", "value": "checkout"}]
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    scene.running("v1", launchType="FARGATE", networkConfiguration=network, tags=tags)
    arn = scene.service()["serviceArn"]
    for tag in ("v2", "crashes", "nowhere"):
        scene.release(tag)
        for _ in range(12):
            scene.later(seconds=30)
            scene.service(), scene.tasks(), scene.tasks("STOPPED")
    scene.release("v3")
    history = scene.call("ListServiceDeployments", cluster="prod", service="web")
    arns = [entry["serviceDeploymentArn"] for entry in history["serviceDeployments"]]
    revisions = [entry["targetServiceRevisionArn"] for entry in history["serviceDeployments"]]
    scene.call("DescribeServiceDeployments", serviceDeploymentArns=arns)
    scene.call("DescribeServiceRevisions", serviceRevisionArns=revisions)
    scene.call("StopServiceDeployment", serviceDeploymentArn=arns[0])
    look_around(scene, arn)
    scene.call("DeleteService", cluster="prod", service="web", force=True)
    scene.later(minutes=2)
    scene.service()
    scene.call("DeleteCluster", cluster="prod")
    return recorder.calls


def look_around(scene: Scene, arn: str) -> None:
    tags = [{"key": "team", "value": "checkout"}]
    scene.call("DescribeTaskDefinition", taskDefinition="app:1", include=["TAGS"])
    scene.call("ListTaskDefinitions", familyPrefix="app")
    scene.call("DeregisterTaskDefinition", taskDefinition="app:2")
    scene.call("DescribeTaskDefinition", taskDefinition="app:2")
    scene.call("StopTask", cluster="prod", task=scene.tasks()[0]["taskArn"])
    scene.call("TagResource", resourceArn=arn, tags=tags)
    scene.call("UntagResource", resourceArn=arn, tagKeys=["team"])
    scene.call("ListTagsForResource", resourceArn=arn)
    scene.call("DescribeServices", cluster="prod", services=["web", "gone"], include=["TAGS"])
    scene.call("ListServices", cluster="prod")
    scene.call("DescribeClusters", clusters=["prod", "gone"], include=["TAGS"])
    scene.call("ListClusters")


def test_the_story_reaches_every_operation(calls: Calls) -> None:
    assert {operation for operation, _, _ in calls} == set(OPERATIONS)


def test_every_answer_fits_the_output_shape_of_its_operation(calls: Calls) -> None:
    assert misfits(MODEL, calls) == set()


def test_every_member_of_an_enumeration_is_one_of_its_values(calls: Calls) -> None:
    assert strange_values(MODEL, calls) == set()


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("DescribeServices", {"services": "web"}),
        ("DescribeServices", {"service": ["web"]}),
        ("UpdateService", {"cluster": "prod"}),
        ("UpdateService", {"service": "web", "desiredCount": "3"}),
    ],
)
def test_what_no_sdk_would_send_is_a_defect_of_the_caller(
    operation: str, parameters: dict[str, object]
) -> None:
    with pytest.raises(ContractError, match=f"input of {operation}"):
        Scene().call(operation, **parameters)


def test_without_validation_the_same_story_gives_the_same_answers() -> None:
    def story(*, validated: bool) -> tuple[list[Output], list[Event]]:
        recorder = Recorder()
        scene = Scene(gate=recorder)
        scene.world.validated = validated
        scene.running("v1")
        scene.release("crashes")
        scene.later(minutes=10)
        scene.service(), scene.tasks(), scene.tasks("STOPPED")
        return [answer for _, _, answer in recorder.calls], scene.events

    assert story(validated=True) == story(validated=False)
