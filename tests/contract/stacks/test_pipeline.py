"""stacks/pipeline.yaml: from a source to a stage, and what its repository keeps."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from longshore.domain.jobs import JobParameters
from longshore.domain.places import StageId
from longshore.events.jobs import parse_parameters
from longshore_cli.doctor.images import FEW_PUSHES, SOON
from longshore_cli.doctor.lifecycle import Rule, StoredImage, fate_of, parse_policy
from tests.contract.cloudformation import Tree
from tests.contract.stacks.templates import FOLDER, properties, resources, stack
from tests.contract.template import ROOT, ref, template, trees

PIPELINE = "pipeline.yaml"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAYS = timedelta(days=1)
LONGEST_USER_PARAMETERS = 1000
"""Characters, as CodePipeline has it; variables grow when they are filled in."""


def stages() -> list[Tree]:
    """The stages in order, those included that there are only on a condition."""
    found = properties(PIPELINE, "Pipeline")["Stages"]
    return [each["Fn::If"][1] if "Fn::If" in each else each for each in found]


def action(stage: str) -> Tree:
    (found,) = [each for each in stages() if each["Name"] == stage]
    (single,) = found["Actions"]
    chosen: Tree = single
    return chosen


def test_the_way_of_a_push() -> None:
    assert [stage["Name"] for stage in stages()] == ["Source", "Build", "Approve", "Deploy"]
    assert properties(PIPELINE, "Pipeline")["PipelineType"] == "V2"
    assert properties(PIPELINE, "Pipeline")["ExecutionMode"] == ref("ExecutionMode")


def test_a_source_of_every_kind_starts_the_pipeline() -> None:
    providers = {tree["Provider"] for tree in trees(action("Source")) if "Provider" in tree}
    allowed = stack(PIPELINE)["Parameters"]["SourceProvider"]["AllowedValues"]
    rules = {rule["Condition"] for rule in resources(PIPELINE, "AWS::Events::Rule").values()}

    assert providers == {"CodeStarSourceConnection", "CodeCommit", "S3"}
    assert allowed == ["CodeConnections", "CodeCommit", "S3"]
    assert rules == {"FromCodeCommit", "FromS3"}
    assert properties(PIPELINE, "Pipeline")["Triggers"]["Fn::If"][0] == "StartedByTrigger"


def test_a_filter_has_branches_or_tags_and_never_both() -> None:
    """AWS refuses a filter with both."""
    (trigger,) = properties(PIPELINE, "Pipeline")["Triggers"]["Fn::If"][1]
    branches, tags = (one["Fn::If"] for one in trigger["GitConfiguration"]["Push"])

    assert (branches[0], branches[1].keys()) == ("HearsBranches", {"Branches", "FilePaths"})
    assert (tags[0], tags[1].keys()) == ("HearsTags", {"Tags"})


def test_nothing_is_polled() -> None:
    configurations = [t["Configuration"] for t in trees(action("Source")) if "Configuration" in t]
    polls = [c.get("PollForSourceChanges", c.get("DetectChanges")) for c in configurations]

    assert polls == ["false"] * 3


def test_a_rule_starts_this_pipeline_alone() -> None:
    for rule in resources(PIPELINE, "AWS::Events::Rule").values():
        (target,) = rule["Properties"]["Targets"]
        assert target["RoleArn"] == {"Fn::GetAtt": ["StartRole", "Arn"]}
        assert target["Arn"]["Fn::Sub"].endswith(":${Pipeline}")
    (policy,) = properties(PIPELINE, "StartRole")["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "codepipeline:StartPipelineExecution"
    assert statement["Resource"]["Fn::Sub"].endswith(":${Pipeline}")


def test_longshore_gets_the_stage_and_the_artifact_of_the_build() -> None:
    deploy, build = action("Deploy"), action("Build")
    parameters = deploy["Configuration"]["UserParameters"]["Fn::Sub"]

    assert deploy["ActionTypeId"] == {
        "Category": "Invoke",
        "Owner": "AWS",
        "Provider": "Lambda",
        "Version": "1",
    }
    asked = parse_parameters(parameters.replace("${DeployStage}", "checkout/prod"))
    assert asked == JobParameters(
        stage=StageId.parse("checkout/prod"),
        commit="#{Build.GIT_COMMIT}",
        execution="#{codepipeline.PipelineExecutionId}",
    )
    assert len(parameters) < LONGEST_USER_PARAMETERS
    assert deploy["InputArtifacts"] == build["OutputArtifacts"]
    assert deploy["Configuration"]["FunctionName"] == ref("DeployFunctionName")


def test_a_stage_is_deployed_to_by_a_function_that_is_named() -> None:
    rule = stack(PIPELINE)["Rules"]["DeploymentsNameTheirFunction"]
    (assertion,) = rule["Assertions"]

    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [ref("DeployStage"), ""]}]}
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [ref("DeployFunctionName"), ""]}]}
    assert "PipelineJobFunctionName" in template()["Outputs"]
    assert "PipelineJobFunctionName" in assertion["AssertDescription"]


def test_the_variables_of_the_build_are_exported_by_the_buildspec() -> None:
    texts = [
        action("Approve")["Configuration"]["CustomData"]["Fn::Sub"],
        action("Deploy")["Configuration"]["UserParameters"]["Fn::Sub"],
    ]
    (exported,) = [line for line in buildspec().splitlines() if "exported-variables" in line]

    used = set(re.findall(r"#\{Build\.(\w+)\}", " ".join(texts)))
    assert used == {"IMAGE_TAG", "GIT_COMMIT"}
    assert used | {"IMAGE_DIGEST"} <= set(exported.strip(" ]").split("[")[1].split(", "))


def buildspec() -> str:
    return (FOLDER / "buildspec.yml").read_text()


def test_the_buildspec_that_is_named_exists_beside_the_template() -> None:
    named = stack(PIPELINE)["Parameters"]["BuildSpecPath"]

    assert (FOLDER / named["Default"]).is_file()
    assert "stacks/buildspec.yml and stacks/build-image.sh" in named["Description"]


def test_what_the_project_sets_the_script_reads() -> None:
    variables = properties(PIPELINE, "Build")["Environment"]["EnvironmentVariables"]
    script = (FOLDER / "build-image.sh").read_text()
    explained = script.partition("set -euo")[0]

    for name in (each["Name"] for each in variables):
        assert f"#   {name} " in explained
        assert f"${{{name}" in script.partition("set -euo")[2]


@pytest.mark.parametrize("choice", [0, 1])
def test_the_variables_of_an_action_are_json(choice: int) -> None:
    chosen = action("Build")["Configuration"]["EnvironmentVariables"]["Fn::If"][1 + choice]
    texts = [chosen] if isinstance(chosen, str) else chosen["Fn::If"][1:]

    names = [{each["name"] for each in json.loads(text)} for text in texts]
    assert all("GIT_COMMIT" in each for each in names)


def test_a_branch_is_asked_for_where_the_source_is_sure_of_it() -> None:
    """A variable that a source does not have fails the action; and a webhook starts any branch."""
    asked = action("Build")["Configuration"]["EnvironmentVariables"]["Fn::If"][2]["Fn::If"]

    assert asked[0] == "BranchIsTold"
    assert "BranchName" in asked[1]
    assert "BranchName" not in asked[2]


# ── the repository ──────────────────────────────────────────────────────────────────────────────


def test_tags_never_move_but_two() -> None:
    repository = properties(PIPELINE, "Repository")
    moving = [
        each["ImageTagMutabilityExclusionFilterValue"]
        for each in repository["ImageTagMutabilityExclusionFilters"]
    ]

    assert repository["ImageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert moving == [ref("MovingTag"), ref("CacheTag")]
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert repository["EncryptionConfiguration"]["EncryptionType"] == "KMS"


def rules(kept: int, days: int) -> tuple[Rule, ...]:
    text = properties(PIPELINE, "Repository")["LifecyclePolicy"]["LifecyclePolicyText"]["Fn::Sub"]
    return parse_policy(
        text.replace("${KeptImages}", str(kept)).replace("${UntaggedDays}", str(days))
    )


def image(number: int, *tags: str) -> StoredImage:
    """An image that was pushed so many hours ago."""
    return StoredImage(f"sha256:{number:064x}", tags, NOW - timedelta(hours=number))


def smallest() -> tuple[Rule, ...]:
    """The policy that keeps least of what the parameters allow."""
    parameters = stack(PIPELINE)["Parameters"]
    return rules(parameters["KeptImages"]["MinValue"], parameters["UntaggedDays"]["MinValue"])


def test_a_version_is_kept_whatever_is_pushed_after_it() -> None:
    old = StoredImage("sha256:0", ("1.2.3",), NOW - 3000 * DAYS)
    newer = [image(number, f"main-{number}") for number in range(5000)]

    fate = fate_of(old, smallest(), [old, *newer], NOW)
    assert fate is not None
    assert not fate.soon(10_000, 36500 * DAYS)


@pytest.mark.parametrize("tags", [("main-1",), ("main-1", "latest"), ("main-1", "cache")])
def test_what_runs_and_what_it_would_go_back_to_is_left_alone(tags: tuple[str, ...]) -> None:
    """As `longshore doctor` judges it: for a week, and for the next pushes."""
    live, before = image(1, *tags), image(30, "main-0")
    others = [image(number, f"x-{number}") for number in range(2, 12)]

    for kept in (live, before):
        fate = fate_of(kept, smallest(), [live, before, *others], NOW)
        assert fate is None or not fate.soon(FEW_PUSHES, SOON)


def test_a_tag_that_moves_on_takes_nothing_with_it_at_once() -> None:
    bare = image(0)

    fate = fate_of(bare, smallest(), [bare], NOW)

    assert fate is not None
    assert not fate.soon(FEW_PUSHES, SOON)


def test_builds_of_branches_go_one_day() -> None:
    old = image(500, "main-500")
    newer = [image(number, f"main-{number}") for number in range(20)]

    fate = fate_of(old, smallest(), [old, *newer], NOW)
    assert fate is not None
    assert fate.due


@pytest.mark.parametrize(("name", "parameter"), stack(PIPELINE)["Parameters"].items())
def test_the_page_explains_a_parameter_with_its_default(name: str, parameter: Tree) -> None:
    page = (ROOT / "docs/codepipeline.md").read_text().partition("### Its parameters")[2]
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    default = parameter.get("Default")

    told = row.split("|")[3].strip()
    assert told == "required" if default is None else str(default) in told
