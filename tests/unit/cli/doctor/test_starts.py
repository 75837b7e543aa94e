"""Judgements on what pushes are to start, and on the secret of the hosts that tell of them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.model import StringShape
from botocore.session import get_session

from longshore.domain.places import Home
from longshore.domain.pushes import GitRepository, Provider, Startable
from longshore.domain.triggers import PushTrigger
from longshore_cli.doctor.findings import Check, Finding, Status
from longshore_cli.doctor.git_secret import judge_secret
from longshore_cli.doctor.starts import (
    Target,
    judge_named,
    judge_permission,
    judge_target,
    targets_of,
)

CHECK = Check("push-target", "shop")
REGION = "eu-central-1"
HOME = Home("aws", "123456789012", REGION)
PIPELINE = Target(Startable.PIPELINE, "shop", "Source", ())
BUILD = Target(Startable.BUILD, "shop-image", "Source", ())
ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:git-AbCdEf"
LONG = "a-long-enough-secret"
TOKEN = "whsec_MDEyMzQ1Njc4OWFiY2RlZg=="


def declared(
    provider: str = "CodeStarSourceConnection",
    configuration: Mapping[str, str] | None = None,
    **more: object,
) -> Mapping[str, Any]:
    """A pipeline that takes a commit and is started by nobody else."""
    source = {
        "name": "Source",
        "actionTypeId": {"category": "Source", "provider": provider},
        "configuration": {"DetectChanges": "false"} if configuration is None else configuration,
    }
    build = {"name": "Build", "actionTypeId": {"category": "Build", "provider": "CodeBuild"}}
    stages = [{"name": "Source", "actions": [source]}, {"name": "Build", "actions": [build]}]
    return {"name": "shop", "pipelineType": "V2", "stages": stages, **more}


def judged(found: Mapping[str, Any] | None, target: Target = PIPELINE) -> Finding:
    finding = judge_target(CHECK, target, found, REGION)
    assert bool(finding.next_step) is (finding.status is not Status.OK)
    return finding


def test_a_pipeline_that_takes_a_commit_is_well() -> None:
    assert judged(declared()).message == "the pipeline shop takes the commit at Source"
    mirrored = declared("CodeCommit", {"PollForSourceChanges": "false"})
    assert judged(mirrored).status is Status.OK


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (PIPELINE, "there is no pipeline shop in eu-central-1"),
        (BUILD, "there is no build project shop-image in eu-central-1"),
    ],
)
def test_what_is_not_there_cannot_be_started(target: Target, said: str) -> None:
    finding = judged(None, target)

    assert finding.status is Status.PROBLEM
    assert said in finding.message


@pytest.mark.parametrize(
    ("source", "status", "said"),
    [
        ("GITHUB", Status.OK, "takes the commit: its source is GITHUB"),
        ("GITHUB_ENTERPRISE", Status.OK, "takes the commit"),
        ("GITLAB", Status.OK, "takes the commit"),
        ("GITLAB_SELF_MANAGED", Status.OK, "takes the commit"),
        ("BITBUCKET", Status.OK, "takes the commit"),
        ("CODECOMMIT", Status.OK, "takes the commit"),
        ("CODEPIPELINE", Status.PROBLEM, "is CODEPIPELINE, which takes no commit"),
        ("S3", Status.PROBLEM, "is S3, which takes no commit"),
        ("NO_SOURCE", Status.WARNING, "is told the commit in GIT_COMMIT and is to fetch it itself"),
        ("ONE_OF_LATER", Status.UNCHECKED, "is ONE_OF_LATER, which this version does not know"),
    ],
)
def test_a_build_takes_a_commit_where_its_source_is_of_git(
    source: str, status: Status, said: str
) -> None:
    finding = judged({"name": "shop-image", "source": {"type": source}}, BUILD)

    assert finding.status is status
    assert said in finding.message


def test_every_source_that_codebuild_has_is_known() -> None:
    shape = get_session().get_service_model("codebuild").shape_for("SourceType")
    assert isinstance(shape, StringShape)

    for source in shape.enum:
        found = {"name": "shop-image", "source": {"type": source}}
        assert judged(found, BUILD).status is not Status.UNCHECKED


TOLD = ("GIT_TAG", "GIT_REF")


@pytest.mark.parametrize(
    ("untold", "variables", "said"),
    [
        (
            (),
            [{"name": "GIT_REF"}, {"name": "GIT_TAG"}, {"name": "REASON"}],
            "declares REASON without a default value, and no push gives it one",
        ),
        (
            ("GIT_TAG",),
            [{"name": "GIT_REF"}, {"name": "GIT_TAG"}],
            "declares GIT_TAG without a default value: pushes that have none",
        ),
        (("GIT_TAG",), [{"name": "GIT_REF"}, {"name": "GIT_TAG", "defaultValue": "none"}], None),
        (
            (),
            [{"name": "GIT_REF"}, {"name": "GIT_TAG"}, {"name": "A", "defaultValue": "a"}],
            None,
        ),
    ],
)
def test_a_variable_has_a_value_whatever_is_pushed(
    untold: tuple[str, ...], variables: list[Mapping[str, str]], said: str | None
) -> None:
    target = Target(Startable.PIPELINE, "shop", "Source", TOLD, untold)

    finding = judged(declared(variables=variables), target)

    assert finding.status is (Status.PROBLEM if said else Status.OK)
    assert said is None or said in finding.message


def test_a_host_may_not_say_who_pushed() -> None:
    target = Target(Startable.PIPELINE, "shop", "Source", ("GIT_PUSHER",))

    finding = judged(declared(variables=[{"name": "GIT_PUSHER"}]), target)

    assert finding.status is Status.WARNING
    assert "does not say who pushed" in finding.message


@pytest.mark.parametrize(
    ("triggers", "untold"),
    [
        ([{"tags": ("v*",)}], ()),
        ([{"branches": ("main",)}], ("GIT_TAG",)),
        ([{"branches": ("main",), "tags": ("v*",)}], ("GIT_TAG",)),
        ([{"tags": ("v*",)}, {"branches": ("main",)}], ("GIT_TAG",)),
    ],
)
def test_a_push_of_a_branch_has_no_tag(
    triggers: list[dict[str, Any]], untold: tuple[str, ...]
) -> None:
    repository = GitRepository(Provider.GITHUB, "acme/shop")

    (target,) = targets_of(
        PushTrigger(repository, Startable.PIPELINE, "shop", variables=TOLD, **each)
        for each in triggers
    )

    assert target.untold == untold


def test_a_push_of_a_tag_has_no_branch() -> None:
    repository = GitRepository(Provider.GITHUB, "acme/shop")
    names = ("GIT_BRANCH", "GIT_TAG")
    trigger = PushTrigger(repository, Startable.PIPELINE, "shop", tags=("v*",), variables=names)

    assert targets_of([trigger]) == [
        Target(Startable.PIPELINE, "shop", "Source", names, ("GIT_BRANCH",))
    ]


@pytest.mark.parametrize(
    ("target", "found", "said"),
    [
        (PIPELINE, declared(pipelineType="V1"), "is of type V1"),
        (PIPELINE, {**declared(), "pipelineType": None} | {"stages": []}, "is of type None"),
        (
            Target(Startable.PIPELINE, "shop", "Code", ()),
            declared(),
            "has no source action Code; it has Source",
        ),
        (
            Target(Startable.PIPELINE, "shop", "Build", ()),
            declared(),
            "has no source action Build; it has Source",
        ),
        (PIPELINE, {**declared(), "stages": []}, "it has none"),
        (PIPELINE, declared("S3", {"PollForSourceChanges": "false"}), "is of S3, which takes no"),
        (
            Target(Startable.PIPELINE, "shop", "Source", ("GIT_TAG", "GIT_REF")),
            declared(variables=[{"name": "GIT_REF"}]),
            "declares no variable GIT_TAG:",
        ),
    ],
)
def test_what_codepipeline_would_refuse_is_a_problem(
    target: Target, found: Mapping[str, Any], said: str
) -> None:
    finding = judged(found, target)

    assert finding.status is Status.PROBLEM
    assert said in finding.message


@pytest.mark.parametrize(
    "found",
    [
        declared(configuration={}),
        declared(configuration={"DetectChanges": "true"}),
        declared("CodeCommit", {}),
        declared(triggers=[{"gitConfiguration": {"sourceActionName": "Source"}}]),
    ],
)
def test_what_starts_by_itself_as_well_may_start_twice(found: Mapping[str, Any]) -> None:
    finding = judged(found)

    assert finding.status is Status.WARNING
    assert "may start it twice" in finding.message


def test_a_trigger_of_another_source_is_none_of_this_one() -> None:
    other = [{"gitConfiguration": {"sourceActionName": "Settings"}}]

    assert judged(declared(triggers=other)).status is Status.OK


def test_a_target_is_judged_once_however_many_triggers_it_has() -> None:
    def trigger(name: str, **more: Any) -> PushTrigger:  # noqa: ANN401  # any field of a trigger
        repository = GitRepository(Provider.GITHUB, name)
        return PushTrigger(repository, Startable.PIPELINE, "shop", **more)

    found = targets_of(
        [trigger("acme/a", branches=("main",)), trigger("acme/b"), trigger("acme/b", source="Code")]
    )

    assert found == [PIPELINE, Target(Startable.PIPELINE, "shop", "Code", ())]


@pytest.mark.parametrize(
    ("target", "arn"),
    [
        (PIPELINE, "arn:aws:codepipeline:eu-central-1:123456789012:shop"),
        (BUILD, "arn:aws:codebuild:eu-central-1:123456789012:project/shop-image"),
    ],
)
def test_what_may_not_be_started_is_named_with_the_parameter(target: Target, arn: str) -> None:
    assert judge_permission(CHECK, target, HOME, allowed=True).status is Status.OK
    denied = judge_permission(CHECK, target, HOME, allowed=False)

    assert denied.status is Status.PROBLEM
    assert denied.next_step == f"add to the stack's parameter StartableArns: {arn}"


def test_a_pipeline_that_people_want_to_be_told_of_must_be_there() -> None:
    assert judge_named(CHECK, "shop", declared(), REGION).status is Status.OK
    assert judge_named(CHECK, "shop", None, REGION).status is Status.PROBLEM


# ── the secret ──────────────────────────────────────────────────────────────────────────────────


def secret_findings(held: object, *hosts: Provider, plain_tokens: bool = False) -> list[Finding]:
    text = held if isinstance(held, str) else json.dumps(held)
    users = {host: ["shop", "till"] for host in hosts or (Provider.GITHUB,)}
    return list(judge_secret(CHECK, ARN, text, users, plain_tokens=plain_tokens))


@pytest.mark.parametrize(
    ("held", "host"),
    [
        ({"github": LONG}, Provider.GITHUB),
        ({"github": ["short", LONG]}, Provider.GITHUB),
        ("\ufeff" + json.dumps({"bitbucket": LONG}), Provider.BITBUCKET),
        ({"gitlab": TOKEN}, Provider.GITLAB),
    ],
)
def test_a_secret_that_can_be_valid_is_well(held: object, host: Provider) -> None:
    (finding,) = secret_findings(held, host)

    assert (finding.status, finding.message) == (
        Status.OK,
        f"it holds what can be valid for {host}",
    )


@pytest.mark.parametrize(
    ("held", "host"),
    [
        ({}, Provider.GITHUB),
        ({"gitlab": LONG}, Provider.GITHUB),
        ({"github": "short"}, Provider.GITHUB),
        ({"github": ["a", "b", LONG]}, Provider.GITHUB),
        ({"github": {"secret": LONG}}, Provider.GITHUB),
        ({"gitlab": LONG}, Provider.GITLAB),
        ({"gitlab-token": LONG}, Provider.GITLAB),
        ("", Provider.BITBUCKET),
        (LONG, Provider.GITHUB),
        ([LONG], Provider.GITHUB),
    ],
)
def test_a_secret_that_cannot_be_valid_is_a_problem_that_shows_nothing_of_it(
    held: object, host: Provider
) -> None:
    (finding,) = secret_findings(held, host)

    assert finding.status is Status.PROBLEM
    assert f'{{"{host}": ' in finding.next_step
    assert LONG not in finding.message + finding.next_step


def test_each_host_is_judged_for_itself() -> None:
    (finding,) = secret_findings({"github": LONG}, Provider.BITBUCKET, Provider.GITHUB)

    assert finding.status is Status.PROBLEM
    assert "nothing that is valid for bitbucket, whose pushes shop, till waits for" in (
        finding.message
    )


def test_a_plain_token_counts_where_it_is_switched_on() -> None:
    held = {"gitlab-token": LONG}

    (finding,) = secret_findings(held, Provider.GITLAB, plain_tokens=True)

    assert finding.status is Status.OK
