"""What control reads of pins, vetoes, aborts and freezes by scope, and how it refuses them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from longshore.domain.intents import Intent, IntentKind, WantedImage
from longshore.domain.stop_switch import Freeze
from tests.support.builders import STAGE, make_digest
from tests.support.fakes import NOON
from tests.support.runtime import url_event
from tests.unit.runtime.test_control_api import RETRY, World

SOON = (NOON + timedelta(hours=2)).isoformat()
RELEASE = "0123456789ab"
IMAGE = {"alias": "app", "digest": make_digest(1), "tag": "1.4"}


@pytest.fixture
def world() -> World:
    made = World()
    made.apply()
    made.wakeups.take()
    return made


def heard(world: World) -> Intent:
    (intent,) = world.intents.intents.values()
    return intent


def freeze(world: World, **body: object) -> tuple[int, Any]:
    asked = {"frozen": True, "reason": "audit", "seen": 0, **body}
    return world.answer(url_event("/v1/freeze", asked, actor="arn:of:ada"))


def test_a_pin_is_taken_with_what_the_person_saw(world: World) -> None:
    body = {**RETRY, "kind": "pin", "to": RELEASE, "leaving": RELEASE, "until": SOON}

    assert world.ask(body)[0] == 202

    intent = heard(world)
    assert (intent.kind, intent.to, intent.leaving) == (IntentKind.PIN, RELEASE, RELEASE)
    assert intent.until == datetime.fromisoformat(SOON)
    assert intent.pinned is None


def test_a_rollback_says_whether_the_person_chose_where_to(world: World) -> None:
    body = {**RETRY, "kind": "rollback", "to": RELEASE, "leaving": None}
    assert world.ask(body)[0] == 202
    assert world.ask({**body, "id": "another-rollback", "named": False})[0] == 202

    assert [intent.named for intent in world.intents.intents.values()] == [True, False]


def test_an_unpin_a_veto_and_an_abort_are_taken(world: World) -> None:
    bodies: list[dict[str, object]] = [
        {"kind": "unpin", "pinned": RELEASE},
        {"kind": "veto", "images": [IMAGE]},
        {"kind": "unveto", "images": [IMAGE]},
        {"kind": "abort", "number": 7},
    ]

    for number, body in enumerate(bodies):
        assert world.ask({**RETRY, "id": f"a-wish-{number}", **body})[0] == 202

    unpin, veto, unveto, abort = world.intents.intents.values()
    assert unpin.pinned == RELEASE
    assert veto.images == unveto.images == (WantedImage("app", make_digest(1), "1.4"),)
    assert abort.number == 7


@pytest.mark.parametrize("until", ["tomorrow", 7, "2026-12-24T18:00:00"])
def test_an_end_that_is_no_moment_is_refused(world: World, until: object) -> None:
    status, body = world.ask({**RETRY, "kind": "pause", "until": until})

    assert status == 400
    assert body["error"].startswith("until")
    assert freeze(world, until=until)[0] == 400


def test_an_end_that_is_over_is_refused(world: World) -> None:
    status, body = world.ask({**RETRY, "kind": "pause", "until": NOON.isoformat()})

    assert status == 422
    assert "--for or --until" in body["next"]


def test_an_application_is_frozen_and_its_stages_decline_what_begins(world: World) -> None:
    status, body = freeze(world, scope=STAGE.application, until=SOON)

    assert status == 200
    assert (body["frozen"], body["scope"], body["changed"]) == (True, "checkout", True)
    assert (body["until"], body["woken"]) == (SOON, None)
    told = (
        "checkout is frozen until 2026-11-23 14:00Z, by arn:of:ada since 2026-11-23 12:00Z: audit"
    )
    assert body["told"] == told
    status, body = world.ask(RETRY)
    assert (status, body["error"]) == (409, told)
    assert "longshore unfreeze checkout" in body["next"]

    world.ports.clock.moment = NOON.astimezone(UTC) + timedelta(hours=2)  # type: ignore[attr-defined]  # a fake
    assert world.ask(RETRY)[0] == 202


def test_a_freeze_of_another_stage_declines_nothing_here(world: World) -> None:
    other = Freeze(on=True, actor="arn:of:ada", since=NOON, scope="checkout/staging")
    world.switch.switch = world.switch.switch.turned(other)

    assert world.ask(RETRY)[0] == 202


def test_the_end_of_a_freeze_of_a_stage_wakes_that_stage(world: World) -> None:
    freeze(world, scope=str(STAGE))

    status, body = freeze(world, frozen=False, scope=str(STAGE), seen=1)

    assert (status, body["frozen"], body["woken"]) == (200, False, True)
    assert [wakeup.stage for wakeup in world.wakeups.take()] == [STAGE]


def test_what_does_not_exist_is_not_frozen(world: World) -> None:
    status, body = freeze(world, scope="billing")

    assert status == 404
    assert "longshore status" in body["next"]
