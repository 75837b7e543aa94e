from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.domain.deployments import DeploymentRecord, Phase, Trigger, TriggerKind
from longshore.domain.failures import Failure
from longshore.domain.holds import Hold, HoldKind, Would
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.places import StageId
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageRecord
from longshore.events.notices import LONGEST_SUBJECT, Notice, compose_notice
from longshore.events.outbound import deployment_detail, stage_detail, would_detail
from tests.support.builders import REPOSITORY, STAGE, make_deployment, make_digest, make_release
from tests.support.fakes import NOON
from tests.support.pipelines import ORIGIN

CRASHED = replace(
    make_deployment(2),
    phase=Phase.ROLLED_BACK,
    release=make_release(2, tag="1.5.0"),
    before=make_release(1, tag="1.4.2"),
    reason="prod/web did not come up: it crashed. The stage is back on 1.4.2 (000000000000).",
    failure=Failure(
        "prod/web did not come up: it crashed.", "prod/web", "web", 1, None, "2 failed"
    ),
    finished_at=NOON + timedelta(minutes=2, seconds=5),
)


def notice_of(name: EventName, deployment: DeploymentRecord) -> Notice:
    detail = deployment_detail(deployment)
    return compose_notice(Announcement(STAGE, deployment.name, 1, name, NOON, detail))


def test_a_rollback_says_what_failed_what_was_done_and_what_to_type() -> None:
    notice = notice_of(EventName.DEPLOYMENT_ROLLED_BACK, CRASHED)

    assert notice.subject == "ROLLED BACK checkout/production: 1.4.2 -> 1.5.0"
    assert notice.text.splitlines() == [
        "ROLLED BACK: checkout/production",
        "",
        "Application checkout",
        "Stage       production",
        "Deployment  checkout/production#2",
        "Release     1.4.2 (000000000000) -> 1.5.0 (000000000000)",
        "Trigger     push",
        "After       2 min 5 s",
        "Cause       prod/web did not come up: it crashed.",
        "ECS says    2 failed",
        "Longshore   The stage is back on 1.4.2 (000000000000).",
        'Next        To try again: longshore retry checkout/production --reason "..."',
    ]
    assert notice.attributes == {
        "application": "checkout",
        "stage": "production",
        "event": "DeploymentRolledBack",
        "deployment": "checkout/production#2",
        "severity": "error",
        "id": "checkout/production#2/1",
    }


def test_a_deployment_that_begins_names_who_asked_for_it() -> None:
    by_hand = replace(make_deployment(), trigger=Trigger(TriggerKind.RETRY, "arn:of:somebody"))

    notice = notice_of(EventName.DEPLOYMENT_STARTED, by_hand)

    assert notice.subject == "deploying checkout/production: main"
    assert "Trigger     retry by arn:of:somebody\n" in notice.text
    assert "After" not in notice.text
    assert "Cause" not in notice.text


def test_a_deployment_by_a_pipeline_names_it_with_the_commit() -> None:
    with_commit = Trigger(TriggerKind.PIPELINE, "codepipeline:checkout", (), ORIGIN)
    without = replace(with_commit, origin=replace(ORIGIN, commit=None))

    texts = [
        notice_of(EventName.DEPLOYMENT_STARTED, replace(make_deployment(), trigger=trigger)).text
        for trigger in (with_commit, without)
    ]

    assert "Trigger     pipeline checkout, commit c0ffeec0ffee\n" in texts[0]
    assert "Trigger     pipeline checkout\n" in texts[1]


def test_a_tag_that_was_pushed_again_is_told_by_its_digests() -> None:
    again = replace(
        make_deployment(), release=release("main", "b" * 64), before=release("main", "a" * 64)
    )

    notice = notice_of(EventName.DEPLOYMENT_SUCCEEDED, again)

    assert notice.subject.endswith(": main (aaaaaaaaaaaa) -> main (bbbbbbbbbbbb)")


def test_what_stays_the_same_is_named_once() -> None:
    same = replace(make_deployment(), release=make_release(1), before=make_release(1))

    assert notice_of(EventName.DEPLOYMENT_SUCCEEDED, same).subject.endswith("production: main")


