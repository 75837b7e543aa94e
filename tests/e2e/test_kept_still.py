"""Everything is frozen, and a stage only observes: by the command, under the functions' roles."""

import json

import pytest

from longshore_local.demo.scene import await_that
from tests.e2e.shop import Shop, Shops


@pytest.fixture(scope="module")
def shop(shops: Shops) -> Shop:
    return shops.open("still")


def events(shop: Shop) -> str:
    return shop.command.must("events", shop.stage, "--output", "json")


def test_a_push_waits_while_everything_is_frozen_and_ships_at_the_end(shop: Shop) -> None:
    shop.command.must("freeze", "--everything", "--reason", "prices are wrong")
    try:
        shop.push("1.1.0")
        await_that(lambda: "everything is frozen, by ada" in events(shop), "it did not wait")
        status = json.loads(shop.command.must("status", "--output", "json"))

        assert status["freeze"]["reason"] == "prices are wrong"
        assert shop.command.must("status").startswith("FROZEN: everything is frozen, by ada")
        assert shop.history() == []
    finally:
        shop.command.must("unfreeze", "--everything", "--reason", "they are right again")

    shop.told("DeploymentSucceeded", "1.1.0")
    assert shop.runs() == {"1.1.0"}


def test_an_observing_stage_tells_what_it_would_deploy_and_changes_nothing(shop: Shop) -> None:
    before = shop.revisions(), shop.rollouts()
    shop.command.must("apply", "--observe", "--yes")
    await_that(lambda: shop.status()["phase"] == "Observing", "it did not begin to observe")

    shop.push("1.2.0")
    shop.told("StageWouldDeploy", "1.2.0")

    assert "observing: would deploy 1.2.0" in shop.status()["reason"]
    assert (shop.revisions(), shop.rollouts()) == before

    shop.command.must("apply", "--yes")
    await_that(lambda: shop.status()["hold"] is not None, "what it chooses was not held")
    assert (shop.revisions(), shop.rollouts()) == before

    shop.push("1.3.0")
    shop.told("DeploymentSucceeded", "1.3.0")
    assert shop.runs() == {"1.3.0"}
