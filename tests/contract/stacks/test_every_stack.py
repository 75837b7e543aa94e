"""What holds for every template that users deploy: parameters, permissions, what outlives it."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from moto.events.models import EventPattern

from tests.contract.cloudformation import Tree
from tests.contract.stacks.templates import (
    NAMES,
    identity_statements,
    parameters,
    properties,
    resources,
    stack,
    statements,
)
from tests.contract.template import ROOT, Statement, ref, trees, walk

PARAMETERS = pytest.mark.parametrize(
    ("template", "name", "parameter"),
    [pytest.param(*each, id=f"{each[0]}-{each[1]}") for each in parameters()],
)
STATEMENTS = pytest.mark.parametrize(
    ("template", "holder", "statement"),
    [pytest.param(*s, id=f"{s[0]}-{s[1]}-{s[2].sid}") for s in statements()],
)
IDENTITY = pytest.mark.parametrize(
    ("template", "holder", "statement"),
    [pytest.param(*s, id=f"{s[0]}-{s[1]}-{s[2].sid}") for s in identity_statements()],
)
EVERY = pytest.mark.parametrize("template", NAMES)
WITHOUT_RESOURCE = {
    "cloudformation:GetTemplateSummary",
    "ecr:GetAuthorizationToken",
}
"""Actions for which IAM knows no resource, or none before there is one."""

MOST_EXCUSED = 3

WRONG = ["", " ", "*", "a b\nc", "-", "arn:aws:iam::123456789012:root", "$(id)", "é", "a" * 2000]
"""Texts of which a parameter must refuse most; what it means by empty is its own matter."""


@PARAMETERS
def test_a_parameter_says_what_it_is_for(template: str, name: str, parameter: Tree) -> None:
    assert len(parameter["Description"]) > len("What it is"), (template, name)
    assert parameter.keys() & {"AllowedPattern", "AllowedValues", "MinValue"}, (template, name)


@PARAMETERS
def test_a_pattern_refuses_nonsense_and_says_why(template: str, name: str, parameter: Tree) -> None:
    if "AllowedPattern" not in parameter:
        return
    taken = [text for text in WRONG if re.search(parameter["AllowedPattern"], text)]

    pattern = parameter["AllowedPattern"]
    assert pattern.startswith("^"), (template, name)
    assert pattern.endswith("$"), (template, name)
    assert set(taken) <= {"", "*", "a" * 2000} & limits(parameter), (template, name)
    assert parameter["ConstraintDescription"].startswith("must "), (template, name)


def limits(parameter: Tree) -> set[str]:
    """Return what may be taken: nothing where it stands for none, a star where globs count."""
    most = parameter.get("MaxLength", 1_000_000)
    lists = parameter["Type"] == "CommaDelimitedList"
    return {"", *(["*"] if lists else []), *(["a" * 2000] if most < 2000 else [])}


@PARAMETERS
def test_a_default_is_within_its_own_bounds(template: str, name: str, parameter: Tree) -> None:
    if "Default" not in parameter:
        return
    default = parameter["Default"]

    for each in str(default).split(","):
        assert re.search(parameter.get("AllowedPattern", ""), each), (template, name)
    assert default in parameter.get("AllowedValues", [default])
    assert parameter.get("MinValue", default) <= default <= parameter.get("MaxValue", default)


@EVERY
def test_every_parameter_has_its_place_in_the_form(template: str) -> None:
    interface = stack(template)["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]

    assert sorted(grouped) == sorted(stack(template)["Parameters"])
    assert sorted(interface["ParameterLabels"]) == sorted(stack(template)["Parameters"])


@EVERY
def test_every_parameter_is_used(template: str) -> None:
    used = [node for part in ("Conditions", "Resources") for node in walk(stack(template)[part])]
    texts = " ".join(node for node in used if isinstance(node, str))
    refs = {node["Ref"] for node in used if isinstance(node, dict) and "Ref" in node}

    unused = stack(template)["Parameters"].keys() - refs - set(re.findall(r"\$\{(\w+)\}", texts))
    assert unused == set()


@EVERY
def test_every_condition_is_used(template: str) -> None:
    named = {each["Condition"] for each in resources(template).values() if "Condition" in each}
    asked = {tree["Fn::If"][0] for tree in trees(stack(template)) if "Fn::If" in tree}
    built_on = {t["Condition"] for t in trees(stack(template)["Conditions"]) if "Condition" in t}

    assert named | asked | built_on == stack(template)["Conditions"].keys()


@STATEMENTS
def test_no_action_is_a_wildcard(template: str, holder: str, statement: Statement) -> None:
    wild = [action for action in statement.actions if "*" in action or "?" in action]

    assert wild == [], (template, holder)


@IDENTITY
def test_a_statement_says_what_for_and_on_what(
    template: str, holder: str, statement: Statement
) -> None:
    assert statement.sid, (template, holder)
    if "*" in statement.resources:
        assert set(statement.actions) <= WITHOUT_RESOURCE


@IDENTITY
def test_a_role_is_passed_to_one_service_alone(
    template: str, holder: str, statement: Statement
) -> None:
    if "iam:PassRole" not in statement.actions:
        return
    assert "*" not in statement.resources, (template, holder)
    assert isinstance(statement.condition["StringEquals"]["iam:PassedToService"], str)


@EVERY
def test_a_service_takes_a_role_for_this_account_alone(template: str) -> None:
    for name, role in resources(template, "AWS::IAM::Role").items():
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        conditions = trust.get("Condition", {}).get("StringEquals", {})
        assert conditions.get("aws:SourceAccount") == ref("AWS::AccountId"), (template, name)
        assert role["Properties"]["PermissionsBoundary"] == {
            "Fn::If": ["HasBoundary", ref("PermissionsBoundaryArn"), ref("AWS::NoValue")]
        }


@EVERY
def test_a_rule_starts_its_pipeline_whatever_the_stack_is_called(template: str) -> None:
    """CloudFormation names a rule after its stack, and cuts a long name short."""
    (trust,) = properties(template, "StartRole")["AssumeRolePolicyDocument"]["Statement"]
    source = trust["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]

    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert source.startswith("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/")
    assert "StackName" not in source
    for rule in resources(template, "AWS::Events::Rule").values():
        (target,) = rule["Properties"]["Targets"]
        assert target["RoleArn"] == {"Fn::GetAtt": ["StartRole", "Arn"]}


@EVERY
@pytest.mark.parametrize(
    ("sample", "starts"),
    [("reference_updated", True), ("reference_created", False), ("reference_deleted", False)],
)
def test_a_push_to_the_branch_in_codecommit_starts_the_pipeline(
    template: str, sample: str, *, starts: bool
) -> None:
    """Of the samples one is of the branch; the others are of a tag, and of a branch that went."""
    event = json.loads((ROOT / f"events/codecommit/{sample}.json").read_text())
    values = {
        "Partition": "aws",
        "Region": event["region"],
        "AccountId": event["account"],
        "RepositoryId": "checkout",
        "BranchName": "main",
    }
    pattern = properties(template, "SourceChanged")["EventPattern"]

    def met(values: Mapping[str, str]) -> bool:
        return EventPattern.load(json.dumps(filled_in(pattern, values))).matches_event(event)

    assert met(values) is starts
    assert not met(values | {"RepositoryId": "check"})


def filled_in(tree: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401  # trees
    """Return a tree with its references replaced, as CloudFormation does."""
    if isinstance(tree, list):
        return [filled_in(each, values) for each in tree]
    if not isinstance(tree, dict):
        return tree
    if "Ref" in tree:
        return values[tree["Ref"]]
    if "Fn::Sub" in tree:
        return re.sub(r"\$\{(?:AWS::)?(\w+)\}", lambda found: values[found[1]], tree["Fn::Sub"])
    return {key: filled_in(each, values) for key, each in tree.items()}


@EVERY
def test_what_holds_data_says_what_becomes_of_it(template: str) -> None:
    kinds = {"AWS::S3::Bucket", "AWS::ECR::Repository", "AWS::KMS::Key", "AWS::Logs::LogGroup"}
    held = [each for each in resources(template).values() if each["Type"] in kinds]

    assert held
    assert [each for each in held if "DeletionPolicy" not in each] == []
    assert [each for each in held if each["DeletionPolicy"] != each["UpdateReplacePolicy"]] == []


@EVERY
def test_a_bucket_is_closed_encrypted_versioned_and_forgets(template: str) -> None:
    for logical_id, bucket in resources(template, "AWS::S3::Bucket").items():
        found = bucket["Properties"]
        assert all(found["PublicAccessBlockConfiguration"].values())
        assert len(found["PublicAccessBlockConfiguration"]) == len("four")
        (rule,) = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        assert found["VersioningConfiguration"] == {"Status": "Enabled"}
        assert found["LifecycleConfiguration"]["Rules"]
        policies = resources(template, "AWS::S3::BucketPolicy").values()
        (policy,) = [p for p in policies if p["Properties"]["Bucket"] == ref(logical_id)]
        (deny,) = policy["Properties"]["PolicyDocument"]["Statement"]
        assert deny["Effect"] == "Deny"
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@EVERY
def test_logs_are_kept_for_a_time(template: str) -> None:
    for group in resources(template, "AWS::Logs::LogGroup").values():
        assert group["Properties"]["RetentionInDays"] == ref("LogRetentionDays")
        assert "KmsKeyId" in group["Properties"]


@EVERY
def test_what_can_be_tagged_is(template: str) -> None:
    kinds = ("Bucket", "Repository", "Key", "LogGroup", "Role", "Project", "Pipeline")
    untagged = [
        name
        for name, each in resources(template).items()
        if each["Type"].endswith(tuple(f"::{kind}" for kind in kinds))
        and "Tags" not in each["Properties"]
    ]

    assert untagged == []


@EVERY
def test_outputs_are_explained_and_exported(template: str) -> None:
    for name, output in stack(template)["Outputs"].items():
        assert output["Description"]
        assert output["Export"]["Name"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


@EVERY
def test_few_checks_are_excused_and_each_has_a_reason(template: str) -> None:
    excused = [
        each
        for resource in resources(template).values()
        for each in resource.get("Metadata", {}).get("checkov", {}).get("skip", ())
    ]

    assert len({each["id"] for each in excused}) <= MOST_EXCUSED
    assert all(len(each["comment"]) > len("because") for each in excused)


@EVERY
def test_it_is_explained_and_small_enough_for_a_request(template: str) -> None:
    pages = ("docs/codepipeline.md", "docs/releasing.md")
    assert any(f"stacks/{template}" in (ROOT / page).read_text() for page in pages)
    assert len((ROOT / "stacks" / template).read_bytes()) <= 51_200
