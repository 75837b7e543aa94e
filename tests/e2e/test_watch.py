"""`longshore` with `--watch`, as a developer uses it: what was asked for is followed to its end."""

import json

import pytest

from tests.e2e.shop import Shop, Shops


@pytest.fixture(scope="module")
def shop(shops: Shops) -> Shop:
    return shops.open("watched")


def test_what_fails_again_is_followed_until_it_is_rolled_back(shop: Shop) -> None:
    shop.push("1.1.0", broken=True)
    shop.told("DeploymentRolledBack", "1.1.0")

    again = ("retry", shop.stage, "--reason", "to see it fail", "--watch", "--timeout", "50s")
    ended = shop.command.run(*again, "-o", "ndjson")

    told = [json.loads(line) for line in ended.printed.splitlines()]
    assert ended.code == 4, ended.complained
    assert "next: longshore retry watched/live" in ended.complained
    assert {"asked", "phase", "rollout", "event", "end"} <= {each["kind"] for each in told}
    assert told[-1]["deployment"]["trigger"]["events"] == [told[0]["intent"]]
    assert told[-1]["deployment"]["phase"] == "RolledBack"
    assert not [each for each in told if "not permitted" in str(each.get("text"))]


def test_a_rollback_is_followed_to_its_success(shop: Shop) -> None:
    shop.push("1.2.0")
    shop.told("DeploymentSucceeded", "1.2.0")

    back = ("rollback", shop.stage, "--reason", "prices are wrong", "--watch", "--timeout", "50s")
    ended = shop.command.run(*back)

    assert ended.code == 0, ended.complained
    assert "succeeded: 1.0.0" in ended.printed.splitlines()[-2]
    assert shop.runs() == {"1.0.0"}


def test_with_nothing_under_way_there_is_nothing_to_watch(shop: Shop) -> None:
    assert shop.command.run("watch", shop.stage).code == 7
