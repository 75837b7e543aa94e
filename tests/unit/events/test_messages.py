import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.domain.errors import UnknownSchema
from longshore.domain.failures import StoppedContainer, StoppedTask
from longshore.domain.outcomes import Announcement, EventName
from longshore.domain.places import Home, RepositoryRef, StageId
from longshore.domain.wakeups import Announced, Hint, StopEvidence, Wakeup
from longshore.events.messages import (
    chat_group,
    deduplication_id,
    encode_announcement,
    encode_sweep,
    encode_wakeup,
    is_chat_group,
    parse_announcement,
    parse_wakeup,
)
from tests.support.builders import (
    HOME,
    REPOSITORY,
    STAGE,
    make_announcement,
    make_digest,
    make_stage_announcement,
)

SMALL = Wakeup(STAGE, frozenset({Hint.TIMER}))
FULL = Wakeup(
    STAGE,
    frozenset({Hint.REGISTRY, Hint.TASK}),
    ("event-1", "event-2"),
    Announced(REPOSITORY, "1.4.2", make_digest(1)),
    StopEvidence(
        "ecs-svc/1",
        StoppedTask(
            "arn:task",
            "EssentialContainerExited",
            None,
            (StoppedContainer("web", 1, "CannotStart"), StoppedContainer("log")),
        ),
    ),
    attempt=2,
    busy=3,
)

TEXT = st.text(max_size=20)
NAMES = st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True)
STAGES = st.builds(StageId, NAMES, NAMES)
REPOSITORIES = st.builds(RepositoryRef, st.builds(Home, TEXT, TEXT, TEXT), TEXT)
CONTAINERS = st.builds(StoppedContainer, TEXT, st.none() | st.integers(-255, 255), st.none() | TEXT)
TASKS = st.builds(StoppedTask, TEXT, st.none() | TEXT, st.none() | TEXT, st.tuples(CONTAINERS))
WAKEUPS = st.builds(
    Wakeup,
    STAGES,
    st.frozensets(st.sampled_from(Hint)),
    st.lists(TEXT, max_size=3).map(tuple),
    st.none() | st.builds(Announced, REPOSITORIES, TEXT, TEXT),
    st.none() | st.builds(StopEvidence, TEXT, TASKS),
    st.integers(0, 5),
    st.integers(0, 500),
)


@given(WAKEUPS)
def test_a_wakeup_comes_back_as_it_was_sent(wakeup: Wakeup) -> None:
    assert parse_wakeup(encode_wakeup(wakeup)) == wakeup


def test_a_wakeup_has_one_body() -> None:
    assert encode_wakeup(FULL) == encode_wakeup(parse_wakeup(encode_wakeup(FULL)))
    assert json.loads(encode_wakeup(SMALL)) == {
        "wakeup": {
            "schema": 1,
            "stage": "checkout/production",
            "hints": ["timer"],
            "events": [],
            "announced": None,
            "evidence": None,
            "attempt": 0,
            "busy": 0,
        }
    }


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda w: w.pop("stage"), "wakeup.stage: expected text, found null"),
        (lambda w: w.update(stage="nowhere"), "'nowhere' names no stage"),
        (lambda w: w.update(stage="UPPER/case"), "'UPPER' is no application"),
        (lambda w: w.update(hints="timer"), "wakeup.hints: expected a list, found text"),
        (lambda w: w.update(hints=["timer", 1]), "wakeup.hints: expected a list of texts only"),
        (lambda w: w.update(hints=["alarm"]), 'wakeup.hints: "alarm" is none of registry, ecs'),
        (lambda w: w.update(attempt=-1), "wakeup.attempt: expected a whole number of at least 0"),
        (lambda w: w.update(busy=-1), "wakeup.busy: expected a whole number of at least 0"),
        (lambda w: w.update(busy=None), "wakeup.busy: expected a whole number of at least 0"),
        (lambda w: w.update(attempt=True), "wakeup.attempt: expected a whole number, found a bool"),
        (
            lambda w: w.update(attempt=1.5),
            "wakeup.attempt: expected a whole number, found a number",
        ),
        (lambda w: w.update(schema=None), "wakeup.schema: expected a whole number of at least 1"),
        (lambda w: w.update(announced=[]), "wakeup.announced: expected an object, found a list"),
        (
            lambda w: w["announced"]["repository"].pop("region"),
            "wakeup.announced.repository.region: expected text, found null",
        ),
        (
            lambda w: w["evidence"]["task"]["containers"].append("web"),
            "wakeup.evidence.task.containers[2]: expected an object, found text",
        ),
        (
            lambda w: w["evidence"]["task"]["containers"][0].update(exit_code="1"),
            "wakeup.evidence.task.containers[0].exit_code: expected a whole number, found text",
        ),
    ],
)
def test_a_malformed_wakeup_is_refused_by_the_path(
    change: Callable[[dict[str, Any]], object], complaint: str
) -> None:
    document = json.loads(encode_wakeup(FULL))
    change(document["wakeup"])

    with pytest.raises(ValueError, match=re.escape(complaint)):
        parse_wakeup(json.dumps(document))


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "{", '{"wakeup":[]}', '{"announcement":{}}', b"\xff", "[" * 100_000, "NaN"],
)
def test_what_is_no_message_is_refused(body: str | bytes) -> None:
    for parse in (parse_wakeup, parse_announcement):
        with pytest.raises(ValueError, match=r"."):
            parse(body)


