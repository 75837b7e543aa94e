"""Slack for tests and the demo: a workspace with one bot, behind an HTTP server."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Self
from urllib.parse import quote

from longshore_local.slack.faults import Fault
from longshore_local.slack.front import API, CHANNELS, HOOKS, Front
from longshore_local.slack.mentions import Mention
from longshore_local.slack.messages import Channel, Content, Message
from longshore_local.slack.page import channel_page
from longshore_local.slack.rates import PUBLISHED, RateLimits
from longshore_local.slack.server import SlackServer
from longshore_local.slack.text import channel_text
from longshore_local.slack.workspace import ACTIVE, Call, Workspace

TOKEN = "xoxb-0-stand-in"  # noqa: S105 - nobody but the stand-in knows it
CHANNEL = "#checkout"
PERSON = "U0ADA"


class SlackStandIn:
    """A context manager; Slack answers at `api_url` from entering to leaving it.

    Channels are named by ID, `#name` or `name`. What is returned is the stand-in's own and goes on
    changing while calls come in; `lock` keeps them out.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        channels: Sequence[str] = (CHANNEL,),
        scopes: Sequence[str] = ("chat:write",),
        rates: RateLimits | None = PUBLISHED,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Prepare a workspace whose bot is in every channel.

        `rates` None lets every call through; `clock` returns seconds since 1970.
        """
        self.workspace = Workspace(token, tuple(scopes), clock, rates)
        for name in channels:
            self.workspace.add_channel(name)
        self._front = Front(self.workspace)
        self._server = SlackServer(self._front)
        self.lock = self._front.lock
        """Held while a call is answered."""

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    # where it is

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.workspace.token

    @property
    def api_url(self) -> str:
        """The base URL of the Web API, with a slash at the end, as slack-sdk wants it."""
        return f"{self._server.address}{API}"

    def webhook_url(self, channel: str) -> str:
        """Return the address of a channel's incoming webhook."""
        return f"{self._server.address}{HOOKS}{self.channel(channel).hook}"

    def page_url(self, channel: str) -> str:
        """Return where a channel can be looked at."""
        return f"{self._server.address}{CHANNELS}{quote(self.channel(channel).name)}"

    # what is there

    def channel(self, name: str) -> Channel:
        """Return a channel.

        Raises:
            KeyError: There is none.
        """
        wanted = name.removeprefix("#")
        for channel in self.workspace.channels.values():
            if wanted in (channel.id, channel.name):
                return channel
        raise KeyError(f"the stand-in has no channel {name}")

    def messages(self, channel: str) -> list[Message]:
        """Return every message of a channel, replies too, oldest first."""
        with self.lock:
            return list(self.channel(channel).messages.values())

    def top(self, channel: str) -> list[Message]:
        """Return what is seen without opening a thread: messages and broadcast replies."""
        with self.lock:
            return list(self.channel(channel).top())

    def replies(self, channel: str, ts: str) -> list[Message]:
        """Return the replies beneath a message, oldest first."""
        with self.lock:
            return self.channel(channel).replies(ts)

    @property
    def calls(self) -> list[Call]:
        """Every call so far, whatever came of it."""
        return self.workspace.calls

    @property
    def mentions(self) -> list[Mention]:
        """Everybody whom a message or an edit would have notified."""
        return self.workspace.mentions

    @property
    def links(self) -> list[Mention]:
        """Every `<https://…>` that a message or an edit had."""
        return self.workspace.links

    def channel_text(self, channel: str, width: int = 80) -> str:
        """Return a channel as plain text, no line wider than `width` columns."""
        with self.lock:
            return channel_text(self.channel(channel), width)

    def channel_page(self, channel: str) -> str:
        """Return a channel as the HTML page that `page_url` shows."""
        with self.lock:
            return channel_page(self.channel(channel))

    # what befalls it

    def inflict(self, fault: Fault, *, calls: int | None = None, method: str = "") -> None:
        """Let the next `calls` calls meet a fault, every call until `lift` when None.

        With `method` only calls of that method count. Orders follow one another.
        """
        with self.lock:
            self._front.faults.order(fault, calls=calls, method=method)

    def lift(self) -> None:
        """End every fault that was inflicted."""
        with self.lock:
            self._front.faults.lift()

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """Refuse every connection meanwhile."""
        self._server.stop()
        try:
            yield
        finally:
            self._server.start()

    def revoke_token(self, code: str = "token_revoked") -> None:
        """Refuse the token by a code from now on: `account_inactive`, `token_expired`."""
        self.workspace.standing = code

    def restore_token(self) -> None:
        """Take the token again."""
        self.workspace.standing = ACTIVE

    def add_channel(self, name: str, *, private: bool = False) -> Channel:
        """Open one more channel, with the bot in it."""
        with self.lock:
            return self.workspace.add_channel(name, private=private)

    def set_member(self, channel: str, *, member: bool) -> None:
        """Invite the bot into a channel, or remove it."""
        self.channel(channel).member = member

    def set_archived(self, channel: str, *, archived: bool) -> None:
        """Archive a channel, or open it again."""
        self.channel(channel).archived = archived

    def remove_webhook(self, channel: str) -> None:
        """Take a channel's webhook away."""
        self.channel(channel).hooked = False

    def say(self, channel: str, text: str, *, user: str = PERSON, ts: str | None = None) -> Message:
        """Let somebody else post, beneath the message `ts` where it is given."""
        with self.lock:
            place = self.channel(channel)
            return self.workspace.post(place, user, Content(text), thread_ts=ts)

    def delete(self, channel: str, ts: str) -> None:
        """Let somebody delete a message; its replies stay, without a parent."""
        with self.lock:
            del self.channel(channel).messages[ts]

    def texts(self, channel: str) -> Mapping[str, list[str]]:
        """Return, by `ts`, the texts that each message has had, oldest first."""
        return {
            each.ts: [version.content.text for version in each.versions]
            for each in self.messages(channel)
        }
