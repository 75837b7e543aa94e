from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from longshore_local.slack import SlackStandIn
from tests.unit.local.slack.workbench import Clock, client_of


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[SlackStandIn]:
    with SlackStandIn(channels=["#checkout", "#ops"], rates=None, clock=clock) as stand_in:
        yield stand_in


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return client_of(slack)


@pytest.fixture
def channel(slack: SlackStandIn) -> str:
    return slack.channel("#checkout").id
