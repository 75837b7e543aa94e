"""Slack as the stand-in plays it, and announcements of every kind."""

from collections.abc import Iterator

import pytest

from longshore.chatops.slack import SlackBot
from longshore_local.slack.standin import SlackStandIn


@pytest.fixture
def slack() -> Iterator[SlackStandIn]:
    with SlackStandIn(rates=None) as running:
        yield running


@pytest.fixture
def bot(slack: SlackStandIn) -> SlackBot:
    return SlackBot(slack.token, slack.api_url)
