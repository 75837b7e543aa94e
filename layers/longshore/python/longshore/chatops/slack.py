"""Slack as the chat: a bot that edits its messages, or a webhook that can only post.

slack-sdk speaks to Slack; what it raises becomes an error of `longshore.domain.errors`, with what a
person can do about it. A post is never repeated here after an answer was lost: it may stand there.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from socket import gaierror
from typing import cast
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.http_retry.handler import RetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web import WebClient
from slack_sdk.web.slack_response import SlackResponse

from longshore.chatops.cards import Card, compose_card, compose_step
from longshore.chatops.slack_errors import GONE, refusal
from longshore.domain.chat import Posted, Telling
from longshore.domain.errors import LongshoreError, Throttled, UnknownReply
from longshore.usecases.chat_ports import MessageGone, NotTaken

TIMEOUT = 5
"""Seconds that Slack has for an answer."""

TIMEOUT_OF_A_POST = 10
"""Seconds that it has where no answer means that the message is posted once more."""

LONGEST_WAIT = 3
"""Seconds that one call waits for its turn, when Slack says how long; longer waits are left to the
queue, which waits for nothing."""

SILENT = logging.getLogger(f"{__name__}.sdk")
"""For slack-sdk, which writes down address or header of a request that failed: secrets both.
What it has to say stands in our own line."""
SILENT.setLevel(logging.CRITICAL + 1)

UNANSWERED = (OSError, HTTPException, SlackRequestError, ValueError)
"""What slack-sdk raises without an answer of Slack; ValueError where one cannot be decoded."""

TOO_MANY = 429
SERVER_ERROR = 500


class BriefRateLimitHandler(RateLimitErrorRetryHandler):
    """Waits as long as Slack says, if that is short."""

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        limited = super()._can_retry(state=state, request=request, response=response, error=error)
        return limited and response is not None and _is_brief(response.headers)


class SlackBot:
    """A bot, known by its token."""

    living = True

    def __init__(self, token: str, api_url: str) -> None:
        """Speak to Slack's Web API at `api_url`."""
        self._token = token
        self._api_url = api_url

    def open(self, channel: str, telling: Telling) -> Posted:
        """Post a message; a channel may be named or given by its id."""
        reply = self._post(channel, compose_card(telling))
        return Posted(str(reply["channel"]), str(reply["ts"]))

    def edit(self, message: Posted, telling: Telling) -> None:
        """Make a message say what is true now; raise MessageGone."""
        client = self._client(TIMEOUT, ConnectionErrorRetryHandler(), ServerErrorRetryHandler())

        def update(card: Card) -> SlackResponse:
            return client.chat_update(
                channel=message.channel, ts=message.ts, text=card.text, blocks=card.blocks
            )

        try:
            _say(update, compose_card(telling), message.channel)
        except UnknownReply as error:
            raise Throttled(str(error)) from error  # an edit does no harm when it is done again

    def add_step(self, message: Posted, telling: Telling, *, broadcast: bool) -> None:
        """Add a step to a message's thread."""
        self._post(message.channel, compose_step(telling), message.ts, broadcast=broadcast)

    def _post(
        self, channel: str, card: Card, thread: str | None = None, *, broadcast: bool = False
    ) -> SlackResponse:
        client = self._client(TIMEOUT_OF_A_POST)

        def post(card: Card) -> SlackResponse:
            return client.chat_postMessage(
                channel=channel,
                text=card.text,
                blocks=card.blocks,
                thread_ts=thread,
                reply_broadcast=broadcast if thread else None,
                unfurl_links=False,
                unfurl_media=False,
            )

        return _say(post, card, channel)

    def _client(self, timeout: int, *handlers: RetryHandler) -> WebClient:
        """Return a client that waits its turn, and does again what `handlers` say may be done."""
        return WebClient(
            token=self._token,
            base_url=self._api_url,
            timeout=timeout,
            logger=SILENT,
            retry_handlers=[BriefRateLimitHandler(), *handlers],
        )


def _say(call: Callable[[Card], SlackResponse], card: Card, channel: str) -> SlackResponse:
    """Send a card, as plain text where Slack does not take its blocks."""
    try:
        return _checked(call, card, channel)
    except NotTaken:
        return _checked(call, Card(card.text), channel)


def _checked(call: Callable[[Card], SlackResponse], card: Card, channel: str) -> SlackResponse:
    try:
        return call(card)
    except SlackApiError as error:
        raise _ours(cast("SlackResponse", error.response), channel) from None
    except UNANSWERED as error:
        raise unanswered(error) from None  # its text may hold the token


def _ours(reply: SlackResponse, channel: str) -> LongshoreError:
    """Return the error of an answer that says no."""
    if reply.status_code >= SERVER_ERROR:
        return UnknownReply(f"Slack failed with HTTP status {reply.status_code}")
    code = "ratelimited" if reply.status_code == TOO_MANY else str(reply.get("error"))
    if code in GONE:
        return MessageGone(f"Slack has no message there any more: {code}")
    return refusal(code, channel)


def _is_brief(headers: Mapping[str, Sequence[str]]) -> bool:
    """Whether Slack asks for a short wait, in whole seconds."""
    waits = [values[0] for name, values in headers.items() if name.lower() == "retry-after"]
    return bool(waits) and waits[0].isdecimal() and int(waits[0]) <= LONGEST_WAIT


def unanswered(error: Exception) -> LongshoreError:
    """Return what a failed connection means: without a connection nothing took effect."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | gaierror):
        return Throttled(f"Slack cannot be reached: {type(reason).__name__}")
    return UnknownReply(f"Slack gave no answer: {type(reason).__name__}")
