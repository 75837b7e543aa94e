"""A push on its way through all five functions: the real handlers, the real adapters."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from longshore_local.ecs.images import Exits
from tests.support.builders import make_digest
from tests.support.lambdas import Installation

DOCUMENT = {
    "apiVersion": "longshore/v1",
    "application": "checkout",
    "images": {"app": {"repository": "checkout", "select": {"semver": "^1.4"}}},
    "stages": {"production": {"targets": [{"service": "prod/web"}]}},
}
APPLY = {"document": DOCUMENT, "deploy": False, "base": 0}


@pytest.fixture
def shop(installation: Installation) -> Installation:
    """A service that runs 1.4.0, taken over by Longshore."""
    installation.harbour.open_service("prod", "web", installation.push("1.4.0", 1))
    installation.harbour.pass_time(minutes=1)
    status, body = installation.post("/v1/configurations", APPLY)
    assert (status, body["number"]) == (200, 1)
    installation.run()
    return installation


def heard(installation: Installation) -> list[str]:
    """Return the types of the events that the bus delivered since the last time."""
    return [event["detail-type"] for event in installation.received(installation.heard)]


def let_time_pass(installation: Installation, *, minutes: int) -> None:
    """Let ECS work, and bring what it tells of it; then the sweep comes."""
    for event in told_by_rules(installation.harbour.pass_time(minutes=minutes)):
        installation.send(event)
    installation.run()
    installation.send({"clock": "sweep"})
    installation.run()


def told_by_rules(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events that the rules of template.yaml let through."""
    return [
        event
        for event in events
        if event["detail"].get("eventName")
        in {"SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_FAILED"}
        or event["detail"].get("lastStatus") == "STOPPED"
    ]


def test_what_runs_is_adopted_and_told(shop: Installation) -> None:
    assert heard(shop) == ["StageAdopted"]
    (mail,) = shop.received(shop.mail)
    assert mail["Subject"] == "adopted checkout/production"
    assert mail["MessageAttributes"]["event"]["Value"] == "StageAdopted"


def test_a_push_ships_and_everybody_hears_of_it(shop: Installation) -> None:
    heard(shop)
    shop.received(shop.mail)
    image = shop.push("1.5.0", 2)

    shop.run()
    assert shop.harbour.image_of("prod", "web") == image
    assert heard(shop) == ["DeploymentStarted"]

    let_time_pass(shop, minutes=10)
    assert heard(shop) == ["DeploymentSucceeded"]
    assert [mail["Subject"] for mail in shop.received(shop.mail)] == [
        "deploying checkout/production: 1.4.0 -> 1.5.0",
        "deployed checkout/production: 1.4.0 -> 1.5.0",
    ]


def test_a_release_that_crashes_is_taken_back_and_its_cause_is_told(shop: Installation) -> None:
    heard(shop)
    shop.received(shop.mail)
    shop.harbour.conduct[make_digest(3)] = Exits(3, timedelta(seconds=1))
    shop.push("1.6.0", 3)
    shop.run()

    for _ in range(4):
        let_time_pass(shop, minutes=5)

    assert shop.harbour.image_of("prod", "web").endswith(make_digest(1))
    assert heard(shop) == ["DeploymentStarted", "DeploymentFailed", "DeploymentRolledBack"]
    last = shop.received(shop.mail)[-1]
    assert last["Subject"] == "ROLLED BACK checkout/production: 1.4.0 -> 1.6.0"
    assert last["MessageAttributes"]["severity"]["Value"] == "error"
    assert "exited with code 3" in last["Message"]
    assert 'longshore retry checkout/production --reason "..."' in last["Message"]


def test_a_person_can_ask_for_another_try(shop: Installation) -> None:
    shop.harbour.conduct[make_digest(3)] = Exits(3, timedelta(seconds=1))
    shop.push("1.6.0", 3)
    shop.run()
    for _ in range(4):
        let_time_pass(shop, minutes=5)
    heard(shop)
    del shop.harbour.conduct[make_digest(3)]
    wish = {"stage": "checkout/production", "kind": "retry", "reason": "mended", "id": "5e1d6e0c"}

    assert shop.post("/v1/intents", wish)[0] == 202
    shop.run()
    let_time_pass(shop, minutes=10)

    assert heard(shop) == ["DeploymentStarted", "DeploymentSucceeded"]
    assert shop.harbour.image_of("prod", "web").endswith(make_digest(3))


def test_an_event_that_comes_twice_does_nothing(shop: Installation) -> None:
    shop.push("1.5.0", 2)
    shop.run()
    let_time_pass(shop, minutes=10)
    heard(shop)
    revisions = shop.harbour.world.call("ListTaskDefinitions", {"familyPrefix": "web"})

    shop.push("1.5.0", 2)
    shop.send({"clock": "tick"})
    shop.send({"clock": "sweep"})
    shop.run()

    assert heard(shop) == []
    assert shop.harbour.world.call("ListTaskDefinitions", {"familyPrefix": "web"}) == revisions


def test_an_announcement_that_was_not_confirmed_goes_again_and_is_told_once(
    shop: Installation,
) -> None:
    heard(shop)
    shop.received(shop.mail)
    before = shop.outbox()
    shop.push("1.5.0", 2)
    shop.run()
    (late,) = [item for item in shop.outbox() if item not in before]
    late["due_at"], late["due_shard"] = {"N": "1"}, {"S": "due#0"}
    shop.put(late)

    shop.run()

    assert heard(shop) == ["DeploymentStarted", "DeploymentStarted"]
    assert len(shop.received(shop.mail)) == 1


def test_whatever_lies_in_the_inbox_ends(shop: Installation) -> None:
    bodies = [
        "",
        "null",
        "{",
        '{"clock":"midnight"}',
        '{"wakeup":{"schema":1,"stage":"no/where","hints":[],"events":[],"attempt":0}}',
        '{"wakeup":7}',
        json.dumps({"source": "aws.ecr", "detail-type": "ECR Image Action", "detail": "text"}),
    ]
    for body in filter(None, bodies):  # SQS takes no empty message
        shop.send(body)

    shop.run()

    assert shop.received(shop.inbox) == []
    assert shop.received(shop.work) == []
