"""What docs/install.md and docs/iam.md say of the stack is what template.yaml has."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from botocore.loaders import Loader

from tests.contract.cloudformation import Tree
from tests.contract.template import (
    IN_THE_ROLES_NAME,
    ROOT,
    functions,
    grants,
    parameters,
    resources,
    template,
    words_of,
)
from tests.support.pages import blocks_of

INSTALL = ROOT / "docs/install.md"
IAM = ROOT / "docs/iam.md"
ROW = re.compile(r"^ *\|(.+)\|$", re.MULTILINE)
ACTION = re.compile(r"`([a-z0-9]+:[A-Z]\w+)`")
OF_IAM_ALONE = {
    "apigateway:DELETE",
    "apigateway:GET",
    "apigateway:PATCH",
    "apigateway:POST",
    "apigateway:PUT",
    "apigateway:TagResource",
    "cloudformation:TagResource",
    "dynamodb:ConditionCheckItem",
    "iam:PassRole",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    *(f"logs:{what}LogDelivery" for what in ("Create", "Delete", "Get", "Update")),
    "logs:ListLogDeliveries",
    "lambda:InvokeFunction",
    "lambda:InvokeFunctionUrl",
    "s3:ListBucket",
    "s3:PutBucketPublicAccessBlock",
    "s3:PutEncryptionConfiguration",
}
"""Actions that are no operation of their service's API."""

CONDITION_KEYS = {
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SecureTransport",
    "ecs:CreateAction",
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "kms:ViaService",
    "lambda:FunctionUrlAuthType",
    "lambda:InvokedViaFunctionUrl",
}
STREAMS = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
"""Operations of DynamoDB that its API has in a service of their own."""

COUNTED: Mapping[str, tuple[str, ...]] = {
    "functions with role": ("AWS::Serverless::Function", "AWS::Serverless::LayerVersion"),
    "SQS queues": ("AWS::SQS::Queue",),
    "DynamoDB table": ("AWS::DynamoDB::Table",),
    "KMS key": ("AWS::KMS::Key",),
    "EventBridge rules": ("AWS::Events::Rule",),
    "HTTP API": ("AWS::ApiGatewayV2::Api",),
    "event bus": ("AWS::Events::EventBus",),
    "SNS topic": ("AWS::SNS::Topic",),
    "CloudWatch alarms": ("AWS::CloudWatch::Alarm",),
    "SSM parameter": ("AWS::SSM::Parameter",),
}
"""The resources that people are told of, by how the row begins; the others belong to these."""


def rows(page: str) -> Iterator[Sequence[str]]:
    """Return the cells of every row of every table."""
    for line in ROW.findall(page):
        yield [cell.strip() for cell in line.split("|")]


@pytest.mark.parametrize(("name", "parameter"), parameters().items())
def test_a_parameter_is_explained_with_its_default(name: str, parameter: Tree) -> None:
    (row,) = [row for row in rows(INSTALL.read_text()) if row[0] == f"`{name}`"]

    assert len(row) >= len(("name", "meaning", "default"))
    assert str(parameter["Default"]) in row[2]


@pytest.mark.parametrize(("begins", "kinds"), COUNTED.items())
def test_what_is_created_is_counted_right(begins: str, kinds: Sequence[str]) -> None:
    (row,) = [row for row in rows(INSTALL.read_text()) if row[0].startswith(begins)]
    there = Counter(resource["Type"] for resource in template()["Resources"].values())

    assert sum(map(int, re.findall(r"\d+", row[1]))) == sum(there[kind] for kind in kinds)


def policies() -> list[Tree]:
    """Return the policies that docs/install.md shows."""
    texts = ("\n".join(line.text for line in block) for block in blocks_of(INSTALL))
    return [json.loads(text) for text in texts if text.startswith("{")]


def test_who_installs_may_create_every_kind_of_resource() -> None:
    (policy,) = policies()
    allowed = {action for statement in policy["Statement"] for action in many(statement["Action"])}
    services = {action.partition(":")[0] for action in allowed}
    of_sam = {"serverless": "lambda", "apigatewayv2": "apigateway"}
    kinds = {kind.split("::")[1].lower() for kind in map(type_of, resources())}

    assert {of_sam.get(kind, kind) for kind in kinds} <= services
    assert "*" not in allowed


def type_of(logical_id: str) -> str:
    return str(template()["Resources"][logical_id]["Type"])


def many(value: object) -> list[str]:
    return (
        [value] if isinstance(value, str) else [*map(str, value)] if isinstance(value, list) else []
    )


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_every_action_of_a_policy_exists(page: Path) -> None:
    text = page.read_text()
    named = set(re.findall(r"\"([a-z0-9]+:[A-Z]\w+)\"", text)) | set(ACTION.findall(text))

    assert [
        each for each in sorted(named - OF_IAM_ALONE - CONDITION_KEYS) if not exists(each)
    ] == []


def exists(action: str) -> bool:
    """Whether an action is an operation of its service."""
    service, _, operation = action.partition(":")
    name = "dynamodbstreams" if operation in STREAMS else service
    operations: Tree = Loader().load_service_model(name, "service-2")["operations"]
    return operation in operations


def explained() -> dict[str, set[str]]:
    """Return the actions that docs/iam.md lists for each function."""
    page = IAM.read_text().partition("## What the functions call")[2].partition("\n## ")[0]
    found: dict[str, set[str]] = {}
    function = ""
    for row in rows(page):
        function = row[0] or function
        if actions := ACTION.findall(row[1]):
            found.setdefault(function, set()).update(actions)
    return found


@pytest.mark.parametrize("name", functions())
def test_the_page_lists_what_each_function_may_do(name: str) -> None:
    assert explained()[words_of(name, "_")] == set(grants(name)) - IN_THE_ROLES_NAME


def test_the_page_lists_what_aws_does_in_the_name_of_a_role() -> None:
    page = IAM.read_text().partition("AWS itself acts")[2].partition("\n## ")[0]

    assert set(ACTION.findall(page)) >= IN_THE_ROLES_NAME
