"""Which pipeline is meant, and which facts are worth a look at an execution."""

import json
from pathlib import Path

import pytest

from longshore.decide.concerns import Ignore, NamedPipeline, Place, Registered, Watch, concerns
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
        (
            "codebuild/build_by_hand",
            "no pipeline started what moved here: the build checkout:b08054db-",
        ),
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
