"""An incoming webhook of Slack: it posts to the channel it was made for, and edits nothing."""

from slack_sdk.webhook import WebhookClient, WebhookResponse

from longshore.chatops.cards import Card, compose_card
from longshore.chatops.slack import (
    SERVER_ERROR,
    SILENT,
    TIMEOUT_OF_A_POST,
    TOO_MANY,
    UNANSWERED,
    BriefRateLimitHandler,
    unanswered,
)
from longshore.chatops.slack_errors import refusal
from longshore.domain.chat import Posted, Telling
from longshore.domain.errors import UnknownReply
from longshore.usecases.chat_ports import NotTaken

ACCEPTED = "ok"
"""What Slack answers to a post that it took; another page's welcome is no such answer."""

NOWHERE = Posted("", "")
"""Slack does not say where the message of a webhook stands."""


class SlackWebhook:
    """A webhook, known by its address, which is a secret."""

    living = False

    def __init__(self, url: str) -> None:
        """Post to the address `url`."""
        self._url = url

    def open(self, channel: str, telling: Telling) -> Posted:
        """Post a message, as plain text where Slack does not take its blocks."""
        card = compose_card(telling)
        try:
            self._send(card, channel)
        except NotTaken:
            self._send(Card(card.text), channel)
        return NOWHERE

    def edit(self, message: Posted, telling: Telling) -> None:
        """Do nothing: what was posted stays as it is, and what comes is posted anew."""

    def add_step(self, message: Posted, telling: Telling, *, broadcast: bool) -> None:
        """Do nothing, for the same reason."""

    def _send(self, card: Card, channel: str) -> None:
        client = WebhookClient(
            self._url,
            timeout=TIMEOUT_OF_A_POST,
            logger=SILENT,
            retry_handlers=[BriefRateLimitHandler()],
        )
        try:
            reply = client.send(text=card.text, blocks=card.blocks or None)
        except UNANSWERED as error:
            raise unanswered(error) from None  # its text may hold the address
        _check(reply, channel)


def _check(reply: WebhookResponse, channel: str) -> None:
    """Raise what Slack answers in plain words."""
    if reply.status_code >= SERVER_ERROR:
        raise UnknownReply(f"Slack failed with HTTP status {reply.status_code}")
    if reply.status_code == TOO_MANY:
        raise refusal("ratelimited", channel)
    if reply.body.strip() != ACCEPTED:
        raise refusal(reply.body.strip(), channel)
