from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from longshore_local.deploy.adaptations import Adaptation, adapt

TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:SendMessage",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def allow(action: object, condition: Mapping[str, Any] | None = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return {**statement, "Condition": dict(condition)} if condition else statement


def role(*statements: Mapping[str, Any]) -> dict[str, Any]:
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [dict(s) for s in statements]}}
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
    properties = {"AssumeRolePolicyDocument": trust, "Policies": [policy]}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def adapted(**resources: Any) -> tuple[dict[str, Any], list[Adaptation]]:  # noqa: ANN401 - a template is JSON
    template, changes = adapt({"Resources": resources})
    left: Any = template["Resources"]
    return left, changes


def statements(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = resource["Properties"]["Policies"][0]["PolicyDocument"][
        "Statement"
    ]
    return found


def test_the_template_that_is_given_stays_as_it_is() -> None:
    template: dict[str, object] = {"Resources": {"Archive": {"Type": "AWS::Events::Archive"}}}
    before = deepcopy(template)

    adapt(template)

    assert template == before


def test_types_that_the_emulator_does_not_have_are_left_out() -> None:
    left, changes = adapted(Archive={"Type": "AWS::Events::Archive"}, Topic={"Type": "X"})

    assert set(left) == {"Topic"}
    assert changes == [
        Adaptation("left out", "the emulator has no AWS::Events::Archive", ("Archive",))
    ]


def test_alarms_stay_and_are_said_to_be_idle_but_metric_math_goes() -> None:
    plain = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}}
    math = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": []}}

    left, changes = adapted(Plain=plain, Math=math)

    assert set(left) == {"Plain"}
    assert [(change.change, change.resources) for change in changes] == [
        ("left out", ("Math",)),
        ("never goes off", ("Plain",)),
    ]


def test_conditions_on_foreign_keys_go_and_those_the_emulator_fills_in_stay() -> None:
    condition = {
        "StringEquals": {"kms:ViaService": "sns", "aws:RequestedRegion": "eu-west-1"},
        "ArnLike": {"aws:SourceArn": "x"},
    }

    left, changes = adapted(Role=role(allow("kms:Decrypt", condition)))

    assert statements(left["Role"])[0]["Condition"] == {
        "StringEquals": {"aws:RequestedRegion": "eu-west-1"}
    }
    assert [change.change for change in changes] == [
        "condition kms:ViaService dropped",
        "condition aws:SourceArn dropped",
    ]


def test_conditions_of_what_is_played_here_stay() -> None:
    cluster = allow(["ecs:UpdateService"], {"ArnEquals": {"ecs:cluster": "x"}})
    passing = allow("iam:PassRole", {"StringEquals": {"iam:PassedToService": "y"}})

    left, changes = adapted(Role=role(cluster, passing))

    assert statements(left["Role"]) == [cluster, passing]
    assert changes == []


def test_sending_one_message_allows_to_send_a_batch() -> None:
    left, changes = adapted(Role=role(allow("sqs:SendMessage")))

    assert statements(left["Role"])[0]["Action"] == ["sqs:SendMessage", "sqs:SendMessageBatch"]
    assert [change.resources for change in changes] == [("Role",)]


def test_plain_http_is_allowed_and_other_denials_stay() -> None:
    other = {**TLS, "Condition": {"Bool": {"aws:ViaAWSService": "false"}}}
    policy = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"PolicyDocument": {"Statement": [TLS, other]}},
    }

    left, changes = adapted(Policy=policy)

    assert left["Policy"]["Properties"]["PolicyDocument"]["Statement"] == [other]
    assert [change.change for change in changes] == ["plain HTTP allowed"]


def test_bounds_on_concurrency_go() -> None:
    source = {"Queue": "q", "ScalingConfig": {"MaximumConcurrency": {"Ref": "Most"}}}
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"Events": {"Inbox": {"Type": "SQS", "Properties": source}}},
    }

    left, changes = adapted(Router=function)

    assert left["Router"]["Properties"]["Events"]["Inbox"]["Properties"] == {"Queue": "q"}
    assert [change.change for change in changes] == ["no bound on concurrency"]


def test_what_cloudformation_drops_in_silence_is_said() -> None:
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "PointInTimeRecoverySpecification": {},
            "SSESpecification": {},
            "TimeToLiveSpecification": {},
        },
    }

    _, changes = adapted(Ledger=table)

    assert [change.change for change in changes] == [
        "no point-in-time recovery",
        "no encryption",
        "time to live set by API afterwards",
    ]


def test_the_same_change_is_told_once_for_all_its_resources() -> None:
    roles = {name: role(allow("sqs:SendMessage")) for name in ("A", "B", "C", "D")}

    _, changes = adapted(**roles)

    assert [change.resources for change in changes] == [("A", "B", "C", "D")]
    assert str(changes[0]).startswith("A and 3 more: sqs:SendMessageBatch allowed; ")


def test_log_groups_are_named_as_the_emulator_asks_for_them() -> None:
    statement = {**allow("logs:GetLogEvents"), "Resource": {"Ref": "LogGroupArns"}}

    left, changes = adapted(Role=role(statement, allow("logs:PutLogEvents")))

    reading, writing = statements(left["Role"])
    joined = {"Fn::Join": ["", {"Ref": "LogGroupArns"}]}
    assert reading["Resource"] == {"Fn::Split": [":*", joined]}
    assert writing["Resource"] == {"Fn::Split": [":*", "*"]}
    assert [change.change for change in changes] == [
        "logs:GetLogEvents allowed on log groups",
        "logs:PutLogEvents allowed on log groups",
    ]
