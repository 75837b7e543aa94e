"""`longshore events`: what was seen of a stage, and what came of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from longshore.aws import items
from longshore.domain.outcomes import EventOutcome, Outcome
from longshore.domain.places import StageId
from tests.unit.cli.conftest import ACTOR, World

STAGE = StageId("shop", "staging")


@pytest.fixture
def end(applied: World) -> Callable[..., None]:
    """Keep the end of an event, so many minutes ago."""

    def put(event: str, outcome: Outcome, minutes: int, stage: StageId = STAGE) -> None:
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        ended = EventOutcome(event, stage, outcome, f"because of {event}", at)
        item = items.outcome_item(ended)
        applied.table.client.put_item(TableName=applied.table.name, Item=item)

    return put


def test_the_newest_ends_come_first_and_no_other_stages(
    applied: World, end: Callable[..., None]
) -> None:
    end("b-older", Outcome.HELD, 90)
    end("a-newer", Outcome.APPLIED, 5)
    end("elsewhere", Outcome.APPLIED, 1, StageId("shop", "production"))

    lines = applied.run("events", "shop/staging").stdout.splitlines()

    assert lines[0].split() == ["WHEN", "OUTCOME", "EVENT", "WHY"]
    assert [line.split()[3] for line in lines[1:]] == ["applied", "held"]
    assert "5 min ago" in lines[1]
    assert "because of a-newer" in lines[1]
    assert "1 h ago" in lines[2]


def test_what_people_wait_for_comes_first(applied: World, end: Callable[..., None]) -> None:
    end("a-push", Outcome.APPLIED, 5)
    applied.run("retry", "shop/staging", "--reason", "the database is back")

    shown = applied.run("events", "shop/staging").stdout.splitlines()
    found = json.loads(applied.run("events", "shop/staging", "-o", "json").stdout)

    assert "waiting" in shown[1]
    assert "ana (role Developer) asked to retry: the database is back" in shown[1]
    (wish,) = found["waiting"]
    assert (wish["kind"], wish["actor"]) == ("retry", ACTOR)
    assert [each["event"] for each in found["events"]] == ["a-push"]
    assert found["events"][0]["outcome"] == "applied"
    assert datetime.fromisoformat(found["events"][0]["at"]).tzinfo is not None


def test_as_many_are_shown_as_are_asked_for(applied: World, end: Callable[..., None]) -> None:
    for minutes in range(30):
        end(f"event-{minutes:02}", Outcome.DUPLICATE, minutes)

    def count(*arguments: str) -> int:
        shown = applied.run("events", "shop/staging", "-o", "json", *arguments)
        return len(json.loads(shown.stdout)["events"])

    assert (count(), count("--limit", "3"), count("--limit", "100")) == (20, 3, 30)


def test_a_stage_of_which_nothing_was_seen_says_so(applied: World) -> None:
    result = applied.run("events", "shop/staging")

    assert result.exit_code == 0
    assert "nothing was seen of shop/staging in the last 30 days" in result.stdout
    assert "next: " in result.stdout


def test_a_stage_that_is_none_is_told(applied: World) -> None:
    result = applied.run("events", "shop/live")

    assert result.exit_code == 3
    assert "there is no stage shop/live" in result.stderr
