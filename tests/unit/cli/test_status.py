"""`longshore status` and `history` over a ledger in every state a person can meet."""

import json
from collections.abc import Callable
from dataclasses import replace

from longshore.aws import items, keys
from longshore.domain.deployments import (
    Leg,
    LegState,
    Phase,
    Trigger,
    TriggerKind,
)
from longshore.domain.holds import Hold, HoldKind, Veto
from longshore.domain.stages import Stable, TargetRecord
from tests.unit.cli.conftest import ACTOR, REGISTRY, World
from tests.unit.cli.records import (
    AN_HOUR_AGO,
    BAD,
    CRASH,
    REVISION,
    SERVICE,
    STAGE,
    deployment,
    stage,
)


def status_json(world: World) -> dict[str, object]:
    result = world.run("status", "shop/staging", "--output", "json")
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)["stages"]
    return dict(found)


def test_nothing_configured_says_how_to_begin(world: World) -> None:
    result = world.run("status")

    assert result.exit_code == 0
    assert "longshore init --service CLUSTER/SERVICE" in result.stdout
    assert json.loads(world.run("status", "-o", "json").stdout)["stages"] == []


def test_a_stage_that_was_never_looked_at_is_being_adopted(applied: World) -> None:
    result = applied.run("status")

    assert result.exit_code == 0
    assert "shop/staging  Adopting" in result.stdout
    assert "configuration 1 is being adopted" in result.stdout


def test_an_adopted_stage_says_what_it_runs(applied: World, keep: Callable[..., None]) -> None:
    keep(stage())

    result = applied.run("status")

    assert "shop/staging  Adopted  1.4.1 (000000000000)" in result.stdout
    assert "next" not in result.stdout
    assert status_json(applied)["next"] == []


def test_a_hold_says_in_words_what_keeps_the_stage(
    applied: World, keep: Callable[..., None]
) -> None:
    hold = Hold(HoldKind.MOVED_BACK, "main was moved back", AN_HOUR_AGO, BAD.content, BAD)
    keep(stage(hold=hold))

    overview, detail = applied.run("status"), applied.run("status", "shop/staging")

    assert "held (moved back): main was moved back" in overview.stdout
    assert "held     1 h ago (moved back): main was moved back" in detail.stdout
    assert "longshore retry shop/staging --reason TEXT" in detail.stdout
    assert status_json(applied)["hold"] == {
        "kind": "moved back",
        "reason": "main was moved back",
        "since": AN_HOUR_AGO.isoformat(),
        "until": None,
        "release": {
            "app": {
                "repository": f"{REGISTRY}/shop",
                "tag": "1.5.0",
                "digest": BAD.images[0].digest,
            }
        },
    }


def test_no_push_is_promised_to_lift_a_hold_of_everything(
    applied: World, keep: Callable[..., None]
) -> None:
    keep(stage(hold=Hold(HoldKind.REPLACED, "somebody moved it", AN_HOUR_AGO)))

    shown = applied.run("status", "shop/staging").stdout

    assert "longshore retry shop/staging" in shown
    assert "ships by itself" not in shown


def test_a_service_that_was_dropped_from_the_stage_is_not_shown(
    applied: World, keep: Callable[..., None]
) -> None:
    former = replace(SERVICE, name="former")
    keep(stage(), TargetRecord(STAGE, former, stable=Stable(REVISION), version=1))

    assert "former" not in applied.run("status", "shop/staging").stdout
    assert status_json(applied)["targets"] == []


def test_a_failed_release_is_shown_with_its_cause_and_its_veto(
    applied: World, keep: Callable[..., None]
) -> None:
    veto = Veto(BAD.content, BAD, "it crashed", AN_HOUR_AGO)
    back = Leg(LegState.COMPLETED, revision=REVISION, reason="returned to web:7")
    keep(
        stage(latest=1, vetoes=(veto,)),
        deployment(Phase.ROLLED_BACK, failure=CRASH),
        TargetRecord(
            STAGE,
            SERVICE,
            stable=Stable(REVISION),
            deployment=1,
            forward=Leg(LegState.FAILED),
            backward=back,
            version=1,
        ),
    )

    detail = applied.run("status", "shop/staging").stdout

    assert "shop/staging: RolledBack" in detail
    assert "why      vetoed: it crashed" in detail
    assert "tried    1.5.0 (000000000000) as shop/staging#1, 1 h ago" in detail
    assert "by       a push; took 3 min" in detail
    assert "exited with code 1" in detail
    assert "staging/web  back, completed  web:7     web:7      returned to web:7" in detail
    assert "a newer push ships by itself" in detail
    shown = status_json(applied)
    assert shown["phase"] == "RolledBack"
    assert isinstance(shown["deployment"], dict)
    assert shown["deployment"]["failure"]["exit_code"] == 1
    assert shown["targets"] == [
        {
            "service": "staging/web",
            "way": "back",
            "state": "completed",
            "reason": "returned to web:7",
            "revision": REVISION,
            "ecs_deployment_id": None,
            "stable_revision": REVISION,
            "failure": None,
        }
    ]


