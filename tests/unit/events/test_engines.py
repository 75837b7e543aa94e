"""Builds, deployments of CodeDeploy, and references of CodeCommit."""

from collections.abc import Callable
from typing import Any

import pytest

from longshore.domain.delivery_facts import BuildMoved, CodeDeployMoved, GitReferenceMoved
from longshore.domain.pipelines import PipelineRef
from longshore.domain.places import Home
from longshore.events.engines import LONGEST_URL, address, plain_summary
from longshore.events.inbound import parse_event
from longshore.events.parsed import Known, Malformed, Unknown

Event = dict[str, Any]
Load = Callable[[str], Event]
Bend = Callable[..., Event]

HOME = Home("aws", "123456789012", "eu-central-1")


def build_of(event: Event) -> BuildMoved:
    parsed = parse_event(event)
    assert isinstance(parsed, Known), parsed
    assert isinstance(parsed.fact, BuildMoved)
    return parsed.fact


# ── CodeBuild ────────────────────────────────────────────────────────────────────────────────


def test_a_build_knows_the_pipeline_that_started_it(load_event: Load) -> None:
    fact = build_of(load_event("codebuild/build_failed"))

    assert fact.home == HOME
    assert (fact.project, fact.status) == ("checkout", "FAILED")
    assert fact.build == "checkout:b08054db-a099-49ad-8ac7-cf63338d81b5"
    assert fact.pipeline == PipelineRef(HOME, "checkout")


@pytest.mark.parametrize(
    "initiator", ["ada", "codepipeline/", "codepipeline/a/b", "xcodepipeline/a", "", None, 7]
)
def test_a_build_that_no_pipeline_started_has_none(bent: Bend, initiator: object) -> None:
    more = {"additional-information": {"initiator": initiator}}

    assert build_of(bent("codebuild/build_succeeded", more)).pipeline is None


def test_the_end_of_a_phase_is_no_state_of_the_build(load_event: Load) -> None:
    fact = build_of(load_event("codebuild/phase_failed"))

    assert (fact.status, fact.phase, fact.phase_status) == (None, "BUILD", "FAILED")


def test_the_build_tells_account_and_region_where_the_envelope_does_not(bent: Bend) -> None:
    event = bent("codebuild/build_succeeded", account=..., region=..., resources=...)

    assert build_of(event).home == HOME


def test_a_build_of_nobody_is_ignored(load_event: Load) -> None:
    assert isinstance(parse_event(load_event("codebuild/minimal")), Unknown)


@pytest.mark.parametrize(
    ("build", "complaint"),
    [
        (..., "detail.build-id is missing"),
        (7, "detail.build-id is a number"),
        ("checkout:1", 'detail.build-id is "checkout:1", of no build'),
        ("arn:aws:codebuild:eu-central-1:123456789012:build/a/b", "of no build"),
        ("arn:aws:codebuild:eu-central-1:123456789012:project/checkout", "of no build"),
        ("arn:aws:codedeploy:eu-central-1:123456789012:build/a:1", "of no build"),
    ],
)
def test_a_build_is_identified_by_its_arn(bent: Bend, build: object, complaint: str) -> None:
    parsed = parse_event(bent("codebuild/build_succeeded", {"build-id": build}))

    assert isinstance(parsed, Malformed)
    assert complaint in parsed.reason


def test_no_environment_variable_gets_into_a_fact(load_event: Load) -> None:
    assert "staging" not in repr(build_of(load_event("codebuild/build_succeeded")))


def test_other_types_of_codebuild_are_not_read(bent: Bend) -> None:
    event = bent("codebuild/build_succeeded", **{"detail-type": "CodeBuild Sandbox State Change"})

    assert isinstance(parse_event(event), Unknown)


# ── CodeDeploy ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sample", "state", "instance"),
    [
        ("deployment_success", "SUCCESS", None),
        ("deployment_failure", "FAILURE", None),
        ("deployment_started_other_order", "START", None),
        ("instance_success", "SUCCESS", "i-0000000aaaaaaaaaa"),
    ],
)
def test_a_deployment_is_the_same_in_whatever_order_its_resources_come(
    load_event: Load, sample: str, state: str, instance: str | None
) -> None:
    parsed = parse_event(load_event(f"codedeploy/{sample}"))

    assert isinstance(parsed, Known)
    assert isinstance(parsed.fact, CodeDeployMoved)
    assert parsed.fact.home == HOME
    assert (parsed.fact.application, parsed.fact.deployment_group) == ("checkout", "checkout-web")
    assert (parsed.fact.deployment, parsed.fact.state) == ("d-ABCDEF123", state)
    assert parsed.fact.instance == instance


def test_other_types_of_codedeploy_are_not_read(bent: Bend) -> None:
    event = bent("codedeploy/deployment_success", **{"detail-type": "CodeDeploy Rollout"})

    assert isinstance(parse_event(event), Unknown)


# ── CodeCommit ───────────────────────────────────────────────────────────────────────────────

NEW, OLD = "f4d05743bf2b672850882161db80a1e9ad8cdadc", "4ccd4078c763211caeae0ffac7cb2c8a2788fbf7"


@pytest.mark.parametrize(
    ("sample", "change", "kind", "commits"),
    [
        ("reference_updated", "updated", "branch", (NEW, OLD)),
        ("reference_created", "created", "tag", (NEW, None)),
        ("reference_deleted", "deleted", "branch", (None, NEW)),
    ],
)
def test_a_reference_moved(
    load_event: Load, sample: str, change: str, kind: str, commits: tuple[str | None, str | None]
) -> None:
    parsed = parse_event(load_event(f"codecommit/{sample}"))

    assert isinstance(parsed, Known)
    assert isinstance(parsed.fact, GitReferenceMoved)
    assert (parsed.fact.repository, parsed.fact.change, parsed.fact.kind) == (
        "checkout",
        change,
        kind,
    )
    assert (parsed.fact.commit, parsed.fact.old_commit) == commits
    assert parsed.fact.home == HOME


def test_a_merge_commit_without_a_reference_says_what_it_is(load_event: Load) -> None:
    parsed = parse_event(load_event("codecommit/merge_commit"))

    assert isinstance(parsed, Unknown)
    assert 'with event "unreferencedMergeCommitCreated" of CodeCommit' in parsed.reason


# ── words and addresses ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [None, 7, "", "javascript:alert(1)", "https://", "https://a b", f"https://{'x' * LONGEST_URL}"],
)
def test_what_is_no_address_of_a_page_is_none(text: object) -> None:
    assert address(text) is None


def test_an_address_is_kept_as_it_is() -> None:
    assert address("https://example.org/a?b=c#d") == "https://example.org/a?b=c#d"


@pytest.mark.parametrize(
    "text",
    ['{"CommitMessage": "Show tax\\r\\n\\nAll of it."}', "Show tax\n\nAll of it.\n", "\nShow tax"],
)
def test_of_a_message_with_several_lines_the_title_is_kept(text: str) -> None:
    assert plain_summary(text) == "Show tax"


def test_a_summary_nested_without_end_is_text() -> None:
    assert plain_summary('{"a":' * 100_000).startswith('{"a":')
