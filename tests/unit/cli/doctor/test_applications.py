"""What an application says of pushes and pipelines, looked at by the whole command."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.cli.conftest import ACCOUNT, ONE_STAGE, REGION
from tests.unit.cli.doctor.conftest import ARN, OURS, Clinic
from tests.unit.cli.test_docs import DOCS

SHOP = "shop"
SECRET = "a-long-enough-secret"
PIPELINES = """\
git:
  - {github: acme/shop, branches: [main], pipeline: shop}
  - {github: acme/shop, branches: [main], build: shop-image}
pipelines: [{name: shop}]
"""
STARTABLE = f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:shop"


def declared(name: str = "shop") -> Mapping[str, Any]:
    source = {
        "name": "Source",
        "actionTypeId": {"category": "Source", "provider": "CodeStarSourceConnection"},
        "configuration": {"DetectChanges": "false"},
    }
    stages = [{"name": "Source", "actions": [source]}]
    return {"pipeline": {"name": name, "pipelineType": "V2", "stages": stages}}


@pytest.fixture
def piped(clinic: Clinic) -> Clinic:
    """An installation with a webhook, and an application whose pushes start something."""
    made = clinic.client("secretsmanager").create_secret(
        Name="git", SecretString=json.dumps({"github": SECRET})
    )
    clinic.world.install(stack="ship", git_secret_arn=made["ARN"])
    clinic.world.write(ONE_STAGE + PIPELINES)
    assert clinic.world.run("apply", "--yes").exit_code == 0
    clinic.resources += [
        ("Webhook", "AWS::Lambda::Function", "webhook"),
        ("PipelineStart", "AWS::Lambda::Function", "pipeline-start"),
    ]
    clinic.answers |= {
        "lambda:GetFunctionConfiguration": lambda asked: {
            "State": "Active",
            "Role": f"{ARN}/{asked['FunctionName']}",
        },
        "codepipeline:GetPipeline": declared(),
        "codebuild:BatchGetProjects": {
            "projects": [{"name": "shop-image", "source": {"type": "GITHUB"}}]
        },
    }
    return clinic


def asked_about(clinic: Clinic, *denied: str) -> list[tuple[str, str]]:
    """Have IAM deny some resources; return the list that it fills with whom it is asked about."""
    asked: list[tuple[str, str]] = []

    def simulate(parameters: Mapping[str, Any]) -> object:
        (resource,) = parameters["ResourceArns"]
        asked.append((parameters["PolicySourceArn"], resource))
        decision = "implicitDeny" if resource in denied else "allowed"
        return {"EvaluationResults": [{"EvalDecision": decision}]}

    clinic.answers["iam:SimulatePrincipalPolicy"] = simulate
    return asked


def test_where_nothing_is_ill_all_is_well(piped: Clinic) -> None:
    result = piped.doctor()

    found = piped.found()
    assert result.exit_code == 0, result.output
    assert SECRET not in result.output
    assert {each["status"] for findings in found.values() for each in findings} == {"ok"}
    assert len(found["push-target", SHOP]) == len(found["start-permission", SHOP]) == 2
    assert len(found["pipeline", SHOP]) == 1
    assert found["git-secret", OURS][0]["message"] == "it holds what can be valid for github"


def test_who_starts_is_asked_about_and_not_the_reconciler(piped: Clinic) -> None:
    asked = asked_about(piped)
    piped.doctor()

    started = [resource for role, resource in asked if role == f"{ARN}/pipeline-start"]
    assert started == [STARTABLE, f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/shop-image"]


def test_what_is_not_among_the_startable_is_told(piped: Clinic) -> None:
    asked_about(piped, STARTABLE)

    pipeline, build = piped.found()["start-permission", SHOP]

    assert (pipeline["status"], build["status"]) == ("problem", "ok")
    assert pipeline["next"] == f"add to the stack's parameter StartableArns: {STARTABLE}"


def test_what_is_not_there_is_told(piped: Clinic) -> None:
    """CodePipeline and CodeBuild themselves answer, as moto plays them."""
    del piped.answers["codepipeline:GetPipeline"], piped.answers["codebuild:BatchGetProjects"]

    found = piped.found()

    assert [each["status"] for each in found["push-target", SHOP]] == ["problem"] * 2
    assert found["pipeline", SHOP][0]["message"].startswith(
        f"there is no pipeline shop in {REGION}"
    )


def test_pipelines_are_read_once(piped: Clinic) -> None:
    piped.doctor()

    assert piped.called.count("codepipeline:GetPipeline") == 1


def test_a_configuration_that_nobody_hears_for_is_told(piped: Clinic) -> None:
    piped.world.install(stack="ship")

    found = piped.found()

    assert found["git-secret", OURS][0]["status"] == "problem"
    assert (
        "shop: git: says what pushes start, and the installation has no webhook"
        in (found["git-secret", OURS][0]["message"])
    )
    assert ("start-permission", SHOP) not in found


@pytest.mark.parametrize("value", ["{}", "no JSON " + SECRET, json.dumps({"github": "short"})])
def test_a_secret_that_verifies_nothing_is_told_and_not_shown(piped: Clinic, value: str) -> None:
    piped.client("secretsmanager").put_secret_value(SecretId="git", SecretString=value)

    finding = piped.one("git-secret", OURS)

    assert finding["status"] == "problem"
    assert SECRET not in json.dumps(finding)


@pytest.mark.parametrize("days", [None, 7])
def test_a_secret_that_is_gone_or_going_is_told(piped: Clinic, days: int | None) -> None:
    how = {"ForceDeleteWithoutRecovery": True} if days is None else {"RecoveryWindowInDays": days}
    piped.client("secretsmanager").delete_secret(SecretId="git", **how)

    finding = piped.one("git-secret", OURS)

    assert finding["status"] == "problem"
    assert "cannot be read by anybody" in finding["message"]


def test_a_secret_that_the_webhook_cannot_reach_is_told_though_others_can_read_it(
    piped: Clinic,
) -> None:
    """The webhook asks in its own region, and Secrets Manager does not follow the ARN."""
    there = piped.world.session.create_client("secretsmanager", region_name="us-east-1")
    made = there.create_secret(Name="git", SecretString=json.dumps({"github": SECRET}))  # type: ignore[attr-defined]  # untyped
    piped.world.install(stack="ship", git_secret_arn=made["ARN"])

    finding = piped.one("git-secret", OURS)

    assert finding["status"] == "problem"
    assert (
        f"is in us-east-1 (aws), and the webhook reads secrets in {REGION} alone"
        in (finding["message"])
    )
    assert "replicate it there, and deploy with that ARN as GitSecretArn" in finding["next"]
    assert "secretsmanager:GetSecretValue" not in piped.called


def test_a_secret_of_another_account_needs_more_than_is_looked_at(piped: Clinic) -> None:
    theirs = f"arn:aws:secretsmanager:{REGION}:210987654321:secret:git-AbCdEf"
    piped.world.install(stack="ship", git_secret_arn=theirs)
    held = {"SecretString": json.dumps({"github": SECRET})}
    piped.answers["secretsmanager:GetSecretValue"] = held

    warning, held_well = piped.found()["git-secret", OURS]

    assert (warning["status"], held_well["status"]) == ("warning", "ok")
    assert "of another account" in warning["message"]
    assert "GitSecretKeyArn" in warning["next"]


@pytest.mark.parametrize(("plain", "status"), [("true", "ok"), ("false", "problem")])
def test_gitlabs_plain_token_counts_where_the_webhook_takes_it(
    piped: Clinic, plain: str, status: str
) -> None:
    piped.client("secretsmanager").put_secret_value(
        SecretId="git", SecretString=json.dumps({"gitlab-token": SECRET})
    )
    piped.world.write(ONE_STAGE + PIPELINES.replace("github", "gitlab"))
    assert piped.world.run("apply", "--yes").exit_code == 0
    variables = {"LONGSHORE_GITLAB_PLAIN_TOKEN": plain}
    piped.answers["lambda:GetFunctionConfiguration"] = {
        "State": "Active",
        "Role": f"{ARN}/some",
        "Environment": {"Variables": variables},
    }

    assert piped.one("git-secret", OURS)["status"] == status


def test_without_its_function_nobody_knows_who_may_start(piped: Clinic) -> None:
    piped.resources = [each for each in piped.resources if each[0] != "PipelineStart"]

    statuses = {each["status"] for each in piped.found()["start-permission", SHOP]}

    assert statuses == {"unchecked"}


@pytest.mark.parametrize(
    ("action", "check", "subject"),
    [
        ("secretsmanager:GetSecretValue", "git-secret", OURS),
        ("codepipeline:GetPipeline", "push-target", SHOP),
        ("codepipeline:GetPipeline", "pipeline", SHOP),
        ("codebuild:BatchGetProjects", "push-target", SHOP),
    ],
)
def test_a_missing_permission_spoils_its_own_check(
    piped: Clinic, action: str, check: str, subject: str
) -> None:
    piped.denied = {action}

    found = piped.found()

    spoiled = [each for each in found[check, subject] if each["status"] == "unchecked"]
    assert len(spoiled) == 1
    assert f"could not be checked: {action} on *" in spoiled[0]["message"]
    assert "docs/iam.md" in spoiled[0]["next"]


def test_one_stage_is_looked_at_with_its_application(piped: Clinic) -> None:
    assert ("push-target", SHOP) in piped.found("shop/staging")


def test_every_check_is_explained_and_reads_only(piped: Clinic) -> None:
    table = (DOCS / "cli.md").read_text().partition("\n## doctor")[2].partition("\n## ")[0]
    known = set(re.findall(r"`([a-z-]+)`", table))

    checks = {check for check, subject in piped.found() if subject == SHOP}

    assert checks == {"push-target", "start-permission", "pipeline"}
    assert checks | {"git-secret"} <= known
    called = {"codebuild:BatchGetProjects", "codepipeline:GetPipeline"}
    assert called | {"secretsmanager:GetSecretValue"} <= set(piped.called)
    assert {
        each for each in piped.called if not re.search(r":(Get|List|Describe|BatchGet)", each)
    } == {
        "dynamodb:Query",
        "iam:SimulatePrincipalPolicy",
    }
