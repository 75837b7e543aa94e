from collections.abc import Callable
from typing import Any

import pytest

from longshore.domain.delivery_facts import (
    ActionKind,
    ExternalResult,
    PipelineActionMoved,
    PipelineMoved,
    PipelineStageMoved,
)
from longshore.domain.executions import ExecutionTrigger
from longshore.domain.facts import Fact
from longshore.domain.pipelines import ExecutionRef, PipelineRef
from longshore.domain.places import Home
from longshore.events.inbound import parse_event
from longshore.events.parsed import Known, Malformed, Unknown

Event = dict[str, Any]
Load = Callable[[str], Event]
Bend = Callable[..., Event]

HOME = Home("aws", "123456789012", "eu-central-1")
EXECUTION = ExecutionRef(PipelineRef(HOME, "checkout"), "faca57ab-55ee-454c-a1c7-8fc4658c8035")


def fact_of(event: Event) -> Fact:
    parsed = parse_event(event)
    assert isinstance(parsed, Known), parsed
    return parsed.fact


def test_the_start_of_an_execution_tells_by_whom(load_event: Load) -> None:
    fact = fact_of(load_event("codepipeline/pipeline_started"))

    connection = "arn:aws:codeconnections:eu-central-1:123456789012:connection/"
    assert fact == PipelineMoved(
        event_id="0d1ff2f1-8d3e-4f0a-9a0f-3d2f4d3a9a01",
        time="2026-11-20T09:14:07Z",
        execution=EXECUTION,
        state="STARTED",
        attempt=1,
        trigger=ExecutionTrigger("WebhookV2", f"{connection}5d0e2f9c-7a43-4a57-9d6a-0f3d5f9f2c11"),
    )
    assert fact.home == HOME


@pytest.mark.parametrize(
    ("sample", "state", "attempt"),
    [
        ("pipeline_succeeded", "SUCCEEDED", None),
        ("pipeline_failed_version_is_text", "FAILED", 2),
        ("pipeline_superseded", "SUPERSEDED", None),
        ("pipeline_old_arn", "STARTED", None),
    ],
)
def test_a_version_may_be_written_in_any_way(
    load_event: Load, sample: str, state: str, attempt: int | None
) -> None:
    fact = fact_of(load_event(f"codepipeline/{sample}"))

    assert isinstance(fact, PipelineMoved)
    assert (fact.execution, fact.state, fact.attempt) == (EXECUTION, state, attempt)
    assert fact.trigger is None


def test_why_an_execution_is_stopped_is_kept(load_event: Load) -> None:
    fact = fact_of(load_event("codepipeline/pipeline_stopping"))

    assert isinstance(fact, PipelineMoved)
    assert (fact.state, fact.comment) == ("STOPPING", "an older commit")


@pytest.mark.parametrize("sample", ["stage_started", "stage_no_resources"])
def test_a_stage_is_one_of_the_execution(load_event: Load, sample: str) -> None:
    fact = fact_of(load_event(f"codepipeline/{sample}"))

    assert isinstance(fact, PipelineStageMoved)
    assert fact.execution == EXECUTION
    assert fact.stage in {"Build", "Deploy"}


def test_the_arn_tells_the_account_where_the_envelope_does_not(load_event: Load) -> None:
    fact = fact_of(load_event("codepipeline/stage_account_is_number"))

    assert fact.home == HOME


def test_a_source_tells_the_commit_by_its_message_alone(load_event: Load) -> None:
    fact = fact_of(load_event("codepipeline/action_source_succeeded"))

    assert isinstance(fact, PipelineActionMoved)
    assert fact.action_execution_id == "27f0f5a2-4d0b-4a02-8d57-5f6e2f7f7a10"
    assert fact.kind == ActionKind("AWS", "Source", "CodeStarSourceConnection", "1")
    assert fact.result is not None
    assert fact.result.summary == "Show the total with tax"
    assert fact.result.id == "f4d05743bf2b672850882161db80a1e9ad8cdadc"
    assert (fact.result.url or "").endswith("Commit=f4d05743bf2b672850882161db80a1e9ad8cdadc")


def test_a_failed_action_tells_where_to_look(load_event: Load) -> None:
    fact = fact_of(load_event("codepipeline/action_failed"))

    assert isinstance(fact, PipelineActionMoved)
    assert (fact.stage, fact.action, fact.state) == ("Build", "Image", "FAILED")
    assert fact.result == ExternalResult(
        "checkout:b08054db-a099-49ad-8ac7-cf63338d81b5",
        "https://eu-central-1.console.aws.amazon.com/codebuild/home?region=eu-central-1#/builds/"
        "checkout:b08054db-a099-49ad-8ac7-cf63338d81b5/view/new",
        "Build terminated with state: FAILED",
        "JobFailed",
    )


def test_what_only_describes_an_action_is_taken_where_it_is_what_it_should_be(bent: Bend) -> None:
    odd = {"type": [], "execution-result": 7, "action-execution-id": {}, "execution-trigger": ""}

    fact = fact_of(bent("codepipeline/action_failed", odd))

    assert isinstance(fact, PipelineActionMoved)
    assert (fact.kind, fact.result, fact.action_execution_id) == (ActionKind(), None, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [(1, 1), (2.0, 2), ("3", 3), (1.5, None), (True, None), ("x", None), ([], None), (None, None)],
)
def test_an_attempt_is_a_whole_number_however_it_is_written(
    bent: Bend, written: object, read: int | None
) -> None:
    fact = fact_of(bent("codepipeline/pipeline_succeeded", {"pipeline-execution-attempt": written}))

    assert isinstance(fact, PipelineMoved)
    assert fact.attempt == read


@pytest.mark.parametrize(
    ("summary", "read"),
    [
        ("Added a licence", "Added a licence"),
        ('{"CommitMessage": 7}', '{"CommitMessage": 7}'),
        ("{not json", "{not json"),
        ("[]", "[]"),
    ],
)
def test_a_summary_that_is_no_document_is_text(bent: Bend, summary: str, read: str) -> None:
    result = {"external-execution-summary": summary, "external-execution-url": "javascript:x"}

    fact = fact_of(bent("codepipeline/action_failed", {"execution-result": result}))

    assert isinstance(fact, PipelineActionMoved)
    assert fact.result == ExternalResult(summary=read)


def test_what_is_nobodys_is_ignored(load_event: Load) -> None:
    parsed = parse_event(load_event("codepipeline/nobodys"))

    assert isinstance(parsed, Unknown)
    assert parsed.reason == "the event does not say which account it is of, so it is nobody's"


@pytest.mark.parametrize(
    ("detail", "complaint"),
    [
        ({"pipeline": ...}, "detail.pipeline is missing"),
        ({"pipeline": "a b"}, 'detail.pipeline is "a b", which it cannot be'),
        ({"execution-id": 7}, "detail.execution-id is a number, not text"),
        ({"state": ""}, "detail.state is empty"),
        ({"action": ...}, "detail.action is missing"),
        ({"stage": "../x"}, "detail.stage is"),
    ],
)
def test_what_identifies_it_must_be_there(
    bent: Bend, detail: dict[str, object], complaint: str
) -> None:
    parsed = parse_event(bent("codepipeline/action_failed", detail))

    assert isinstance(parsed, Malformed)
    assert complaint in parsed.reason


def test_another_type_is_not_read(bent: Bend) -> None:
    event = bent("codepipeline/action_failed", **{"detail-type": "CodePipeline Rule Execution"})

    assert isinstance(parse_event(event), Unknown)
