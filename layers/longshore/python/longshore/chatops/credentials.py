"""Slack by what a secret holds at present: a bot's token, or the address of a webhook."""

import re
from collections.abc import Callable
from typing import Protocol, TypeVar

from longshore.chatops.slack import SlackBot
from longshore.chatops.webhook import SlackWebhook
from longshore.domain.chat import Posted, Telling
from longshore.domain.errors import NotPermitted
from longshore.usecases.chat_ports import Chat

T = TypeVar("T")

_TOKEN = re.compile(r"xox[!-~]+")
_WEBHOOK = re.compile(
    r"(?:https://[A-Za-z0-9.-]+|http://(?:localhost|127\.0\.0\.1))(?::[0-9]{1,5})?/[!-~]+"
)
"""Over the network by TLS alone: who reads the address may post."""
_NEXT = (
    'put {"token": "xoxb-..."} or {"webhook": "https://hooks.slack.com/..."} into the secret of '
    "SlackSecretArn"
)


class SecretText(Protocol):
    """A secret that holds texts by key."""

    def value(self, key: str) -> str | None:
        """Return a text, None where there is none; raise NotPermitted where it cannot be read."""
        ...

    def forget(self) -> None:
        """Read the secret anew when it is needed next."""
        ...


class SlackBySecret:
    """Slack as the secret says at each message: it can be changed while functions run."""

    def __init__(self, secret: SecretText, api_url: str) -> None:
        """Take `token` or `webhook` from `secret`; speak to the Web API at `api_url`."""
        self._secret = secret
        self._api_url = api_url

    @property
    def living(self) -> bool:
        """Whether there is a bot, whose messages can be edited."""
        return self._secret.value("token") is not None

    def open(self, channel: str, telling: Telling) -> Posted:
        """Post a message."""
        return self._with(lambda chat: chat.open(channel, telling))

    def edit(self, message: Posted, telling: Telling) -> None:
        """Make a message say what is true now; raise MessageGone."""
        self._with(lambda chat: chat.edit(message, telling))

    def add_step(self, message: Posted, telling: Telling, *, broadcast: bool) -> None:
        """Add a step to a message's thread."""
        self._with(lambda chat: chat.add_step(message, telling, broadcast=broadcast))

    def _with(self, say: Callable[[Chat], T]) -> T:
        """Say something; what was refused may have been mended in the secret by the next time."""
        try:
            return say(self._chat())
        except NotPermitted:
            self._secret.forget()
            raise

    def _chat(self) -> Chat:
        token, webhook = self._secret.value("token"), self._secret.value("webhook")
        if token is not None:
            return SlackBot(_checked("token", token, _TOKEN), self._api_url)
        if webhook is not None:
            return SlackWebhook(_checked("webhook", webhook, _WEBHOOK))
        raise NotPermitted(f'the secret for Slack holds neither "token" nor "webhook": {_NEXT}')


def _checked(key: str, value: str, pattern: re.Pattern[str]) -> str:
    """Refuse what is no such thing before it is sent: who reads an error would read the secret."""
    text = value.strip()
    if pattern.fullmatch(text) is None:
        raise NotPermitted(f'what stands under "{key}" is no {key} of Slack: {_NEXT}')
    return text
