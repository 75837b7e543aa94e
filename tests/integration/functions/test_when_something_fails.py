"""What the real functions do when something around them fails."""

import pytest

from functions.announcer.app import handler as announcer
from functions.control.app import handler as control
from functions.notifier.app import handler as notifier
from functions.reconciler.app import handler as reconciler
from functions.router.app import handler as router
from longshore.aws import items, keys
from longshore.domain.places import StageId
from longshore.domain.stages import StageRecord
from longshore.runtime.batch import BatchFailedError
from longshore.runtime.settings import SettingsError
from tests.support.lambdas import Installation
from tests.support.runtime import FakeInvocation, sqs_event

STAGES = {
    "production": {"targets": [{"service": "prod/web"}]},
    "staging": {"targets": [{"service": "staging/web"}]},
}
DOCUMENT = {
    "apiVersion": "longshore/v1",
    "application": "checkout",
    "images": {"app": {"repository": "checkout", "select": {"tag": "main"}}},
    "stages": STAGES,
}
APPLY = {"document": DOCUMENT, "deploy": False, "base": 0}
PRODUCTION = StageId("checkout", "production")


@pytest.fixture
def shop(installation: Installation) -> Installation:
    """Two stages that run one image."""
    image = installation.push("main", 1)
    installation.harbour.open_service("prod", "web", image)
    installation.harbour.open_service("staging", "web", image)
    assert installation.post("/v1/configurations", APPLY)[0] == 200
    return installation


@pytest.mark.parametrize("handler", [router, reconciler, announcer, notifier, control])
def test_a_function_without_its_settings_names_all_that_is_missing(
    handler: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    assert callable(handler)

    with pytest.raises(SettingsError, match=r"lacks .*LONGSHORE_TABLE.*deploy template\.yaml"):
        handler(sqs_event(), FakeInvocation())


def test_one_broken_stage_comes_again_and_the_other_goes_on(shop: Installation) -> None:
    broken = items.stage_item(StageRecord(PRODUCTION))
    shop.put({**broken, "body": {"S": "this is no JSON"}})

    shop.route()
    shop.reconcile()

    failed = shop.answers[-1]
    assert isinstance(failed, dict)
    assert len(failed["batchItemFailures"]) == 2  # the push and the apply, both of production
    adopted = shop.clients.dynamodb.get_item(
        TableName="ledger", Key=items.key_of(keys.stage(StageId("checkout", "staging")))
    )
    assert adopted["Item"]["version"]["N"] != "0"


def test_a_stage_that_a_newer_version_wrote_is_left_to_it(shop: Installation) -> None:
    newer = items.stage_item(StageRecord(PRODUCTION))
    shop.put({**newer, "schema": {"N": "2"}})

    shop.route()
    shop.reconcile()

    found = shop.clients.dynamodb.get_item(
        TableName="ledger", Key=items.key_of(keys.stage(PRODUCTION))
    )
    assert found["Item"]["schema"] == {"N": "2"}


def test_while_the_topic_is_gone_notices_wait_and_are_told_afterwards(shop: Installation) -> None:
    shop.route()
    shop.reconcile()
    shop.announce()
    name = shop.topic.rpartition(":")[2]
    shop.clients.sns.delete_topic(TopicArn=shop.topic)

    shop.notify()
    assert isinstance(shop.answers[-1], BatchFailedError)

    assert shop.clients.sns.create_topic(Name=name)["TopicArn"] == shop.topic
    shop.subscribe_mail()
    shop.make_visible(shop.notices)
    shop.notify()
    subjects = {mail["Subject"] for mail in shop.received(shop.mail)}
    assert subjects == {"adopted checkout/production", "adopted checkout/staging"}


def test_while_the_bus_is_gone_people_are_told_and_the_outbox_keeps_its_events(
    shop: Installation,
) -> None:
    shop.clients.events.remove_targets(Rule="all", EventBusName="longshore", Ids=["heard"])
    shop.clients.events.delete_rule(Name="all", EventBusName="longshore")
    shop.clients.events.delete_event_bus(Name="longshore")
    shop.route()
    shop.reconcile()

    with pytest.raises(BatchFailedError):
        shop.announce()
    shop.notify()

    assert len(shop.received(shop.mail)) == 2
    assert all("due_at" in item for item in shop.outbox())

    shop.clients.events.create_event_bus(Name="longshore")
    shop.listen()
    shop.run()

    assert len(shop.received(shop.heard)) == 2
    assert shop.received(shop.mail) == []  # nobody is told twice
    assert not any("due_at" in item for item in shop.outbox())
