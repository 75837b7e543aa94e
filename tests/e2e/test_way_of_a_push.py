"""From a push to its verdict, through the deployed rules, queues, functions and roles."""

import time
from collections import Counter

import pytest

from longshore_local.embedded import EmbeddedAws
from tests.e2e.calls import calls_of, counted
from tests.e2e.shop import Shop, Shops

LEDGER_CALLS = {
    "dynamodb:Query",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:TransactWriteItems",
}


def of_service(calls: Counter[str], service: str) -> int:
    return sum(number for call, number in calls.items() if call.startswith(f"{service}:"))


@pytest.fixture(scope="module")
def shop(shops: Shops) -> Shop:
    return shops.open("rolling")


def test_a_push_is_rolled_out_and_announced(shop: Shop) -> None:
    shop.push("1.1.0")

    notice = shop.told("DeploymentSucceeded", "1.1.0")

    assert shop.runs() == {"1.1.0"}
    assert notice.subject == "deployed rolling/live: 1.0.0 -> 1.1.0"
    assert shop.heard() == ["StageAdopted", "DeploymentStarted", "DeploymentSucceeded"]


def test_a_deployment_costs_few_calls(aws: EmbeddedAws, shop: Shop) -> None:
    began = time.time()
    shop.push("1.2.0")
    shop.told("DeploymentSucceeded", "1.2.0")

    reconciler = calls_of(aws, "Reconciler", began)
    router = calls_of(aws, "Router", began)
    (updated,) = [call.at for call in reconciler if call.operation == "UpdateService"]
    until = counted([call for call in [*router, *reconciler] if call.at <= updated])
    afterwards = counted([call for call in reconciler if call.at > updated])

    assert until["ecr:DescribeImages"] <= 1
    assert of_service(until, "ecs") <= 4
    assert until.total() <= 14
    assert set(afterwards) <= {*LEDGER_CALLS, "ecs:DescribeServices", "ecr:DescribeImages"}
    assert afterwards["ecs:DescribeServices"] <= 3


def test_a_duplicate_event_writes_nothing_to_ecs(aws: EmbeddedAws, shop: Shop) -> None:
    (event,) = shop.pushes("1.2.0")
    rollouts, revisions = shop.rollouts(), shop.revisions()
    began = time.time()

    again = {**event, "id": "0c9d8e7f-0000-4000-8000-00000000d0b1"}
    assert aws.rules.deliver(again)
    outcome = shop.outcome(str(again["id"]))

    assert outcome["outcome"] == "duplicate"
    assert (shop.rollouts(), shop.revisions()) == (rollouts, revisions)
    called = counted(calls_of(aws, "Reconciler", began))
    assert called["ecs:RegisterTaskDefinition"] + called["ecs:UpdateService"] == 0


def test_the_sweep_repairs_a_lost_event(aws: EmbeddedAws, shop: Shop) -> None:
    aws.deliveries.losing = True
    shop.push("1.3.0")
    time.sleep(1.5)
    aws.deliveries.losing = False
    assert shop.pushes("1.3.0") == []

    aws.sweep()
    shop.told("DeploymentSucceeded", "1.3.0")

    assert shop.runs() == {"1.3.0"}


def test_a_lower_version_never_wins(shop: Shop) -> None:
    rollouts = shop.rollouts()

    shop.push("1.2.9")
    (event,) = _await_pushes(shop, "1.2.9")
    outcome = shop.outcome(event)

    assert outcome["outcome"] == "superseded"
    assert "1.3.0" in outcome["reason"]
    assert shop.rollouts() == rollouts


def _await_pushes(shop: Shop, version: str) -> list[str]:
    until = time.monotonic() + 10
    while not shop.pushes(version):
        assert time.monotonic() < until
        time.sleep(0.1)
    return [str(event["id"]) for event in shop.pushes(version)]
