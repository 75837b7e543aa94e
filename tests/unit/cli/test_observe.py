"""Observe mode in the command: how it is applied, what the plan says, how a stage tells of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.domain.configuration import Mode
from longshore.domain.holds import Hold, HoldKind, Would
from longshore.domain.places import StageId
from longshore.domain.stages import StageRecord
from longshore.domain.stop_switch import StopSwitch
from tests.unit.cli.conftest import ONE_STAGE, World
from tests.unit.cli.records import BAD, GOOD

STAGE = StageId("shop", "staging")
NOW = datetime.now(UTC)
WOULD = Would(BAD, "1.5.0 is newer than 1.4.1", NOW)
NEXT = "set `mode: deploy` for it in longshore.yaml, then: longshore apply"


@pytest.fixture
def observed(applied: World) -> World:
    """The one stage, with the same file applied to observe."""
    assert applied.run("apply", "--observe", "--yes").exit_code == 0
    applied.control.heard.clear()
    return applied


def mode(world: World) -> Mode:
    pointer = world.configurations.pointer("shop")
    found = world.configurations.configuration("shop", pointer.number)
    assert found is not None
    return found.stages[0].mode


def status(world: World) -> dict[str, object]:
    (found,) = json.loads(world.run("status", "shop/staging", "-o", "json").stdout)["stages"]
    return dict(found)


def test_apply_can_only_observe_whatever_the_file_says(applied: World) -> None:
    result = applied.run("apply", "--observe", "--yes")

    assert result.exit_code == 0, result.output
    assert applied.control.heard[-1].body["observe"] is True
    assert "~ staging.mode: deploy -> observe" in result.stdout
    assert "--observe: every stage only observes, whatever the file says" in result.stdout
    assert "then     nothing is changed in ECS, whatever is pushed" in result.stdout
    assert mode(applied) is Mode.OBSERVE
    assert applied.run("apply", "--observe", "--yes").exit_code == 7


def test_a_file_can_say_so_itself(applied: World) -> None:
    applied.write(ONE_STAGE.replace("targets:", "mode: observe, targets:"))

    result = applied.run("apply", "--deploy", "--yes", "-o", "json")

    plan = json.loads(result.stdout)
    assert (plan["observe"], plan["stages"][0]["mode"]) == (False, "observe")
    assert plan["stages"][0]["deploys"] is False
    assert mode(applied) is Mode.OBSERVE


def test_the_way_back_to_deploying_is_a_change_that_deploys_nothing(observed: World) -> None:
    observed.push("shop", "main", content="two")

    result = observed.run("apply", "--yes")

    assert "~ staging.mode: observe -> deploy" in result.stdout
    assert "then     nothing is deployed until something newer than main (" in result.stdout
    assert "--deploy deploys it at once" in result.stdout
    assert mode(observed) is Mode.DEPLOY


def test_to_deploy_and_to_observe_at_once_is_a_contradiction(applied: World) -> None:
    result = applied.run("apply", "--observe", "--deploy", "--yes")

    assert result.exit_code == 2
    assert "--observe changes nothing" in result.stderr
    assert "next: longshore apply longshore.yaml --observe" in result.stderr
    assert applied.control.heard == []


def test_an_observing_stage_says_what_it_would_deploy(
    observed: World, keep: Callable[..., None]
) -> None:
    keep(StageRecord(STAGE, config=2, live=GOOD, observed=True, would=WOULD, version=1))

    shown, told = observed.run("status").stdout, status(observed)

    reason = f"observing: would deploy {BAD} because 1.5.0 is newer than 1.4.1"
    assert "shop/staging  Observing  1.4.1 (000000000000)" in shown
    assert reason in shown
    assert (told["phase"], told["mode"], told["reason"]) == ("Observing", "observe", reason)
    assert told["next"] == [NEXT]
    would = told["would"]
    assert isinstance(would, dict)
    assert would["release"]["app"]["tag"] == "1.5.0"
    assert (would["why"], would["since"]) == (WOULD.reason, NOW.isoformat())


def test_what_somebody_else_deployed_just_so_is_nothing_more_to_do(
    observed: World, keep: Callable[..., None]
) -> None:
    keep(StageRecord(STAGE, config=2, live=BAD, observed=True, would=WOULD, version=1))

    told = status(observed)

    assert (told["would"], told["reason"]) == (None, "observing: nothing would be deployed")


def test_what_keeps_the_choice_goes_before(observed: World, keep: Callable[..., None]) -> None:
    hold = Hold(HoldKind.MOVED_BACK, "main was moved back", NOW, BAD.content, BAD)
    keep(StageRecord(STAGE, config=2, live=GOOD, observed=True, hold=hold, version=1))
    assert status(observed)["reason"] == hold.told
    assert status(observed)["next"] == [NEXT]

    frozen = StopSwitch(on=True, actor="arn:of:ada", reason="prices are wrong", since=NOW)
    DynamoStopSwitch(observed.table).turn(frozen)
    assert status(observed)["reason"] == frozen.told


@pytest.mark.parametrize(
    "arguments",
    [
        ["retry", "shop/staging", "--reason", "again"],
        ["deploy", "shop/staging", "main"],
        ["rollback", "shop/staging", "--reason", "wrong"],
    ],
)
def test_what_a_person_asks_for_is_refused_with_what_to_do(
    observed: World, keep: Callable[..., None], arguments: list[str]
) -> None:
    keep(StageRecord(STAGE, config=2, live=BAD, stable=BAD, earlier=(GOOD,), version=1))

    result = observed.run(*arguments)

    assert result.exit_code == 3
    assert "control refused: shop/staging is only observed" in result.stderr
    assert "next: set `mode: deploy` for it in longshore.yaml" in result.stderr
