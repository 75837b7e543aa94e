"""template.yaml as data, as SAM reads it: globals merged, intrinsic functions in their long form.

Nothing is resolved: `!Ref Inbox` stays `{"Ref": "Inbox"}`, so that a test can say what it expects
in the template's own terms. `ref`, `att` and `KEY` write such expectations.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.contract.cloudformation import Tree, load

ROOT = Path(__file__).parent.parent.parent

FUNCTION = "AWS::Serverless::Function"
QUEUE = "AWS::SQS::Queue"
RULE = "AWS::Events::Rule"
ALARM = "AWS::CloudWatch::Alarm"

IN_THE_ROLES_NAME = frozenset(
    {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
)
"""Actions that AWS uses in a role's name, so that no call of ours shows them: Lambda polls sources,
writes logs and traces; DynamoDB and SNS use the key."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy, with what may be one or many made many."""

    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[object, ...]
    condition: Mapping[str, Mapping[str, object]]

    @classmethod
    def read(cls, statement: Tree) -> "Statement":
        """Reads a statement as a template writes it."""
        return cls(
            sid=statement.get("Sid", ""),
            effect=statement["Effect"],
            actions=tuple(many(statement["Action"])),
            resources=tuple(many(statement["Resource"])) if "Resource" in statement else (),
            condition=statement.get("Condition", {}),
        )


@cache
def template() -> Tree:
    """The whole of template.yaml."""
    return load((ROOT / "template.yaml").read_text())


def parameters() -> dict[str, Tree]:
    """The parameters by name."""
    found: dict[str, Tree] = template()["Parameters"]
    return found


def resources(kind: str = "") -> dict[str, Tree]:
    """The properties of the resources, of all or of one type, by logical id."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in template()["Resources"].items()
        if kind in {"", resource["Type"]}
    }


def resource(logical_id: str) -> Tree:
    """A resource with its type, condition and policies."""
    found: Tree = template()["Resources"][logical_id]
    return found


def functions() -> dict[str, Tree]:
    """The properties of the functions by logical id, those of Globals included."""
    common = template()["Globals"]["Function"]
    return {name: merged(common, own) for name, own in resources(FUNCTION).items()}


def merged(common: Tree, own: Tree) -> Tree:
    """Joins maps key by key as SAM does with Globals; anything else of one's own wins."""
    both = common | own
    for key in common.keys() & own.keys():
        if isinstance(common[key], dict) and isinstance(own[key], dict):
            both[key] = merged(common[key], own[key])
    return both


def words_of(function: str, joined_by: str) -> str:
    """A function's name in small words: PipelineJob is pipeline_job, or pipeline-job."""
    return re.sub(r"(?<!^)(?=[A-Z])", joined_by, function).lower()


def environment(function: str) -> Tree:
    """The environment variables that a function finds, with their values."""
    variables: Tree = functions()[function]["Environment"]["Variables"]
    return variables


def rules() -> dict[str, Tree]:
    """The event patterns of the rules by logical id; clocks have none."""
    return {
        name: rule["EventPattern"]
        for name, rule in resources(RULE).items()
        if "EventPattern" in rule
    }


def clocks() -> dict[str, Tree]:
    """The properties of the rules that a schedule starts, by logical id."""
    return {name: r for name, r in resources(RULE).items() if "ScheduleExpression" in r}


def role_of(function: str) -> str:
    """The logical id of a function's role."""
    role: str = functions()[function]["Role"]["Fn::GetAtt"][0]
    return role


def granted(function: str) -> tuple[Statement, ...]:
    """All that a function's role allows: its own policies, those attached, and those managed."""
    role = resources()[role_of(function)]
    attached = [
        policy["PolicyDocument"]
        for policy in resources("AWS::IAM::Policy").values()
        if ref(role_of(function)) in policy["Roles"]
    ]
    own = [policy["PolicyDocument"] for policy in role["Policies"]]
    asked_for = role["ManagedPolicyArns"]["Fn::If"][1]
    managed = [resources()[arn["Ref"]]["PolicyDocument"] for arn in asked_for]
    return tuple(s for document in own + attached + managed for s in statements(document))


def grants(function: str) -> frozenset[str]:
    """The actions that a function's role allows, whatever uses them."""
    return frozenset(action for statement in granted(function) for action in statement.actions)


def calls(function: str) -> frozenset[str]:
    """The actions that a function's role allows for its own calls."""
    return grants(function) - IN_THE_ROLES_NAME


def statements(document: Tree) -> tuple[Statement, ...]:
    """The statements of a policy document."""
    return tuple(Statement.read(statement) for statement in many(document["Statement"]))


def policy_of(kind: str, holder: str, logical_id: str) -> tuple[Statement, ...]:
    """The statements of the one resource policy of a queue or topic."""
    (policy,) = [p for p in resources(kind).values() if p[holder] == [ref(logical_id)]]
    return statements(policy["PolicyDocument"])


def queue_policy(queue: str) -> tuple[Statement, ...]:
    """The statements of a queue's policy."""
    return policy_of("AWS::SQS::QueuePolicy", "Queues", queue)


def documents() -> dict[str, tuple[Statement, ...]]:
    """The statements of every policy in the template, by the logical id of what holds it."""
    return {
        logical_id: found
        for logical_id, properties in resources().items()
        if (found := tuple(Statement.read(t) for t in trees(properties) if "Effect" in t))
    }


def trees(tree: object) -> Iterator[Tree]:
    """Every map of a tree."""
    for node in walk(tree):
        if isinstance(node, dict):
            yield node


def walk(tree: object) -> Iterator[object]:
    """A tree and all that is below it."""
    yield tree
    children: list[object] = []
    if isinstance(tree, dict):
        children = list(tree.values())
    elif isinstance(tree, list):
        children = tree
    for child in children:
        yield from walk(child)


def many(value: Any) -> list[Any]:  # noqa: ANN401 - policies hold strings, trees, or lists of them
    """One thing or many as many."""
    return value if isinstance(value, list) else [value]


def ref(name: str) -> Tree:
    """`!Ref name`."""
    return {"Ref": name}


def att(logical_id: str, attribute: str = "Arn") -> Tree:
    """`!GetAtt logical_id.attribute`."""
    return {"Fn::GetAtt": [logical_id, attribute]}


KEY = {"Fn::If": ["MakesKey", att("Key"), ref("KmsKeyArn")]}
"""The customer key, whoever made it."""
