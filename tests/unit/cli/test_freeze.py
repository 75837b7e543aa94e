"""`longshore freeze` and `unfreeze`: what is asked of control, and how `status` tells of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.domain.errors import Throttled
from longshore.domain.holds import Hold, HoldKind
from longshore.domain.places import StageId
from longshore.domain.stages import StageRecord
from longshore.domain.stop_switch import Freeze, StopSwitch
from tests.unit.cli.conftest import ACTOR, World

STAGE = StageId("shop", "staging")
ON = StopSwitch(
    on=True, actor="arn:aws:iam::123456789012:user/ana", reason="prices", since=datetime.now(UTC)
)
TOLD = f"everything is frozen, by ana since {ON.since:%Y-%m-%d %H:%M}Z: prices"
UNFREEZE = "longshore unfreeze --everything --reason TEXT"


def switch(world: World) -> DynamoStopSwitch:
    return DynamoStopSwitch(world.table)


def test_everything_is_frozen_and_goes_on_again(applied: World) -> None:
    result = applied.run("freeze", "--everything", "--reason", "prices are wrong")

    (heard,) = applied.control.heard
    assert result.exit_code == 0, result.output
    assert heard.path == "/v1/freeze"
    assert heard.body == {"frozen": True, "reason": "prices are wrong", "seen": 0}
    assert "nothing begins any more in any stage" in result.stdout
    assert UNFREEZE in result.stdout
    assert (switch(applied).read().actor, switch(applied).read().on) == (ACTOR, True)

    result = applied.run("unfreeze", "--everything", "--reason", "prices are right", "-o", "json")

    answer = json.loads(result.stdout)
    assert result.exit_code == 0, result.output
    assert applied.control.heard[-1].body["seen"] == 1
    assert (answer["installation"], answer["frozen"]) == ("longshore", False)
    assert (answer["actor"], answer["reason"]) == (ACTOR, "prices are right")
    assert applied.wakeups.sweeps == 1
    said = applied.run("freeze", "--everything", "--reason", "again").stdout
    assert "next: longshore status" in said
    assert "ship" in applied.run("unfreeze", "--everything", "--reason", "again").stdout


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_freeze_that_ends_without_waking_the_stages_ends_all_the_same(
    applied: World, output: str
) -> None:
    switch(applied).turn(ON)
    applied.wakeups.failure = Throttled("SQS is busy")

    result = applied.run("unfreeze", "--everything", "--reason", "prices are right", "-o", output)

    assert result.exit_code == 0, result.output
    assert switch(applied).read().on is False
    if output == "json":
        answer = json.loads(result.stdout)
        assert (answer["woken"], answer["unwoken"]) == (False, "SQS is busy")
    else:
        assert "could not be woken at once: the next sweep, within 15 minutes" in result.stdout
        assert "ships now" not in result.stdout


@pytest.mark.parametrize("command", ["freeze", "unfreeze"])
def test_what_is_meant_is_said(applied: World, command: str) -> None:
    result = applied.run(command, "--reason", "because")

    assert result.exit_code == 2
    assert f"{command} takes --everything" in result.stderr
    assert f"longshore {command} --everything --reason" in result.stderr
    assert applied.run(command, "--everything", "--reason", " ").exit_code == 2
    assert applied.run(command, "--everything").exit_code == 2
    assert applied.control.heard == []


def test_what_is_so_already_says_who_did_it_and_when(applied: World) -> None:
    result = applied.run("unfreeze", "--everything", "--reason", "because")
    assert result.exit_code == 7
    assert "nothing is frozen: nothing was ever frozen here" in result.stderr

    switch(applied).turn(ON)
    result = applied.run("freeze", "--everything", "--reason", "because")

    assert result.exit_code == 7
    assert TOLD in result.stderr
    assert f"next: {UNFREEZE}" in result.stderr
    assert applied.control.heard == []


def test_of_two_who_freeze_at_once_one_is_told_of_the_other(
    applied: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one comes between the command's own look and its request."""
    switch(applied).turn(ON)
    unaware = lambda _: StopSwitch()  # noqa: E731  a look from before
    monkeypatch.setattr("longshore_cli.ledger_view.LedgerView.switch", unaware)

    result = applied.run("freeze", "--everything", "--reason", "because")

    assert result.exit_code == 7
    assert TOLD in result.stderr
    assert len(applied.control.heard) == 1


