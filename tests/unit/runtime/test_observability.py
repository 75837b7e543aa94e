import json
from datetime import UTC, datetime, timedelta

import pytest

from longshore.runtime.clock import SystemClock
from longshore.runtime.observability import make_journal
from tests.support.runtime import FakeInvocation, Written


def test_a_line_carries_what_it_is_about_and_the_invocation() -> None:
    written = Written()

    written.journal.begin(FakeInvocation("request-7")).note("routed", stages=["a/b"], reason="x")

    (line,) = written.lines
    assert line["message"] == "routed"
    assert (line["stages"], line["reason"]) == (["a/b"], "x")
    assert (line["request_id"], line["level"]) == ("request-7", "INFO")


def test_what_a_person_may_have_to_look_at_is_a_warning() -> None:
    written = Written()

    written.journal.warn("message rejected", reason="no JSON")

    assert written.lines[0]["level"] == "WARNING"


def test_a_count_has_one_dimension_and_its_reason_as_a_property(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Written().journal.count("MessagesIgnored", reason="it concerns nobody")

    metric = json.loads(capsys.readouterr().out)
    (directive,) = metric["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Longshore"
    assert directive["Dimensions"] == [["service"]]
    assert directive["Metrics"] == [{"Name": "MessagesIgnored", "Unit": "Count"}]
    assert metric["MessagesIgnored"] == [1.0]
    assert metric["reason"] == "it concerns nobody"


def test_a_text_that_cannot_be_written_as_utf_8_ends_no_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = Written()

    written.journal.note("routed", reason="half a pair: \ud800")
    written.journal.count("MessagesRejected", reason="half a pair: \ud800")

    assert json.loads(capsys.readouterr().out)["reason"] == "half a pair: \ud800"


def test_a_function_has_one_journal() -> None:
    assert make_journal(FakeInvocation("a")) is make_journal(FakeInvocation("b"))


def test_the_clock_tells_utc_and_what_lambda_leaves() -> None:
    clock = SystemClock(FakeInvocation(left=1500))

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.now().tzinfo is UTC
    assert clock.time_left() == timedelta(seconds=1.5)
