"""IAM: a missing permission is named, a lost reply is found again, granted is what is used."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from longshore_local.awsjson import ApiError
from longshore_local.demo.scene import await_that
from longshore_local.embedded import EmbeddedAws
from longshore_local.worlds.params import Output, Params
from longshore_local.worlds.surroundings import Proceed, open_gate
from tests.e2e.calls import granted, used
from tests.e2e.shop import CLUSTER, Shop, Shops
from tests.support.alarm_fakes import put_alarm

ALARM = "guarded-errors"

FUNCTIONS = ("Router", "Reconciler", "Announcer", "Notifier", "Control")


@pytest.fixture(scope="module")
def shop(shops: Shops) -> Shop:
    return shops.open("guarded", ("web", "extra"), channel="#guarded")


def test_a_missing_permission_is_named_with_resource_and_role(aws: EmbeddedAws, shop: Shop) -> None:
    with policy_without(aws, "ReconcilerRole", "clusters", "ecs:UpdateService"):
        shop.push("1.1.0")
        await_that(lambda: "ecs:UpdateService" in json.dumps(shop.status()), "it was not named")
        status = json.dumps(shop.status())

    assert aws.stack["ReconcilerRole"] in status
    assert f"service/{CLUSTER}/{shop.name('web')}" in status
    assert shop.runs() == {"1.0.0"}


def test_a_revision_whose_registration_was_not_answered_is_found_again(
    aws: EmbeddedAws, shop: Shop
) -> None:
    before = shop.revisions()

    with reply_lost(aws, "RegisterTaskDefinition"):
        shop.push("1.2.0")
        shop.told("DeploymentSucceeded", "1.2.0")

    assert len(shop.revisions()) == len(before) + 1
    assert shop.runs() == {"1.2.0"}


def test_a_rollout_whose_begin_was_not_answered_is_adopted(aws: EmbeddedAws, shop: Shop) -> None:
    before = shop.rollouts()

    with reply_lost(aws, "UpdateService"):
        shop.push("1.3.0")
        shop.told("DeploymentSucceeded", "1.3.0")

    assert len(shop.rollouts()) == len(before) + 1


def test_what_was_never_confirmed_is_announced_again(aws: EmbeddedAws, shop: Shop) -> None:
    with nobody_announces(aws):
        shop.push("1.4.0")
        await_that(lambda: shop.runs() == {"1.4.0"}, "it was not rolled out")
        await_that(lambda: shop.history()[0]["phase"] == "Succeeded", "it did not end")
        make_overdue(aws, shop)
        aws.tick()
        now = time.time()
        await_that(lambda: min(due_times(aws, shop)) > now, "it was not sent again")

    shop.told("DeploymentSucceeded", "1.4.0")


def test_a_second_configuration_takes_the_place_of_the_first(aws: EmbeddedAws, shop: Shop) -> None:
    put_alarm(aws.cloud.cloudwatch, ALARM)
    file = shop.command.folder / "longshore.yaml"
    document = json.loads(file.read_text())
    del document["images"]["extra"]
    document["stages"]["live"]["targets"].pop()
    document["stages"]["live"]["alarms"] = {"watch": [ALARM], "onNoData": "pass"}
    file.write_text(json.dumps(document))

    shop.command.must("apply", "--yes")

    await_that(lambda: shop.status()["configuration"] == 2, "it did not come into force")


def test_retry_lets_a_vetoed_release_through_once_and_names_who_asked(shop: Shop) -> None:
    shop.push("1.5.0", broken=True)
    shop.told("DeploymentRolledBack", "1.5.0")
    tried = len(shop.history())

    shop.command.must("retry", shop.stage, "--reason", "to see the whole way")

    await_that(lambda: len(shop.history()) > tried, "nothing was tried")
    await_that(lambda: shop.history()[0]["phase"] == "RolledBack", "it did not end")
    assert "user/ada" in json.dumps(shop.history()[0]["trigger"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_granted_is_what_was_used(aws: EmbeddedAws, function: str) -> None:
    assert granted(aws, function) == used(aws, function)


@contextmanager
def policy_without(aws: EmbeddedAws, role: str, policy: str, action: str) -> Iterator[None]:
    iam, name = aws.cloud.iam, aws.stack[role]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    text = json.dumps(document)
    without = text.replace(f'"{action}"', '"ecs:ListServices"')
    iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=without)
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text)


@contextmanager
def reply_lost(aws: EmbeddedAws, operation: str) -> Iterator[None]:
    """Let the next call of an operation take effect, and its caller never hear of it."""
    lost: list[str] = []

    def gate(called: str, _parameters: Params, proceed: Proceed) -> Output:
        answer = proceed()
        if called == operation and not lost:
            lost.append(called)
            raise ApiError("ServerException", "The reply was lost.", status=500)
        return answer

    aws.ecs.gate = gate
    try:
        yield
    finally:
        aws.ecs.gate = open_gate
    assert lost


@contextmanager
def nobody_announces(aws: EmbeddedAws) -> Iterator[None]:
    mapping = aws.stack["AnnouncerOutbox"]
    aws.cloud.functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        aws.cloud.functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def make_overdue(aws: EmbeddedAws, shop: Shop) -> None:
    """Let the five minutes pass after which an announcement is sent again."""
    for item in outbox(aws, shop):
        aws.cloud.dynamodb.update_item(
            TableName=aws.stack["Ledger"],
            Key={"pk": item["pk"], "sk": item["sk"]},
            UpdateExpression="SET due_at = :past",
            ExpressionAttributeValues={":past": {"N": str(int(time.time()) - 60)}},
        )


def due_times(aws: EmbeddedAws, shop: Shop) -> list[float]:
    return [float(item["due_at"]["N"]) for item in outbox(aws, shop)]


def outbox(aws: EmbeddedAws, shop: Shop) -> list[dict[str, Any]]:
    """Return what is to be told of the newest deployment."""
    subject = f"outbox#{shop.stage}#{shop.history()[0]['number']}"
    found: list[dict[str, Any]] = aws.cloud.dynamodb.query(
        TableName=aws.stack["Ledger"],
        KeyConditionExpression="pk = :outbox",
        ExpressionAttributeValues={":outbox": {"S": subject}},
    )["Items"]
    assert found
    return found
