"""Slack beside everything else: one message a deployment, true to its end."""

import pytest

from longshore_local.demo.scene import await_that
from longshore_local.embedded import EmbeddedAws
from longshore_local.slack import Message, SlackStandIn
from tests.e2e.shop import REVISION, Shop, Shops
from tests.e2e.slack import messages_of, shown

CHANNEL = "#telling"


@pytest.fixture(scope="module")
def shop(shops: Shops) -> Shop:
    return shops.open("telling", channel=CHANNEL)


@pytest.fixture
def slack(aws: EmbeddedAws) -> SlackStandIn:
    assert aws.slack is not None
    return aws.slack


def told(slack: SlackStandIn, deployment: str, headline: str) -> Message:
    """Wait until the one message of a deployment says how it ended; return it."""

    def is_told() -> bool:
        texts = [message.text for message in messages_of(slack, CHANNEL, deployment)]
        return len(texts) == 1 and texts[0].startswith(headline)

    await_that(is_told, f"{CHANNEL} does not say that {deployment} is {headline}")
    (message,) = messages_of(slack, CHANNEL, deployment)
    return message


def test_a_deployment_is_one_message_that_ends_as_it_did(slack: SlackStandIn, shop: Shop) -> None:
    shop.push("1.1.0")

    message = told(slack, f"{shop.stage}#1", "deployed")

    before = message.versions[0].content.text
    assert before.startswith(f"deploying {shop.stage}")
    assert f"https://github.com/example/shop/commit/{REVISION}" in shown(message)


def test_a_failure_shows_what_the_container_wrote(slack: SlackStandIn, shop: Shop) -> None:
    shop.push("1.2.0", broken=True)

    message = told(slack, f"{shop.stage}#2", "ROLLED BACK")

    assert "main: opening" in shown(message)
    assert "main: no till, PASSWORD=[redacted]" in shown(message)
    await_that(
        lambda: [one.broadcast for one in slack.replies(CHANNEL, message.ts)] == [False, True],
        "the end of the failure, and nothing else of its thread, is not in the channel",
    )
    assert slack.mentions == []
