"""`longshore rollback`: from what to what, and that it stays there."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from longshore.domain.holds import Veto
from longshore.domain.places import RepositoryRef, StageId
from longshore.domain.releases import Release, ReleasedImage
from longshore.domain.stages import StageRecord
from tests.unit.cli.conftest import HOME, World

STAGE = StageId("shop", "staging")
WHY = ("--reason", "prices are wrong")


def make_release(number: int, tag: str = "main") -> Release:
    digest = f"sha256:{number:x}" + "0" * 63
    return Release.of([ReleasedImage("app", RepositoryRef(HOME, "shop"), digest, tag)])


OLDEST, OLDER, NOW = make_release(1, "v1"), make_release(2), make_release(3)


@pytest.fixture
def verified(applied: World, keep: Callable[..., None]) -> World:
    """A stage that was verified on three releases, one after the other."""
    earlier = (OLDER, OLDEST)
    keep(StageRecord(STAGE, config=1, live=NOW, stable=NOW, earlier=earlier, version=1))
    return applied


def test_the_stage_goes_back_by_one_and_what_follows_is_told(verified: World) -> None:
    result = verified.run("rollback", "shop/staging", *WHY)

    (heard,) = verified.control.heard
    assert result.exit_code == 0, result.output
    assert heard.body["kind"] == "rollback"
    assert (heard.body["leaving"], heard.body["to"]) == (NOW.id, OLDER.id)
    assert heard.body["reason"] == "prices are wrong"
    assert f"shop/staging goes back from {NOW} to {OLDER}" in result.stdout
    assert "what it leaves is vetoed" in result.stdout
    assert "longshore resume shop/staging --reason TEXT" in result.stdout
    assert "next: longshore status shop/staging" in result.stdout


@pytest.mark.parametrize("name", ["v1", OLDEST.id, OLDEST.images[0].digest, "100000"])
def test_a_release_is_named_by_id_tag_or_digest(verified: World, name: str) -> None:
    result = verified.run("rollback", "shop/staging", "--to", name, *WHY, "-o", "json")

    shown = json.loads(result.stdout)
    assert verified.control.heard[0].body["to"] == OLDEST.id
    assert shown["to"]["app"]["digest"] == OLDEST.images[0].digest
    assert shown["from"]["app"]["digest"] == NOW.images[0].digest
    assert shown["intent"] == verified.control.heard[0].body["id"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--to", "v9", *WHY], 3, "shop/staging has no verified release v9"),
        (["--to", "1000", *WHY], 3, "shop/staging has no verified release 1000"),
        (["--to", "main", *WHY], 3, "main names 2 verified releases of shop/staging"),
        (["--to", NOW.id, *WHY], 7, "the stage is on main (300000000000) already"),
        (["--reason", " "], 2, "the reason is empty"),
        ([], 2, "--reason"),
    ],
)
def test_what_cannot_be_gone_back_to_is_not_asked_for(
    verified: World, arguments: list[str], code: int, said: str
) -> None:
    result = verified.run("rollback", "shop/staging", *arguments)

    assert result.exit_code == code
    assert said in result.stderr
    assert verified.control.heard == []


def test_where_a_name_is_not_clear_the_ids_are_listed(verified: World) -> None:
    result = verified.run("rollback", "shop/staging", "--to", "main", *WHY)

    assert f"{NOW.id}  {NOW}" in result.stderr
    assert f"{OLDER.id}  {OLDER}" in result.stderr
    assert OLDEST.id not in result.stderr


def test_a_stage_with_no_way_back_says_so(applied: World, keep: Callable[..., None]) -> None:
    veto = Veto(OLDER.content, OLDER, "it was bad", datetime.now(UTC))
    keep(
        StageRecord(
            STAGE, config=1, live=NOW, stable=NOW, earlier=(OLDER,), vetoes=(veto,), version=1
        )
    )

    result = applied.run("rollback", "shop/staging", *WHY)

    assert result.exit_code == 3
    assert "shop/staging has no other verified release to go back to" in result.stderr
    assert "next: longshore deploy shop/staging TAG" in result.stderr
    assert applied.control.heard == []


def test_what_was_asked_a_moment_ago_is_not_judged_before_it_was_heard(verified: World) -> None:
    assert verified.run("rollback", "shop/staging", *WHY).exit_code == 0
    assert verified.run("rollback", "shop/staging", "--to", NOW.id, *WHY).exit_code == 0


def test_status_shows_what_can_be_gone_back_to(verified: World) -> None:
    shown = verified.run("status", "shop/staging").stdout
    found = json.loads(verified.run("status", "shop/staging", "-o", "json").stdout)["stages"][0]

    assert f"  earlier  {OLDER}; {OLDEST}" in shown
    assert [each["id"] for each in found["verified"]] == [NOW.id, OLDER.id, OLDEST.id]
    assert found["verified"][2]["release"]["app"]["tag"] == "v1"