@pytest.mark.parametrize("what", [[], ["shop"], ["shop/staging"]])
def test_a_freeze_goes_before_all_that_status_says(
    applied: World, keep: Callable[..., None], what: list[str]
) -> None:
    hold = Hold(HoldKind.PAUSED, "ana paused it", datetime.now(UTC))
    keep(StageRecord(STAGE, config=1, paused=hold, version=1))
    assert json.loads(applied.run("status", *what, "-o", "json").stdout)["freeze"] is None
    switch(applied).turn(ON)

    result = applied.run("status", *what)
    told = json.loads(applied.run("status", *what, "-o", "json").stdout)

    assert result.stdout.startswith(f"FROZEN: {TOLD}\nnext: {UNFREEZE}\n")
    assert told["freeze"]["told"] == TOLD
    assert told["stages"][0]["reason"] == TOLD
    assert told["stages"][0]["next"] == [f"{UNFREEZE} ends the freeze"]


def test_a_freeze_is_told_before_anything_is_configured(world: World) -> None:
    switch(world).turn(replace(ON, reason="before we begin"))

    assert "before we begin" in world.run("status").stdout


@pytest.mark.parametrize("arguments", [["retry", "shop/staging", "--reason", "again"]])
def test_what_would_begin_something_is_refused_in_words(
    applied: World, keep: Callable[..., None], arguments: list[str]
) -> None:
    keep(StageRecord(STAGE, config=1, version=1))
    switch(applied).turn(ON)

    result = applied.run(*arguments)

    assert result.exit_code == 3
    assert f"control refused: {TOLD}" in result.stderr
    assert "next: ask again after `longshore unfreeze --everything" in result.stderr


@pytest.mark.parametrize("scope", ["shop", "shop/staging"])
def test_an_application_or_a_stage_is_frozen_until_a_moment(applied: World, scope: str) -> None:
    result = applied.run("freeze", scope, "--for", "2h", "--reason", "audit")

    (heard,) = applied.control.heard
    assert result.exit_code == 0, result.output
    assert (heard.body["scope"], heard.body["frozen"]) == (scope, True)
    assert f"nothing begins any more in {scope}" in result.stdout
    assert "it ends by itself at" in result.stdout
    assert f"longshore unfreeze {scope} --reason TEXT" in result.stdout
    (freeze,) = switch(applied).read().freezes
    assert freeze.until == datetime.fromisoformat(heard.body["until"])

    longer = applied.run("freeze", scope, "--reason", "longer")
    again = applied.run("freeze", scope, "--reason", "longer")
    over = applied.run("unfreeze", scope, "--reason", "done")

    assert (longer.exit_code, again.exit_code, over.exit_code) == (0, 7, 0)
    assert f"next: longshore unfreeze {scope} --reason TEXT lets it go on" in again.stderr
    assert f"{scope} is not frozen any more" in over.stdout
    assert [str(wakeup.stage) for wakeup in applied.wakeups.sent[-1:]] == ["shop/staging"]
    assert applied.wakeups.sweeps == 0


@pytest.mark.parametrize("arguments", [["shop", "--everything"], ["Shop"], ["a/b/c"]])
def test_a_scope_that_is_none_or_two_is_refused(applied: World, arguments: list[str]) -> None:
    result = applied.run("freeze", *arguments, "--reason", "because")

    assert result.exit_code == 2
    assert "next:" in result.stderr
    assert applied.control.heard == []


def test_status_tells_what_is_frozen_of_what_was_asked_for(
    applied: World, keep: Callable[..., None]
) -> None:
    keep(StageRecord(STAGE, config=1, version=1))
    now = datetime.now(UTC)
    here, over, elsewhere = (
        Freeze(on=True, actor="arn:of:ana", reason=why, since=now, scope=scope, until=until)
        for why, scope, until in (
            ("audit", "shop", None),
            ("done", "shop/staging", now),
            ("count", "billing", None),
        )
    )
    switch(applied).turn(StopSwitch(scoped=(here, over, elsewhere)))

    everything, mine = applied.run("status").stdout, applied.run("status", "shop/staging").stdout
    told = json.loads(applied.run("status", "-o", "json").stdout)

    assert "FROZEN: billing is frozen" in everything
    assert "FROZEN: shop is frozen" in everything
    assert mine.count("FROZEN") == 1
    assert "FROZEN: shop is frozen, by arn:of:ana" in mine
    assert "longshore unfreeze shop --reason TEXT ends the freeze" in mine
    assert told["freeze"] is None
    assert [freeze["scope"] for freeze in told["freezes"]] == ["billing", "shop"]
    assert told["stages"][0]["freeze"]["scope"] == "shop"
    assert told["stages"][0]["reason"].startswith("shop is frozen")
