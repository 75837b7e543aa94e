"""Everything that goes in and out is what the botocore service model says."""

from collections.abc import Mapping

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator

from longshore_local.awsjson import ContractError
from longshore_local.ecs import OPERATIONS, Event
from longshore_local.ecs.world import Proceed
from longshore_local.worlds.params import Output, Params
from tests.unit.local.ecs.scene import Scene

MODEL = ServiceModel(dict(Loader().load_service_model("ecs", "service-2")), "ecs")


class Recorder:
    """A gate that keeps what each operation took and gave."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Params, Output]] = []

    def __call__(self, operation: str, parameters: Params, proceed: Proceed) -> Output:
        answer = proceed()
        self.calls.append((operation, parameters, answer))
        return answer


@pytest.fixture(scope="module")
def calls() -> list[tuple[str, Params, Output]]:
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


def fits(shape: Shape | None, document: Mapping[str, object]) -> str:
    assert shape is not None
    return str(ParamValidator().validate(dict(document), shape).generate_report())


def test_the_story_reaches_every_operation(calls: list[tuple[str, Params, Output]]) -> None:
    assert {operation for operation, _, _ in calls} == set(OPERATIONS)


def test_every_answer_fits_the_output_shape_of_its_operation(
    calls: list[tuple[str, Params, Output]],
) -> None:
    misfits = {
        (operation, report)
        for operation, _, answer in calls
        if (report := fits(MODEL.operation_model(operation).output_shape, answer))
    }

    assert misfits == set()


def test_every_member_of_an_enumeration_is_one_of_its_values(
    calls: list[tuple[str, Params, Output]],
) -> None:
    strange = {
        found
        for operation, _, answer in calls
        for found in strangers(MODEL.operation_model(operation).output_shape, answer)
    }

    assert strange == set()


def strangers(shape: object, value: object) -> list[tuple[str, str]]:
    """Values outside the enumerations of the model, which botocore itself does not check."""
    members = getattr(shape, "members", None)
    if members is not None and isinstance(value, Mapping):
        return [found for name in value for found in strangers(members[name], value[name])]
    if isinstance(value, list):
        return [
            found for item in value for found in strangers(getattr(shape, "member", None), item)
        ]
    allowed = getattr(shape, "enum", None)
    if allowed and isinstance(value, str) and value not in allowed:
        return [(str(getattr(shape, "name", "")), value)]
    return []


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