def test_a_deployment_under_way_goes_before_everything_else(
    applied: World, keep: Callable[..., None]
) -> None:
    trigger = Trigger(TriggerKind.RETRY, ACTOR)
    keep(
        stage(current=2, latest=2, trouble="the registry is away"),
        deployment(Phase.PROGRESSING, 2, trigger=trigger),
    )

    result = applied.run("status", "shop")

    assert "shop/staging  Progressing" in result.stdout
    assert "because it is Progressing" in result.stdout
    assert "retry by ana (role Developer)" in result.stdout
    assert "longshore status shop/staging shows how it goes on" in result.stdout


def test_trouble_is_said(applied: World, keep: Callable[..., None]) -> None:
    keep(stage(trouble="ecr:DescribeImages is not allowed"))

    assert status_json(applied)["reason"] == "ecr:DescribeImages is not allowed"


def test_a_success_needs_nothing(applied: World, keep: Callable[..., None]) -> None:
    keep(stage(latest=1, live=BAD, stable=BAD), deployment(Phase.SUCCEEDED))

    result = applied.run("status", "shop/staging")

    assert "why      because it is Succeeded" in result.stdout
    assert "next" not in result.stdout


def test_hostile_text_reaches_no_terminal(applied: World, keep: Callable[..., None]) -> None:
    hostile = "\x1b]0;owned\x07 [red]x[/red] \u202e gnp \r\nSTAGE all fine"
    keep(stage(hold=Hold(HoldKind.FAILED, hostile, AN_HOUR_AGO)))

    for arguments in (["status"], ["status", "shop/staging"]):
        shown = applied.run(*arguments).stdout
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "\\x1b]0;owned\\x07 [red]x[/red] \\u202e gnp \\r\\nSTAGE all fine" in shown


def test_unknown_names_are_answered_with_close_ones(applied: World) -> None:
    wrong_stage = applied.run("status", "shop/stagin")
    wrong_application = applied.run("status", "shp")
    no_stage = applied.run("history", "shop")

    assert (wrong_stage.exit_code, wrong_application.exit_code, no_stage.exit_code) == (3, 3, 2)
    assert "did you mean shop/staging?" in wrong_stage.stderr
    assert "there is no application shp" in wrong_application.stderr
    assert "write application/stage" in no_stage.stderr


def test_history_is_newest_first_and_limited(applied: World, keep: Callable[..., None]) -> None:
    keep(
        stage(latest=3),
        deployment(Phase.SUPERSEDED, 1),
        deployment(Phase.ROLLED_BACK, 2, failure=CRASH),
        deployment(Phase.SUCCEEDED, 3, trigger=Trigger(TriggerKind.APPLY, ACTOR)),
    )

    text = applied.run("history", "shop/staging", "--limit", "2").stdout
    found = json.loads(applied.run("history", "shop/staging", "-o", "json").stdout)

    rows = text.splitlines()
    assert [row.split()[:2] for row in rows[1:]] == [["#3", "Succeeded"], ["#2", "RolledBack"]]
    assert "apply --deploy by ana (role Developer)" in rows[1]
    assert "3 min" in rows[1]
    assert CRASH.summary in rows[2]
    assert [each["number"] for each in found["deployments"]] == [3, 2, 1]


def test_history_of_a_stage_without_deployments(applied: World) -> None:
    result = applied.run("history", "shop/staging")

    assert result.exit_code == 0
    assert "has no deployments yet" in result.stdout


def test_an_item_of_a_newer_version_is_left_alone(
    applied: World, keep: Callable[..., None]
) -> None:
    keep(stage())
    applied.table.client.update_item(
        TableName=applied.table.name,
        Key=items.key_of(keys.stage(STAGE)),
        UpdateExpression="SET #schema = :newer",
        ExpressionAttributeNames={"#schema": "schema"},
        ExpressionAttributeValues={":newer": {"N": "99"}},
    )

    result = applied.run("status")

    assert result.exit_code == 3
    assert "its schema is 99" in result.stderr


def test_a_configuration_that_is_lost_is_said_and_applied_again(applied: World) -> None:
    key = items.key_of(keys.configuration("shop", 1))
    applied.table.client.delete_item(TableName=applied.table.name, Key=key)

    lost = applied.run("status")
    again = applied.run("apply", "--yes")

    assert lost.exit_code == 3
    assert "configuration 1 of shop is in force but not in the ledger" in lost.stderr
    assert again.exit_code == 0, again.output
    assert applied.control.heard[-1].body["base"] == 1
    assert applied.run("status").exit_code == 0
