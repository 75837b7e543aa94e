"""`longshore veto`, `unveto` and `abort`: what never comes, and what is ended."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from longshore.aws import items
from longshore.domain.deployments import Phase, Trigger, TriggerKind
from longshore.domain.holds import Hold, HoldKind, Veto, Would
from longshore.domain.outcomes import EventOutcome, Outcome
from tests.unit.cli.conftest import World
from tests.unit.cli.records import AN_HOUR_AGO, BAD, GOOD, STAGE, deployment, release, stage

WHY = ("--reason", "it loses orders")
NEXT = release("1.6.0", 4)
VETO = Veto(BAD.content, BAD, "it crashed", AN_HOUR_AGO)


def image_of(digest: str, tag: str | None) -> dict[str, object]:
    return {"alias": "app", "digest": digest, "tag": tag}


def test_a_tag_is_vetoed_by_its_digest(applied: World, keep: Callable[..., None]) -> None:
    keep(stage())
    digest = applied.push("shop", "v2", content="two")

    result = applied.run("veto", STAGE, "v2", "--for", "3d", *WHY)

    (heard,) = applied.control.heard
    assert result.exit_code == 0, result.output
    assert (heard.body["kind"], heard.body["images"]) == ("veto", [image_of(digest, "v2")])
    assert datetime.fromisoformat(heard.body["until"]) > datetime.now(UTC) + timedelta(days=2)
    assert f"v2 ({digest[7:19]}) is kept from shop/staging until" in result.stdout
    assert "longshore unveto shop/staging" in result.stdout


def test_a_digest_is_vetoed_whether_or_not_the_registry_has_it(
    applied: World, keep: Callable[..., None]
) -> None:
    keep(stage())
    digest = "sha256:" + "ab" * 32

    result = applied.run("veto", STAGE, digest, *WHY, "-o", "json")

    assert json.loads(result.stdout)["release"]["app"]["digest"] == digest
    assert applied.control.heard[0].body["images"] == [image_of(digest, None)]
    assert applied.control.heard[0].body["until"] is None


@pytest.mark.parametrize("where", ["earlier", "hold", "would"])
def test_a_release_that_the_stage_knows_is_named_by_its_id(
    applied: World, keep: Callable[..., None], where: str
) -> None:
    known = {
        "earlier": (NEXT,),
        "hold": Hold(HoldKind.MOVED_BACK, "why", AN_HOUR_AGO, NEXT.content, NEXT),
        "would": Would(NEXT, "why", AN_HOUR_AGO),
    }
    keep(stage(**{where: known[where]}))

    result = applied.run("veto", STAGE, NEXT.id, *WHY)

    assert result.exit_code == 0, result.output
    assert applied.control.heard[0].body["images"] == [image_of(NEXT.images[0].digest, "1.6.0")]


def test_what_is_live_under_way_or_vetoed_says_what_to_do_instead(
    applied: World, keep: Callable[..., None]
) -> None:
    keep(stage(vetoes=(VETO,)))
    live = applied.run("veto", STAGE, GOOD.id, *WHY)
    already = applied.run("veto", STAGE, BAD.images[0].digest, *WHY)
    keep(stage(current=1, latest=1), deployment(Phase.PROGRESSING))
    under_way = applied.run("veto", STAGE, BAD.id, *WHY)

    assert (live.exit_code, already.exit_code, under_way.exit_code) == (3, 7, 3)
    assert "longshore rollback" in live.stderr
    assert "it crashed" in already.stderr
    assert "longshore abort" in under_way.stderr
    assert applied.control.heard == []


@pytest.mark.parametrize("name", [BAD.id, "1.5.0", BAD.images[0].digest])
def test_a_veto_is_lifted_by_id_tag_or_digest(
    applied: World, keep: Callable[..., None], name: str
) -> None:
    keep(stage(vetoes=(VETO,)))

    result = applied.run("unveto", STAGE, name, "--reason", "the database was it")

    assert result.exit_code == 0, result.output
    assert applied.control.heard[0].body["images"] == [image_of(BAD.images[0].digest, "1.5.0")]
    assert f"{BAD} may come to shop/staging again" in result.stdout


def test_what_is_not_vetoed_or_not_told_apart_is_listed(
    applied: World, keep: Callable[..., None]
) -> None:
    twin = release("1.5.0", 5)
    keep(stage(vetoes=(VETO, Veto(twin.content, twin, "too", AN_HOUR_AGO))))

    absent = applied.run("unveto", STAGE, "9.9.9", "--reason", "why not")
    both = applied.run("unveto", STAGE, "1.5.0", "--reason", "why not")

    assert (absent.exit_code, both.exit_code) == (7, 3)
    assert f"{BAD.id}  {BAD}" in absent.stderr
    assert "1.5.0 names 2 vetoed releases of shop/staging" in both.stderr


def test_status_says_until_when_a_release_is_vetoed(
    applied: World, keep: Callable[..., None]
) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    given = Veto(NEXT.content, NEXT, "ana vetoed it: slow", AN_HOUR_AGO, "arn:of:ana", until)
    keep(stage(vetoes=(given,)))

    shown = applied.run("status", STAGE).stdout
    (told,) = json.loads(applied.run("status", "-o", "json").stdout)["stages"][0]["vetoes"]

    assert f"  vetoed   {NEXT}, 1 h ago: ana vetoed it: slow until {until:%Y-%m-%d %H:%M}Z" in shown
    assert (told["id"], told["until"]) == (NEXT.id, until.isoformat())


def test_the_deployment_that_is_seen_is_aborted(applied: World, keep: Callable[..., None]) -> None:
    keep(stage(current=7, latest=7), deployment(Phase.PROGRESSING, 7))

    result = applied.run("abort", STAGE, "--reason", "prices are wrong")

    assert result.exit_code == 0, result.output
    assert applied.control.heard[0].body["number"] == 7
    assert f"shop/staging#7 is ended: {BAD} is vetoed" in result.stdout
    assert str(GOOD) in result.stdout


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"phase": Phase.ROLLING_BACK}, 3, "is being rolled back"),
        ({"trigger": Trigger(TriggerKind.ROLLBACK)}, 3, "is a rollback"),
        (None, 7, "nothing is under way in shop/staging"),
    ],
)
def test_what_cannot_be_aborted_says_why(
    applied: World,
    keep: Callable[..., None],
    changes: dict[str, object] | None,
    code: int,
    says: str,
) -> None:
    keep(stage())
    if changes is not None:
        phase = changes.pop("phase", Phase.PROGRESSING)
        assert isinstance(phase, Phase)
        keep(stage(current=7, latest=7), deployment(phase, 7, **changes))

    result = applied.run("abort", STAGE, "--reason", "prices are wrong")

    assert result.exit_code == code
    assert says in result.stderr
    assert applied.control.heard == []


def test_an_abort_is_followed_to_the_end_of_what_it_ends(
    applied: World, keep: Callable[..., None]
) -> None:
    """The stage hears it, and has ended the deployment, before the command looks again."""
    keep(stage(current=7, latest=7), deployment(Phase.PROGRESSING, 7))
    post = applied.control.answer

    def hear(heard: object) -> object:
        answer = post(heard)  # type: ignore[arg-type]  # as it came
        (wish,) = [body["id"] for body in [applied.control.heard[-1].body]]
        end = EventOutcome(wish, stage().id, Outcome.APPLIED, "aborted", AN_HOUR_AGO, 7)
        applied.table.client.put_item(TableName=applied.table.name, Item=items.outcome_item(end))
        intents = applied.table.client.scan(TableName=applied.table.name)["Items"]
        for item in intents:
            if item["sk"]["S"].startswith("wish#"):
                key = {name: item[name] for name in ("pk", "sk")}
                applied.table.client.delete_item(TableName=applied.table.name, Key=key)
        keep(stage(latest=7), deployment(Phase.ROLLED_BACK, 7))
        return answer

    applied.control.answer = hear  # type: ignore[assignment]  # it answers as before

    result = applied.run("abort", STAGE, "--reason", "prices are wrong", "--watch")

    assert result.exit_code == 4, result.output
    assert "shop/staging#7 RolledBack" in result.stdout
