"""`longshore doctor` on the embedded AWS: what it cannot see there is what the docs say."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.e2e.shop import Shop, Shops

UNSEEN = {"function", "event-source", "sweep", "pass-role", "reconciler-permissions"}
"""docs/embedded-aws.md has them, under "What it is not"."""


@pytest.fixture(scope="module")
def shop(shops: Shops) -> Shop:
    return shops.open("checked")


def test_all_that_can_be_seen_is_well(shop: Shop) -> None:
    ended = shop.command.run("doctor", shop.stage, "--output", "json")  # others leave dead letters
    found: list[Mapping[str, Any]] = json.loads(ended.printed)["findings"]

    of_shop = [each for each in found if each["subject"].startswith(shop.application)]
    ill = [each for each in of_shop if each["status"] in {"problem", "warning"}]
    unseen = {each["check"].partition(".")[0] for each in found if each["status"] == "unchecked"}
    (platform,) = [each for each in found if each["check"] == "platform"]

    assert ill == []
    assert unseen == UNSEEN
    assert "is for linux/amd64; Fargate" in platform["message"]