@given(st.recursive(st.none() | st.booleans() | st.integers() | TEXT, st.lists))
def test_nothing_but_an_object_is_a_message(document: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_wakeup(json.dumps({"wakeup": document}))


def test_what_a_newer_version_sent_is_left_alone() -> None:
    newer = json.loads(encode_wakeup(SMALL))
    newer["wakeup"]["schema"] = 2

    with pytest.raises(UnknownSchema, match="finish the upgrade"):
        parse_wakeup(json.dumps(newer))


def test_a_key_that_a_neighbouring_version_added_is_passed_over() -> None:
    wider = json.loads(encode_wakeup(SMALL))
    wider["wakeup"]["colour"] = "green"

    assert parse_wakeup(json.dumps(wider)) == SMALL


def test_a_wakeup_of_a_version_that_counted_no_tries_is_read() -> None:
    older = json.loads(encode_wakeup(SMALL))
    del older["wakeup"]["busy"]

    assert parse_wakeup(json.dumps(older)) == SMALL


def test_an_announcement_comes_back_as_it_was_sent() -> None:
    announcement = make_announcement(3)

    assert parse_announcement(encode_announcement(announcement)) == announcement


def test_the_moment_of_an_announcement_is_kept_in_utc() -> None:
    local = datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=2)))
    sent = encode_announcement(make_announcement(at=local))

    assert parse_announcement(sent).at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert "2026-11-23T12:00:00+00:00" in sent


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        ("name", "DeploymentExploded", 'announcement.name: "DeploymentExploded" is none of'),
        ("at", "yesterday", "announcement.at: expected a time as in ISO 8601"),
        ("at", "2026-11-23T12:00:00", "announcement.at: expected a time with its offset"),
        ("sequence", 0, "announcement.sequence: expected a whole number of at least 1"),
        ("detail", "text", "announcement.detail: expected an object, found text"),
        ("subject", None, "announcement.subject: expected text, found null"),
    ],
)
def test_a_malformed_announcement_is_refused_by_the_path(
    key: str, value: object, complaint: str
) -> None:
    document = json.loads(encode_announcement(make_announcement()))
    document["announcement"][key] = value

    with pytest.raises(ValueError, match=re.escape(complaint)):
        parse_announcement(json.dumps(document))


def test_a_number_that_json_does_not_have_is_never_sent() -> None:
    detail = {"seconds": float("nan")}
    announcement = Announcement(
        STAGE, f"{STAGE}#1", 1, EventName.DEPLOYMENT_STARTED, datetime.now(UTC), detail
    )

    with pytest.raises(ValueError, match="Out of range float"):
        encode_announcement(announcement)


def test_one_message_wakes_a_stage_once_and_every_message_wakes_it() -> None:
    other = StageId("checkout", "staging")
    ids = {deduplication_id(message, stage) for message in "ab" for stage in (STAGE, other)}

    assert len(ids) == 4
    assert deduplication_id("a", STAGE) == deduplication_id("a", STAGE)
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in ids)  # SQS takes 128 characters
    assert HOME.account not in "".join(ids)


def test_who_wants_every_stage_looked_at_says_what_the_clock_says() -> None:
    assert json.loads(encode_sweep()) == {"clock": "sweep"}


def test_what_channels_are_told_waits_in_a_group_for_each_thread() -> None:
    first, other = make_announcement(1), make_stage_announcement(1)

    assert chat_group(first) == chat_group(make_announcement(2))
    assert chat_group(other) != chat_group(make_stage_announcement(2))
    assert is_chat_group(chat_group(first))
    assert not is_chat_group(first.subject)
    assert len(chat_group(first)) <= 128
