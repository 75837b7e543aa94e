"""A parameter says what it is for, refuses what cannot be right, and is safe when left alone."""

import re

import pytest

from longshore.domain.rates import PUBLISHED, RATE_PATTERN, Rate, Rates
from tests.contract.cloudformation import Tree
from tests.contract.template import ROOT, parameters, template, trees

GROUPS = template()["Metadata"]["AWS::CloudFormation::Interface"]

ACCEPTED = {
    "ClusterArns": "arn:aws:ecs:eu-west-1:123456789012:cluster/prod",
    "TaskRoleArns": "arn:aws-cn:iam::123456789012:role/service/checkout-task",
    "RepositoryArns": "arn:aws:ecr:eu-west-1:123456789012:repository/team/checkout",
    "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/boundary",
    "NotificationEmail": "ops@example.com",
    "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/0f3b2c1d-5e6f-4a7b-8c9d-0e1f2a3b4c5d",
    "SlackSecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:longshore/slack-AbC123",
    "SlackSecretKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/0f3b2c1d-5e6f-4a7b-8c9d-0e1f2a3b",
    "SlackApiUrl": "https://slack-gov.com/api/",
    "LogGroupArns": "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/checkout*:*",
    "GitSecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:longshore/git-AbC123",
    "GitSecretKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/0f3b2c1d-5e6f-4a7b-8c9d-0e1f2a3b",
    "StartableArns": "arn:aws:codebuild:eu-west-1:123456789012:project/checkout-image",
    "InstallationName": "longshore-prod",
    "RegisterRate": "20/0.5",
    "UpdateRate": "50/5",
}

REFUSED = {
    "ClusterArns": ["prod", "*", "arn:aws:ecs:eu-west-1:123456789012:cluster/*"],
    "TaskRoleArns": ["*", "arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:user/a"],
    "RepositoryArns": ["checkout", "*", "arn:aws:ecr:eu-west-1:12:repository/checkout"],
    "PermissionsBoundaryArn": ["boundary", "arn:aws:iam::123456789012:role/boundary"],
    "NotificationEmail": ["ops", "ops@example", "a@example.com,b@example.com"],
    "KmsKeyArn": ["alias/aws/sns", "arn:aws:kms:eu-west-1:123456789012:alias/aws/sqs"],
    "SlackSecretArn": [
        "longshore/slack",
        "xoxb-1",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:longshore/slack",
        "arn:aws:ssm:eu-west-1:123456789012:parameter/a",
    ],
    "SlackSecretKeyArn": ["alias/aws/secretsmanager"],
    "SlackApiUrl": [
        "",
        "slack.com",
        "https://slack.com/",
        "ftp://slack.com/api/",
        "http://slack.com/api/",
    ],
    "GitSecretArn": ["longshore/git", "arn:aws:secretsmanager:eu-west-1:1:secret:git-AbC123"],
    "GitSecretKeyArn": ["alias/aws/secretsmanager"],
    "StartableArns": [
        "checkout",
        "*",
        "arn:aws:codepipeline:eu-west-1:123456789012:*",
        "arn:aws:codepipeline:eu-west-1:123456789012:checkout/Source",
        "arn:aws:codebuild:eu-west-1:123456789012:project/*",
        "arn:aws:codebuild:eu-west-1:123456789012:checkout",
    ],
    "LogGroupArns": ["/ecs/checkout", "*", "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/a"],
    "RegisterRate": ["20", "0/1", "20/0", "20/0.0", "20/1.5", "20 / 1", "20/1/s"],
    "UpdateRate": ["fast", "-1/5", "50/0.005"],
    "InstallationName": ["-x", "1st", "a/b", "a b", "a" * 65],
}


@pytest.mark.parametrize(("name", "parameter"), parameters().items())
def test_a_parameter_says_what_it_is_for_and_what_it_takes(name: str, parameter: Tree) -> None:
    assert len(parameter["Description"]) > len("What it is"), name
    assert parameter.keys() & {"AllowedPattern", "AllowedValues", "MinValue"}, name
    assert "Default" in parameter


@pytest.mark.parametrize(("name", "value"), ACCEPTED.items())
def test_a_pattern_takes_what_is_right(name: str, value: str) -> None:
    assert re.fullmatch(parameters()[name]["AllowedPattern"], value)


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values]
)
def test_a_pattern_refuses_what_is_not(name: str, value: str) -> None:
    assert not re.fullmatch(parameters()[name]["AllowedPattern"], value)


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_refusal_is_explained(name: str) -> None:
    assert parameters()[name]["ConstraintDescription"].startswith("must ")


def test_all_patterns_are_tried_here() -> None:
    patterns = {name for name, p in parameters().items() if "AllowedPattern" in p}

    assert patterns == ACCEPTED.keys() == REFUSED.keys()


@pytest.mark.parametrize(("name", "parameter"), parameters().items())
def test_a_default_is_within_its_own_bounds(name: str, parameter: Tree) -> None:
    default = parameter["Default"]

    assert re.fullmatch(parameter.get("AllowedPattern", ".*"), str(default)), name
    assert default in parameter.get("AllowedValues", [default])
    assert parameter.get("MinValue", default) <= default <= parameter.get("MaxValue", default)


def test_left_alone_an_installation_is_careful() -> None:
    defaults = {name: parameter["Default"] for name, parameter in parameters().items()}

    assert defaults["ClusterArns"] == defaults["TaskRoleArns"] == ""
    assert defaults["SlackSecretArn"] == defaults["LogGroupArns"] == ""
    assert defaults["GitSecretArn"] == defaults["StartableArns"] == ""
    assert defaults["GitLabPlainToken"] == "false"
    assert defaults["DeletionProtection"] == "true"
    assert defaults["ReservedConcurrency"] == -1
    assert defaults["Architecture"] == "arm64"


def test_left_alone_an_installation_calls_ecs_as_fast_as_aws_lets_a_new_account() -> None:
    defaults = [parameters()[name]["Default"] for name in ("RegisterRate", "UpdateRate")]

    assert Rates(*(Rate.parse(default) for default in defaults)) == PUBLISHED


@pytest.mark.parametrize("name", ["RegisterRate", "UpdateRate"])
def test_what_the_template_takes_for_a_rate_the_reconciler_reads(name: str) -> None:
    assert parameters()[name]["AllowedPattern"] == f"^{RATE_PATTERN.pattern}$"


def test_every_parameter_has_its_place_in_the_form() -> None:
    grouped = [name for group in GROUPS["ParameterGroups"] for name in group["Parameters"]]

    assert sorted(grouped) == sorted(parameters())
    assert sorted(GROUPS["ParameterLabels"]) == sorted(parameters())


def test_every_parameter_is_used() -> None:
    used = {
        tree["Ref"]
        for part in ("Conditions", "Globals", "Resources")
        for tree in trees(template()[part])
        if isinstance(tree.get("Ref"), str)
    }

    assert parameters().keys() <= used


def test_every_condition_is_used() -> None:
    named = {r["Condition"] for r in template()["Resources"].values() if "Condition" in r}
    asked = {tree["Fn::If"][0] for tree in trees(template()) if "Fn::If" in tree}

    assert named | asked == template()["Conditions"].keys()


@pytest.mark.parametrize("name", ["KmsKeyArn", "DeletionProtection", "ClusterArns"])
def test_what_matters_most_is_documented(name: str) -> None:
    texts = "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))

    assert name in texts
