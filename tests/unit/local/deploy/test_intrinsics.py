"""Properties are worked out as CloudFormation does, and given to an API as it takes them."""

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from longshore.domain.places import Home
from longshore_local.deploy.intrinsics import Intrinsics, as_parameters
from longshore_local.deploy.stack import Stack
from longshore_local.errors import LocalCloudError

HOME = Home("aws", "111122223333", "eu-west-1")
TEMPLATE: dict[str, object] = {
    "Parameters": {
        "Name": {"Type": "String"},
        "Mode": {"Type": "String", "Default": "QUEUED"},
        "Tags": {"Type": "CommaDelimitedList", "Default": "v*,w*"},
    },
    "Conditions": {
        "Queued": {"Fn::Equals": [{"Ref": "Mode"}, "QUEUED"]},
        "Named": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
        "Both": {"Fn::And": [{"Condition": "Queued"}, {"Condition": "Named"}]},
        "Neither": {"Fn::Not": [{"Fn::Or": [{"Condition": "Queued"}, {"Condition": "Named"}]}]},
    },
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role"},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Pipeline": {
            "Type": "AWS::CodePipeline::Pipeline",
            "Properties": {"Name": {"Ref": "Name"}},
        },
    },
}


@pytest.fixture
def known() -> Intrinsics:
    stack = Stack("pipeline", {"Role": "role-1", "Queue": "queue-1"}, {})
    return Intrinsics(TEMPLATE, stack, HOME, {"Name": "checkout"})


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Name"}, "checkout"),
        ({"Ref": "Mode"}, "QUEUED"),
        ({"Ref": "Tags"}, ["v*", "w*"]),
        ({"Ref": "Role"}, "role-1"),
        ({"Ref": "AWS::AccountId"}, "111122223333"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "arn:aws:iam::111122223333:role/role-1"),
        ({"Fn::Sub": "${Name} ${AWS::Region} #{a.b} ${Role.Arn} ${!x}"},
         "checkout eu-west-1 #{a.b} arn:aws:iam::111122223333:role/role-1 ${x}"),
        ({"Fn::Sub": ["${own}-${Name}", {"own": {"Ref": "Mode"}}]}, "QUEUED-checkout"),
        ({"Fn::If": ["Both", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Neither", "yes", "no"]}, "no"),
        ({"Fn::Join": ["/", ["a", {"Ref": "Name"}]]}, "a/checkout"),
        ({"Fn::Select": [1, {"Ref": "Tags"}]}, "w*"),
        ([1, {"Fn::If": ["Queued", {"Ref": "AWS::NoValue"}, 2]}, 3], [1, 3]),
        ({"a": {"Ref": "AWS::NoValue"}, "b": True}, {"b": True}),
    ],
)  # fmt: skip
def test_functions_are_worked_out(known: Intrinsics, node: object, value: object) -> None:
    assert known.resolve(node) == value


def test_a_resource_is_found_with_its_properties(known: Intrinsics) -> None:
    assert known.properties("Pipeline") == {"Name": "checkout"}


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"Fn::ImportValue": "x"}, "Fn::ImportValue cannot be worked out"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "Arn of AWS::SQS::Queue"),
        ({"Ref": "Nothing"}, "no resource Nothing"),
    ],
)
def test_what_is_not_known_is_told(known: Intrinsics, node: object, words: str) -> None:
    with pytest.raises(LocalCloudError, match=words):
        known.resolve(node)


def test_properties_become_parameters_by_the_model_of_the_api() -> None:
    model = ServiceModel(dict(Loader().load_service_model("codebuild", "service-2")), "codebuild")
    shape = model.operation_model("CreateProject").input_shape
    given = {
        "Name": "image",
        "TimeoutInMinutes": "30",
        "Source": {"Type": "CODEPIPELINE", "BuildSpec": "buildspec.yml"},
        "Environment": {"PrivilegedMode": "true", "EnvironmentVariables": [{"Name": "A"}]},
    }

    assert as_parameters(shape, given) == {
        "name": "image",
        "timeoutInMinutes": 30,
        "source": {"type": "CODEPIPELINE", "buildspec": "buildspec.yml"},
        "environment": {"privilegedMode": True, "environmentVariables": [{"name": "A"}]},
    }
    with pytest.raises(LocalCloudError, match="has no Nmae"):
        as_parameters(shape, {"Nmae": "image"})


def test_the_keys_of_a_map_stay_as_they_are() -> None:
    service = dict(Loader().load_service_model("codepipeline", "service-2"))
    shape = ServiceModel(service, "codepipeline").shape_for("ActionDeclaration")

    made = as_parameters(shape, {"Configuration": {"ProjectName": "image"}, "RunOrder": 2})

    assert made == {"configuration": {"ProjectName": "image"}, "runOrder": 2}
