"""What fails is rolled back, explained, and not tried again by itself."""

import json
import time

import pytest

from longshore_local.demo.scene import await_that
from longshore_local.embedded import EmbeddedAws
from longshore_local.registry.images import add_tag
from tests.e2e.shop import Shop, Shops, nothing_waits

UNSEEN = 1.5
"""Seconds after which the registry was looked at, and what it told of is lost."""


@pytest.fixture(scope="module")
def shop(shops: Shops) -> Shop:
    return shops.open("failing")


def test_a_release_that_crashes_is_rolled_back_explained_and_vetoed(shop: Shop) -> None:
    shop.push("1.1.0", broken=True)

    notice = shop.told("DeploymentRolledBack", "1.1.0")

    assert shop.runs() == {"1.0.0"}
    assert "'main' exited with code 3" in notice.text
    events = ["StageAdopted", "DeploymentStarted", "DeploymentFailed", "DeploymentRolledBack"]
    assert shop.heard() == events
    newest = shop.history()[0]
    assert newest["phase"] == "RolledBack"
    assert "vetoed" in json.dumps(shop.status())


def test_the_same_image_under_another_tag_changes_nothing(aws: EmbeddedAws, shop: Shop) -> None:
    rollouts = shop.rollouts()

    add_tag(aws.cloud, shop.name("web"), shop.digests["web", "1.1.0"], "1.1.1")
    await_that(lambda: bool(shop.pushes("1.1.1")), "the push was not seen")
    outcome = shop.outcome(shop.pushes("1.1.1")[0]["id"])

    assert outcome["outcome"] == "held"
    assert "vetoed" in outcome["reason"]
    assert shop.rollouts() == rollouts


def test_no_sweep_tries_it_again(aws: EmbeddedAws, shop: Shop) -> None:
    rollouts = shop.rollouts()

    aws.sweep()
    aws.sweep()
    await_that(lambda: nothing_waits(aws), "the sweep was not worked off")

    assert shop.rollouts() == rollouts


def test_a_newer_release_ships(shop: Shop) -> None:
    shop.push("1.2.0")
    shop.told("DeploymentSucceeded", "1.2.0")

    assert shop.runs() == {"1.2.0"}


def test_one_service_that_fails_takes_the_other_back(aws: EmbeddedAws, shops: Shops) -> None:
    shop = shops.open("pair", ("web", "worker"))
    aws.deliveries.losing = True  # both pushes are seen at once, by the sweep
    shop.push("1.1.0", "web")
    shop.push("1.1.0", "worker", broken=True)
    time.sleep(UNSEEN)
    aws.deliveries.losing = False
    aws.sweep()

    notice = shop.told("DeploymentRolledBack")

    assert (shop.runs("web"), shop.runs("worker")) == ({"1.0.0"}, {"1.0.0"})
    assert "pair-worker" in notice.text
    assert len(shop.rollouts("web")) == 3  # created, forward, back
    assert len(shop.rollouts("worker")) == 2  # ECS itself rolled it back
    assert len(shop.history()) == 1
