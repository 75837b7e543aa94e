"""What is published, and what people read, of an execution."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.domain.executions import (
    ExecutionState,
    ExecutionTrigger,
    PipelineFailure,
    Timeline,
)
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.pipelines import ExecutionRef, PipelineId, PipelineRef
from longshore.domain.places import Home
from longshore.domain.pushes import PushLink
from longshore.events.messages import encode_announcement, parse_announcement
from longshore.events.notices import compose_notice
from longshore.events.pipeline_events import console_url, execution_detail
from longshore.events.told import Told
from tests.support.builders import STAGE, make_push_link
from tests.support.fakes import NOON
from tests.support.watch_fakes import COMMIT, EXECUTION

FAILURE = PipelineFailure(
    "Build/Image failed in its phase BUILD: exit status 2",
    stage="Build",
    action="Image",
    phase="BUILD",
    log="https://log.example/1",
)
TIMELINE = Timeline(
    execution=EXECUTION,
    state=ExecutionState.FAILED,
    attempt=2,
    trigger=ExecutionTrigger("WebhookV2", "arn:aws:iam::123456789012:user/ada"),
    revisions=(COMMIT,),
    author="Ada",
    repository="acme/checkout",
    started_at=NOON,
    ended_at=NOON + timedelta(minutes=3),
)


def told(
    name: EventName = EventName.PIPELINE_FAILED,
    timeline: Timeline = TIMELINE,
    push: PushLink | None = None,
) -> Announcement:
    failure = FAILURE if name is EventName.PIPELINE_FAILED else None
    return Announcement(
        stage=None,
        subject=f"shop:{EXECUTION.id}",
        sequence=1,
        name=name,
        at=NOON,
        detail=execution_detail(timeline, push, "shop", "it failed", failure),
        pipeline=PipelineId("shop", "checkout"),
    )


def test_an_event_says_whose_push_failed_where_and_why() -> None:
    assert told().detail == {
        "schema": 1,
        "application": "shop",
        "pipeline": "checkout",
        "execution": EXECUTION.id,
        "attempt": 2,
        "state": "Failed",
        "reason": "it failed",
        "commit": {"id": COMMIT.id, "summary": COMMIT.summary, "url": COMMIT.url},
        "repository": "acme/checkout",
        "author": "Ada",
        "trigger": {"kind": "WebhookV2", "actor": "arn:aws:iam::123456789012:user/ada"},
        "push": None,
        "failure": {
            "summary": FAILURE.summary,
            "stage": "Build",
            "action": "Image",
            "phase": "BUILD",
            "log": "https://log.example/1",
            "url": None,
        },
        "started_at": "2026-11-23T12:00:00+00:00",
        "seconds": 180,
        "url": "https://eu-central-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/"
        f"checkout/executions/{EXECUTION.id}/timeline?region=eu-central-1",
    }


def test_every_key_is_there_where_nothing_is_known() -> None:
    bare = execution_detail(
        Timeline(execution=EXECUTION, state=ExecutionState.SUPERSEDED), None, "shop", "x", None
    )

    assert bare.keys() == told().detail.keys()
    assert [bare[key] for key in ("commit", "author", "trigger", "failure", "seconds")] == [
        None
    ] * 5


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn/"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com/"),
    ],
)
def test_other_partitions_have_their_own_console(partition: str, region: str, host: str) -> None:
    pipeline = PipelineRef(Home(partition, "123456789012", region), "checkout")

    assert host in console_url(ExecutionRef(pipeline, "1"))


def test_an_announcement_of_a_pipeline_comes_back_as_it_went() -> None:
    assert parse_announcement(encode_announcement(told())) == told()


@pytest.mark.parametrize(
    ("stage", "pipeline"), [(None, None), (STAGE, PipelineId("shop", "checkout"))]
)
def test_an_announcement_is_about_one_thing(stage: object, pipeline: object) -> None:
    with pytest.raises(ValueError, match="about one stage, pipeline or project"):
        replace(told(), stage=stage, pipeline=pipeline)  # type: ignore[arg-type]  # that is it


def test_people_read_what_failed_and_where_to_look() -> None:
    notice = compose_notice(told())

    assert notice.subject == "FAILED pipeline checkout: f4d05743bf2b: Show the total"
    assert (
        notice.text
        == f"""\
FAILED pipeline: checkout

Application shop
Pipeline    checkout
Execution   {EXECUTION.id}
Commit      f4d05743bf2b: Show the total
Author      Ada
Trigger     WebhookV2 by ada
After       3 min
Cause       Build/Image failed in its phase BUILD: exit status 2
Log         https://log.example/1
Longshore   it failed
Next        To try again: longshore pipelines retry checkout --reason "..."
"""
    )
    assert notice.attributes == {
        "application": "shop",
        "pipeline": "checkout",
        "event": "PipelineFailed",
        "execution": EXECUTION.id,
        "severity": "error",
        "id": f"shop:{EXECUTION.id}/1",
    }


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        (EventName.PIPELINE_SUCCEEDED, "mended pipeline: checkout", "pipelines show checkout"),
        (EventName.PIPELINE_SUPERSEDED, "superseded pipeline: ", "pipelines show checkout"),
        (EventName.PIPELINE_STOPPED, "stopped pipeline: ", "pipelines show checkout"),
        (
            EventName.PIPELINE_STUCK,
            "STUCK pipeline: ",
            'longshore pipelines stop checkout --reason "..."',
        ),
    ],
)
def test_other_words_say_what_comes_next(name: EventName, begins: str, ends: str) -> None:
    text = compose_notice(told(name)).text

    assert text.startswith(begins)
    assert text.endswith(f"{ends}\n")


@pytest.mark.parametrize(
    ("ref", "pusher", "text"),
    [
        ("refs/heads/release/tags/1", "ada", "push of release/tags/1 by ada"),
        ("refs/heads/main", "", "push of main"),
        ("refs/tags/v1.4.0", "ada", "push of tag v1.4.0 by ada"),
    ],
)
def test_a_push_that_started_it_is_the_trigger_that_people_know(
    ref: str, pusher: str, text: str
) -> None:
    push = replace(make_push_link(EXECUTION), ref=ref, pusher=pusher)

    assert Told(told(push=push).detail).trigger == text


def test_the_commit_has_a_page() -> None:
    assert Told(told().detail).commit_url == COMMIT.url


def test_a_pipeline_whose_commit_is_not_known_is_told_by_its_name() -> None:
    notice = compose_notice(told(timeline=replace(TIMELINE, revisions=())))

    assert notice.subject == "FAILED pipeline checkout"
