"""Channels, messages with all their versions, and the threads beneath them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from longshore_local.slack.blocks import Block


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says: the text, and blocks that are shown instead of it where there are any.

    An attachment is a legacy one: a coloured bar with text or blocks beside it.
    """

    text: str = ""
    blocks: Sequence[Block] = ()
    attachments: Sequence[Mapping[str, object]] = ()
    metadata: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A message as it was from a moment on; `at` is in seconds since 1970."""

    at: float
    content: Content


@dataclass(slots=True)
class Message:
    """A message; `ts` names it within its channel, `channel` is an ID.

    `author` is a user or bot ID. A reply has the `thread_ts` of the message it stands beneath;
    one with `broadcast` is shown in the channel too. `versions` never forgets one.
    """

    channel: str
    ts: str
    author: str
    versions: list[Version]
    thread_ts: str | None = None
    broadcast: bool = False

    @property
    def content(self) -> Content:
        """What it says now."""
        return self.versions[-1].content

    @property
    def text(self) -> str:
        """Its text now, as it was sent: what a push notification shows."""
        return self.content.text

    @property
    def blocks(self) -> Sequence[Block]:
        """Its blocks now."""
        return self.content.blocks

    @property
    def edited(self) -> bool:
        """Whether it is not the first version any more."""
        return len(self.versions) > 1

    @property
    def in_channel(self) -> bool:
        """Whether somebody sees it who reads the channel and opens no thread."""
        return self.thread_ts is None or self.broadcast


@dataclass(slots=True)
class Channel:
    """A channel and who may write there; `name` has no `#`, `member` says that the bot is in."""

    id: str
    name: str
    member: bool = True
    private: bool = False
    archived: bool = False
    hooked: bool = True
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def hook(self) -> str:
        """The path of its incoming webhook, from the team's ID on."""
        return f"{TEAM}/{identifier('B', self.name)}/{_digest(self.name)[:24]}"

    def top(self) -> Iterator[Message]:
        """Yield what is seen without opening a thread, oldest first."""
        return (each for each in self.messages.values() if each.in_channel)

    def replies(self, ts: str) -> list[Message]:
        """Return the replies beneath a message, oldest first."""
        return [each for each in self.messages.values() if each.thread_ts == ts]

    def thread_of(self, ts: str | None) -> str | None:
        """Return the `thread_ts` that a reply to a message gets, None where there is no message.

        Whose parent is gone becomes a message of the channel, and Slack says so only by leaving
        `thread_ts` out of its answer: https://github.com/slack-go/slack/issues/1571.
        """
        parent = self.messages.get(ts or "")
        return (parent.thread_ts or parent.ts) if parent else None


TEAM = "T0LONGSHORE"
BOT = "B0LONGSHORE"
BOT_USER = "U0LONGSHORE"


def identifier(kind: str, name: str) -> str:
    """Return an ID in Slack's form that is always the same for a name."""
    return f"{kind}0{_digest(name)[:9].upper()}"


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
