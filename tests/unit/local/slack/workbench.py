"""What the tests of the stand-in for Slack share: a clock, clients, blocks."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient

from longshore_local.slack import SlackStandIn

Document = dict[str, Any]
NOWHERE = "1767225600.000099"
"""The `ts` of no message."""


class Clock:
    """Seconds since 1970, as a test sets them."""

    def __init__(self) -> None:
        self.now = 1_767_225_600.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def client_of(slack: SlackStandIn, token: str | None = None, timeout: Any = 5) -> WebClient:  # noqa: ANN401 - slack-sdk says int, and takes parts of a second
    """Return slack-sdk's client; it tries nothing twice."""
    return WebClient(
        slack.token if token is None else token,
        base_url=slack.api_url,
        timeout=timeout,
        retry_handlers=[],
    )


def hook_of(slack: SlackStandIn, channel: str = "#checkout") -> WebhookClient:
    return WebhookClient(slack.webhook_url(channel), timeout=5, retry_handlers=[])


def ask(client: WebClient, method: str, **arguments: object) -> SlackResponse:
    """Call a method as it stands, past what slack-sdk itself would warn of."""
    return client.api_call(method, json=arguments)


def post(client: WebClient, text: str = "x") -> SlackResponse:
    return client.chat_postMessage(channel="#checkout", text=text)


def refused(client: WebClient, method: str, **arguments: object) -> SlackResponse:
    """Call a method that must be refused with HTTP 200, and return the answer."""
    with pytest.raises(SlackApiError) as caught:
        ask(client, method, **arguments)
    response: SlackResponse = caught.value.response
    assert response.status_code == 200
    assert response["ok"] is False
    return response


def plain(text: str) -> Document:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Document:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "text", **more: object) -> Document:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str = "Open", **more: object) -> Document:
    return {"type": "button", "text": plain(text), **more}


def rich_text(*elements: Document) -> Document:
    return {"type": "rich_text", "elements": list(elements)}


def preformatted(*elements: Document) -> Document:
    return {"type": "rich_text_preformatted", "elements": list(elements)}
