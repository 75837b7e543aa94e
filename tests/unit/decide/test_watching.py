"""Which pipeline is meant, and which facts are worth a look at an execution."""

import json
from pathlib import Path

import pytest

from longshore.decide.concerns import Ignore, Watch, concerns
from longshore.decide.registered import NamedPipeline, NamedProject, Place, Registered
from longshore.domain.builds import BuildLook
from longshore.domain.facts import Fact
from longshore.events.inbound import parse_event
from longshore.events.parsed import Known

EVENTS = Path(__file__).parent.parent.parent.parent / "events"
ANYWHERE = Place()


def fact_of(sample: str) -> Fact:
    parsed = parse_event(json.loads((EVENTS / f"{sample}.json").read_bytes()))
    assert isinstance(parsed, Known)
    return parsed.fact


@pytest.mark.parametrize(
    ("sample", "words"),
    [
        ("codepipeline/pipeline_started", "the execution checkout faca57ab"),
        ("codepipeline/pipeline_superseded", "was superseded: it concerns"),
        ("codepipeline/stage_started", "the stage Build of checkout"),
        ("codepipeline/action_failed", "the action Build/Image of checkout"),
        ("codebuild/build_failed", "the build checkout:b08054db-"),
        ("codebuild/build_by_hand", "the applications whose pushes start its project"),
    ],
)
def test_what_happens_to_an_execution_is_worth_a_look(sample: str, words: str) -> None:
    concern = concerns(fact_of(sample))

    assert isinstance(concern, Watch)
    assert words in concern.reason


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        ("codebuild/build_in_progress", "a build that goes on says nothing of how it ends"),
        ("codebuild/phase_failed", "a build that goes on says nothing of how it ends"),
        ("codedeploy/deployment_failure", "does not act on deployments of CodeDeploy"),
        ("codecommit/reference_updated", "by AWS's own rule"),
    ],
)
def test_the_rest_is_ignored_with_a_reason(sample: str, reason: str) -> None:
    concern = concerns(fact_of(sample))

    assert isinstance(concern, Ignore)
    assert reason in concern.reason


def test_a_pipeline_may_serve_several_applications() -> None:
    named = [NamedPipeline(name, "checkout", ANYWHERE) for name in ("shop", "checkout", "shop")]

    concern = concerns(fact_of("codebuild/build_failed"), Registered(pipelines=tuple(named)))

    assert isinstance(concern, Watch)
    assert concern.applications == ("checkout", "shop")
    assert concern.reason.endswith("is FAILED, which serves checkout, shop")


@pytest.mark.parametrize(
    "named",
    [
        (),
        (NamedPipeline("shop", "other", ANYWHERE),),
        (NamedPipeline("shop", "checkout", Place(region="us-east-1")),),
    ],
)
def test_a_pipeline_that_nobody_names_concerns_nobody(named: tuple[NamedPipeline, ...]) -> None:
    concern = concerns(fact_of("codepipeline/pipeline_started"), Registered(pipelines=named))

    assert concern == Ignore("no application names the pipeline checkout")


def test_a_build_by_itself_concerns_those_whose_pushes_start_its_project() -> None:
    named = [NamedProject(name, "checkout", ANYWHERE) for name in ("shop", "checkout", "shop")]

    concern = concerns(fact_of("codebuild/build_by_hand"), Registered(projects=tuple(named)))

    assert isinstance(concern, Watch)
    assert isinstance(concern.look, BuildLook)
    assert concern.applications == ("checkout", "shop")
    assert concern.look.build.startswith("checkout:b08054db-")
    assert concern.reason.endswith("is SUCCEEDED, and pushes start it for checkout, shop")


@pytest.mark.parametrize(
    "registered",
    [
        Registered(),
        Registered(pipelines=(NamedPipeline("shop", "checkout", ANYWHERE),)),
        Registered(projects=(NamedProject("shop", "other", ANYWHERE),)),
        Registered(projects=(NamedProject("shop", "checkout", Place(region="us-east-1")),)),
    ],
)
def test_a_build_that_no_push_starts_concerns_nobody(registered: Registered) -> None:
    concern = concerns(fact_of("codebuild/build_by_hand"), registered)

    assert concern == Ignore(
        "no pipeline started the build, and no application the project checkout for a push"
    )


def test_a_build_of_a_pipeline_is_never_taken_for_one_by_itself() -> None:
    projects = (NamedProject("shop", "checkout", ANYWHERE),)

    concern = concerns(fact_of("codebuild/build_failed"), Registered(projects=projects))

    assert concern == Ignore("no application names the pipeline checkout")