def test_several_images_are_told_by_their_aliases() -> None:
    pair = Release.of([*make_release(1).images, replace(make_release(2).images[0], alias="job")])
    before = Release.of([*make_release(3, "old").images])

    notice = notice_of(
        EventName.DEPLOYMENT_STARTED, replace(make_deployment(), release=pair, before=before)
    )

    assert notice.subject.endswith(": app old -> main, job main")


def test_an_image_without_a_tag_is_told_by_its_digest() -> None:
    notice = notice_of(
        EventName.DEPLOYMENT_STARTED, replace(make_deployment(), release=release(None, "c" * 64))
    )

    assert notice.subject.endswith(": cccccccccccc")
    assert "untagged (cccccccccccc)" in notice.text


def test_a_held_stage_says_why_and_how_to_let_it_move() -> None:
    hold = Hold(HoldKind.MOVED_BACK, "main was moved back", NOON, "content", make_release(1))
    detail = stage_detail(StageRecord(STAGE, hold=hold), "main was moved back")

    notice = compose_notice(Announcement(STAGE, str(STAGE), 4, EventName.STAGE_HELD, NOON, detail))

    assert notice.subject == "held checkout/production"
    assert "Reason      main was moved back\n" in notice.text
    assert 'longshore retry checkout/production --reason "..."' in notice.text
    assert notice.attributes == {
        "application": "checkout",
        "stage": "production",
        "event": "StageHeld",
        "severity": "warning",
        "id": "checkout/production/4",
    }


def test_what_would_be_deployed_is_told_like_a_deployment_with_how_to_let_it() -> None:
    would = Would(make_release(2, "1.5.0"), "it is newer", NOON)
    detail = stage_detail(StageRecord(STAGE), "observing: would deploy 1.5.0")
    detail |= would_detail(would, before=make_release(1, "1.4.1"))
    name = EventName.STAGE_WOULD_DEPLOY

    notice = compose_notice(Announcement(STAGE, str(STAGE), 4, name, NOON, detail))

    assert notice.subject == "would deploy checkout/production: 1.4.1 -> 1.5.0"
    assert "set `mode: deploy` in longshore.yaml, then longshore apply" in notice.text
    assert notice.attributes["severity"] == "info"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3725, "1 h 2 min 5 s"), (180000, "2 d 2 h")],
)
def test_durations_are_told_in_units(seconds: int, text: str) -> None:
    done = replace(make_deployment(), finished_at=NOON + timedelta(seconds=seconds))

    assert f"After       {text}\n" in notice_of(EventName.DEPLOYMENT_SUCCEEDED, done).text


@pytest.mark.parametrize("name", EventName)
def test_every_event_is_told(name: EventName) -> None:
    notice = notice_of(name, CRASHED)

    assert notice.attributes["event"] == name
    assert "longshore " in notice.text.splitlines()[-1]


def test_a_subject_is_what_sns_takes_however_long_the_names_are() -> None:
    stage = StageId("a" * 40, "b" * 40)
    release_ = Release.of([ReleasedImage("app", REPOSITORY, make_digest(1), "t" * 128)])
    detail = deployment_detail(replace(make_deployment(), release=release_))

    notice = compose_notice(Announcement(stage, "x", 1, EventName.DEPLOYMENT_STARTED, NOON, detail))

    assert len(notice.subject) == LONGEST_SUBJECT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ("deployment", "release", "before", "trigger", "seconds", "failure", "reason", "other")
)


@given(st.sampled_from(EventName), st.dictionaries(KEYS, JSON))
def test_a_strange_detail_never_keeps_a_notice_back(
    name: EventName, detail: Mapping[str, object]
) -> None:
    notice = compose_notice(Announcement(STAGE, "x", 1, name, NOON, detail))

    assert notice.subject.isascii()
    assert notice.subject.isprintable()
    assert 0 < len(notice.subject) <= LONGEST_SUBJECT
    assert all(line.isprintable() for line in notice.text.splitlines())
    assert all(notice.attributes.values())


def release(tag: str | None, digest: str) -> Release:
    return Release.of([ReleasedImage("app", REPOSITORY, f"sha256:{digest}", tag)])
