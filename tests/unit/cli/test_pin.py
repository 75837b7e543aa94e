"""`longshore pin` and `unpin`: what the stage stays on, and that the person saw it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.domain.deployments import Phase
from longshore.domain.holds import Pin
from longshore.domain.stop_switch import StopSwitch
from tests.unit.cli.conftest import World
from tests.unit.cli.records import AN_HOUR_AGO, GOOD, STAGE, deployment, release, stage

WHY = ("--reason", "the load test runs")
OLDER = release("1.4.0", 3)
PIN = Pin(GOOD, "arn:aws:iam::123456789012:user/ana", "audit", AN_HOUR_AGO)


@pytest.fixture
def verified(applied: World, keep: Callable[..., None]) -> World:
    """A stage on one release, which was verified on another before."""
    keep(stage(earlier=(OLDER,)))
    return applied


def test_what_is_live_is_pinned_until_a_person_ends_it(verified: World) -> None:
    result = verified.run("pin", STAGE, *WHY)

    (heard,) = verified.control.heard
    assert result.exit_code == 0, result.output
    assert (heard.body["kind"], heard.body["to"]) == ("pin", GOOD.id)
    assert (heard.body["leaving"], heard.body["pinned"], heard.body["until"]) == (
        GOOD.id,
        None,
        None,
    )
    assert f"shop/staging stays on {GOOD}" in result.stdout
    assert "longshore unpin shop/staging --reason TEXT" in result.stdout


@pytest.mark.parametrize("end", [("--for", "2h"), ("--until", "2099")])
def test_it_ends_by_itself_where_that_is_said(verified: World, end: tuple[str, str]) -> None:
    until = (datetime.now(UTC) + timedelta(hours=2)).replace(microsecond=0)
    end = (end[0], until.isoformat()) if end[0] == "--until" else end

    result = verified.run("pin", STAGE, *end, *WHY, "-o", "json")

    told = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert told["until"] == verified.control.heard[0].body["until"]
    assert abs(datetime.fromisoformat(told["until"]) - until) < timedelta(seconds=30)
    assert told["release"]["app"]["tag"] == "1.4.1"


def test_another_release_is_named_by_its_id(verified: World) -> None:
    result = verified.run("pin", STAGE, OLDER.id, *WHY)

    assert verified.control.heard[0].body["to"] == OLDER.id
    assert f"is being brought to, and stays on, {OLDER}" in result.stdout


def test_another_release_is_named_by_its_images(verified: World) -> None:
    digest = verified.push("shop", "v2", content="two")

    result = verified.run("pin", STAGE, "v2", *WHY)

    assert result.exit_code == 0, result.output
    body = verified.control.heard[0].body
    assert body["images"] == [{"alias": "app", "digest": digest, "tag": "v2"}]
    assert "to" not in body


def test_images_that_are_there_already_are_pinned_as_they_are(
    verified: World, keep: Callable[..., None]
) -> None:
    digest = verified.push("shop", "v2", content="two")
    there = replace(GOOD, images=(replace(GOOD.images[0], digest=digest),))
    keep(stage(live=there, stable=there))

    verified.run("pin", STAGE, "v2", *WHY)

    assert verified.control.heard[0].body["to"] == there.id


def test_what_is_so_already_or_cannot_be_says_why(
    applied: World, keep: Callable[..., None]
) -> None:
    keep(stage(pin=PIN))
    already = applied.run("pin", STAGE, *WHY)
    other_end = applied.run("pin", STAGE, "--for", "2h", *WHY)
    keep(stage(current=1, latest=1), deployment(Phase.ROLLING_BACK))
    busy = applied.run("pin", STAGE, *WHY)
    keep(stage(live=None, earlier=(OLDER,)))
    nowhere = applied.run("pin", STAGE, *WHY)

    assert already.exit_code == 7
    assert "the stage is pinned to 1.4.1" in already.stderr
    assert other_end.exit_code == 0
    assert applied.control.heard[0].body["pinned"] == GOOD.id
    assert busy.exit_code == 3
    assert "is being rolled back" in busy.stderr
    assert nowhere.exit_code == 3
    assert f"{OLDER.id}  {OLDER}" in nowhere.stderr
    assert len(applied.control.heard) == 1


def test_another_release_is_not_pinned_under_a_freeze(verified: World) -> None:
    now = datetime.now(UTC)
    frozen = StopSwitch(on=True, actor="arn:of:ana", reason="prices", since=now)
    DynamoStopSwitch(verified.table).turn(frozen)

    result = verified.run("pin", STAGE, OLDER.id, *WHY)

    assert result.exit_code == 3
    assert "everything is frozen" in result.stderr
    assert verified.run("pin", STAGE, *WHY).exit_code == 0


def test_a_pin_is_ended_as_it_was_seen(applied: World, keep: Callable[..., None]) -> None:
    keep(stage(pin=PIN))

    result = applied.run("unpin", STAGE, "--reason", "it is over")

    assert result.exit_code == 0, result.output
    assert applied.control.heard[0].body["pinned"] == GOOD.id
    assert f"need not stay on {GOOD} any more" in result.stdout
    keep(stage())
    assert applied.run("unpin", STAGE, "--reason", "again").exit_code == 7


@pytest.mark.parametrize("command", ["pin", "unpin"])
def test_a_reason_is_given(applied: World, command: str) -> None:
    assert applied.run(command, STAGE, "--reason", " ").exit_code == 2


@pytest.mark.parametrize(
    "end",
    [
        ("--for", "soon"),
        ("--for", "0s"),
        ("--until", "soon"),
        ("--until", "2020-01-01T00:00"),
        ("--for", "2h", "--until", "2099-01-01"),
    ],
)
def test_an_end_that_is_none_is_refused_with_examples(
    verified: World, end: tuple[str, ...]
) -> None:
    result = verified.run("pin", STAGE, *end, *WHY)

    assert result.exit_code == 2
    assert "write --for like 90m" in result.stderr
    assert verified.control.heard == []


def test_status_tells_of_a_pin_before_all_that_keeps_the_stage(
    applied: World, keep: Callable[..., None]
) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    keep(stage(pin=replace(PIN, until=until)))

    shown = applied.run("status", STAGE).stdout
    told = json.loads(applied.run("status", "-o", "json").stdout)["stages"][0]

    words = f"pinned to 1.4.1 ({GOOD.images[0].digest[7:19]}) by ana until {until:%Y-%m-%d %H:%M}Z"
    assert f"  why      {words}: audit" in shown
    assert f"  pinned   1 h ago: {words}: audit" in shown
    assert "next: longshore unpin shop/staging --reason TEXT lets it move on" in shown
    assert told["pin"]["until"] == until.isoformat()
    assert told["pin"]["release"]["app"]["tag"] == "1.4.1"
    assert told["reason"].startswith("pinned to")


def test_a_rollback_says_that_it_ends_the_pin(applied: World, keep: Callable[..., None]) -> None:
    keep(stage(pin=PIN, earlier=(OLDER,)))

    result = applied.run("rollback", STAGE, "--reason", "prices are wrong")

    assert "that ends its pin: pinned to 1.4.1" in result.stdout
    assert applied.control.heard[0].body["named"] is False


def test_a_deployment_of_another_release_is_refused_at_once(
    applied: World, keep: Callable[..., None]
) -> None:
    applied.push("shop", "v2", content="two")
    keep(stage(pin=PIN))

    result = applied.run("deploy", STAGE, "v2")

    assert result.exit_code == 3
    assert "`longshore pin` it in its place, or `longshore unpin` first" in result.stderr
