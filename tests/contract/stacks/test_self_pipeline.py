"""stacks/self-pipeline.yaml and the root buildspec.yml: a push renews an installation."""

import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.contract.cloudformation import load
from tests.contract.stacks.templates import properties, resources, stack
from tests.contract.template import ROOT, ref, trees

SELF = "self-pipeline.yaml"
SPEC = load((ROOT / "buildspec.yml").read_text())
PROJECTS = {"Test": "test", "Deployment": "deploy"}
ROLE = "arn:aws:iam::123456789012:role/cloudformation"


def variables(project: str) -> Mapping[str, object]:
    found = properties(SELF, project)["Environment"]["EnvironmentVariables"]
    return {each["Name"]: each["Value"] for each in found}


def actions_of(logical_id: str) -> set[str]:
    """What the policies at a role itself allow."""
    allowed = [tree for tree in trees(properties(SELF, logical_id)) if tree.get("Effect")]
    listed = [each["Action"] for each in allowed]
    return {a for each in listed for a in (each if isinstance(each, list) else [each])}


def test_nothing_is_deployed_that_was_not_tested() -> None:
    stages = properties(SELF, "Pipeline")["Stages"]
    names = [each["Fn::If"][1]["Name"] if "Fn::If" in each else each["Name"] for each in stages]
    used = [t["ProjectName"] for t in trees(stages) if "ProjectName" in t]
    sources = [t["InputArtifacts"] for t in trees(stages) if "InputArtifacts" in t]

    assert names == ["Source", "Test", "Approve", "Deploy"]
    assert used == [ref("Test"), ref("Deployment")]
    assert sources == [[{"Name": "Source"}]] * 2


def test_a_push_starts_it_whatever_the_source() -> None:
    """A connection has a trigger of the pipeline's own; for CodeCommit there is a rule."""
    pipeline = properties(SELF, "Pipeline")
    (rule,) = resources(SELF, "AWS::Events::Rule").values()
    (target,) = rule["Properties"]["Targets"]
    (start,) = properties(SELF, "StartRole")["Policies"][0]["PolicyDocument"]["Statement"]

    sources = {t["Provider"]: t for t in trees(pipeline) if t.get("Category") == "Source"}
    assert sources.keys() == {"CodeStarSourceConnection", "CodeCommit"}
    assert pipeline["Triggers"]["Fn::If"][0] == "FromConnection"
    assert rule["Condition"] == resources(SELF)["StartRole"]["Condition"] == "FromCodeCommit"
    assert rule["Properties"]["EventPattern"]["detail"]["referenceName"] == [ref("BranchName")]
    assert start["Action"] == "codepipeline:StartPipelineExecution"
    assert start["Resource"] == target["Arn"]


def test_a_test_may_change_nothing() -> None:
    assert actions_of("TestRole") == {"sts:AssumeRole"}
    (shared,) = resources(SELF, "AWS::IAM::ManagedPolicy")
    changing = {"logs:CreateLogStream", "logs:PutLogEvents"}
    services = {a.split(":")[0] for a in actions_of(shared) - changing}
    assert services == {"s3", "kms", "codecommit", "codeconnections", "codestar-connections"}
    assert "s3:PutObject" not in actions_of(shared)


def test_a_deployment_changes_the_stack_through_cloudformation_alone() -> None:
    services = {action.split(":")[0] for action in actions_of("DeployRole")}
    passing = [
        t for t in trees(properties(SELF, "DeployRole")) if t.get("Action") == "iam:PassRole"
    ]

    assert services == {"sts", "cloudformation", "s3", "iam"}
    assert [each["Resource"] for each in passing] == [ref("CloudFormationRoleArn")]


def test_the_stacks_are_those_of_the_profiles() -> None:
    profiles = tomllib.loads((ROOT / "samconfig.toml").read_text())
    mapped = stack(SELF)["Mappings"]["Installation"]

    assert sorted(mapped) == sorted(stack(SELF)["Parameters"]["Environment"]["AllowedValues"])
    for name, found in mapped.items():
        assert found["Stack"] == profiles[name]["deploy"]["parameters"]["stack_name"]


@pytest.mark.parametrize("project", PROJECTS)
def test_a_project_runs_the_root_buildspec_with_a_goal(project: str) -> None:
    assert properties(SELF, project)["Source"]["BuildSpec"] == "buildspec.yml"
    assert variables(project)["GOAL"] == PROJECTS[project]
    for name in variables(project):
        assert f"${name}" in str(SPEC["phases"]["build"])


def build(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the commands of the build phase, with a `make` that says what it was told."""
    make = folder / "make"
    make.write_text('#!/bin/sh\nprintf "[%s]" "$@"\n')
    make.chmod(0o755)
    script = "\n".join(SPEC["phases"]["build"]["commands"])
    path = {"PATH": f"{folder}:/usr/bin:/bin"}
    return subprocess.run(
        ["/bin/bash", "-c", script],
        env=path | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_goals_of_the_buildspec(tmp_path: Path) -> None:
    default = SPEC["env"]["variables"]["GOAL"]
    deployed = build(
        tmp_path, GOAL="deploy", DEPLOY_ENVIRONMENT="prod", CLOUDFORMATION_ROLE_ARN=ROLE
    )

    assert build(tmp_path, GOAL=default).stdout == "[test]"
    assert deployed.stdout == (f"[deploy][ENV=prod][ARGS=--no-confirm-changeset --role-arn {ROLE}]")


def test_another_goal_fails_the_build(tmp_path: Path) -> None:
    failed = build(tmp_path, GOAL="destroy")

    assert failed.returncode != 0
    assert failed.stdout == ""
    assert "GOAL is 'destroy'" in failed.stderr


@pytest.mark.parametrize(("name", "parameter"), stack(SELF)["Parameters"].items())
def test_the_page_explains_a_parameter(name: str, parameter: Mapping[str, object]) -> None:
    page = (ROOT / "docs/releasing.md").read_text()
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    told, default = row.split("|")[3].strip(), parameter.get("Default")

    assert told == ("required" if default is None else f"`{default}`" if default != "" else "none")
