"""`longshore retry`, `pause` and `resume`: what is asked of control, and what is not."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from longshore.aws import items, keys
from longshore.domain.holds import Hold, HoldKind
from longshore.domain.places import StageId
from longshore.domain.stages import StageRecord
from tests.unit.cli.conftest import ACTOR, World

STAGE = StageId("shop", "staging")
PAUSED = Hold(HoldKind.PAUSED, "ana paused it: freeze until Monday", datetime.now(UTC))


def test_retry_keeps_a_wish_and_says_where_to_look(applied: World) -> None:
    result = applied.run("retry", "shop/staging", "--reason", "the database is back")

    (heard,) = applied.control.heard
    assert result.exit_code == 0, result.output
    assert heard.path == "/v1/intents"
    assert set(heard.body) == {"stage", "kind", "reason", "id"}
    assert heard.headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")
    assert "next: longshore status shop/staging" in result.stdout
    kept = applied.table.query(
        {
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": items.text(keys.stage_partition(STAGE))},
        }
    )
    (wish,) = [item for item in kept if keys.is_intent(item["sk"]["S"])]
    assert "the database is back" in wish["body"]["S"]
    assert ACTOR in wish["body"]["S"]


def test_retry_in_json_names_the_wish(applied: World) -> None:
    result = applied.run("retry", "shop/staging", "--reason", "again", "--output", "json")

    assert json.loads(result.stdout) == {
        "stage": "shop/staging",
        "intent": applied.control.heard[0].body["id"],
        "reason": "again",
    }


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["shop/staging", "--reason", "  "], 2, "the reason is empty"),
        (["staging", "--reason", "x"], 2, "write application/stage"),
        (["shop/live", "--reason", "x"], 3, "there is no stage shop/live"),
        (["shop/staging"], 2, "--reason"),
    ],
)
def test_a_retry_that_cannot_be_meant(
    applied: World, arguments: list[str], code: int, said: str
) -> None:
    result = applied.run("retry", *arguments)

    assert result.exit_code == code
    assert said in result.stderr
    assert applied.control.heard == []


@pytest.mark.parametrize(
    ("command", "paused", "says"),
    [("pause", None, "moves no more by itself"), ("resume", PAUSED, "moves by itself again")],
)
def test_a_stage_is_paused_and_resumed_with_a_reason(
    applied: World, keep: Callable[..., None], command: str, paused: Hold | None, says: str
) -> None:
    keep(StageRecord(STAGE, config=1, paused=paused, version=1))

    result = applied.run(command, "shop/staging", "--reason", "because")

    (heard,) = applied.control.heard
    assert result.exit_code == 0, result.output
    assert (heard.body["kind"], heard.body["reason"]) == (command, "because")
    assert says in result.stdout


@pytest.mark.parametrize(
    ("command", "paused", "says"),
    [
        (
            "pause",
            PAUSED,
            ("moves no more by itself already: held (paused): ana paused it", "longshore resume"),
        ),
        (
            "resume",
            None,
            (
                "shop/staging is neither paused nor held by a person",
                "longshore status shop/staging",
            ),
        ),
    ],
)
def test_what_is_so_already_is_not_asked_for(
    applied: World,
    keep: Callable[..., None],
    command: str,
    paused: Hold | None,
    says: tuple[str, str],
) -> None:
    keep(StageRecord(STAGE, config=1, paused=paused, version=1))

    result = applied.run(command, "shop/staging", "--reason", "because")

    assert result.exit_code == 7
    assert all(each in result.stderr for each in says)
    assert applied.control.heard == []


def test_who_paused_a_moment_ago_may_resume_before_that_was_heard(applied: World) -> None:
    assert applied.run("pause", "shop/staging", "--reason", "wait").exit_code == 0
    assert applied.run("resume", "shop/staging", "--reason", "go on").exit_code == 0


def test_status_shows_a_pause_before_everything_else(
    applied: World, keep: Callable[..., None]
) -> None:
    hold = Hold(HoldKind.ADOPTED, "what runs is adopted", datetime.now(UTC))
    keep(StageRecord(STAGE, config=1, hold=hold, paused=PAUSED, version=1))

    shown = applied.run("status", "shop/staging").stdout
    found = json.loads(applied.run("status", "shop/staging", "-o", "json").stdout)["stages"][0]

    assert "held (paused): ana paused it: freeze until Monday" in shown
    assert "ago (paused): ana paused it: freeze until Monday" in shown
    assert "next: longshore resume shop/staging --reason TEXT" in shown
    assert found["paused"]["reason"] == "ana paused it: freeze until Monday"
    assert found["hold"]["kind"] == "adopted"


def test_hold_and_unhold_are_pause_and_resume(applied: World, keep: Callable[..., None]) -> None:
    keep(StageRecord(STAGE, config=1, version=1))
    held = applied.run("hold", "shop/staging", "--for", "90m", "--reason", "the load test runs")
    keep(StageRecord(STAGE, config=1, paused=PAUSED, version=1))
    freed = applied.run("unhold", "shop/staging", "--reason", "it is over")

    pause, resume = applied.control.heard
    assert (held.exit_code, freed.exit_code) == (0, 0), held.output + freed.output
    assert (pause.body["kind"], resume.body["kind"]) == ("pause", "resume")
    until = datetime.fromisoformat(pause.body["until"])
    assert f"it ends by itself at {until:%Y-%m-%d %H:%M}Z" in held.stdout
    assert "until" not in resume.body
