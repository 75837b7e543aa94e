"""The workspace behind the API: its channels, who may do what, and everything that was done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from longshore_local.slack.errors import Refusal
from longshore_local.slack.mentions import Mention, references_in
from longshore_local.slack.messages import (
    Channel,
    Content,
    Message,
    Version,
    identifier,
)
from longshore_local.slack.rates import Buckets, RateLimits

ACTIVE = "active"
MICRO = 1_000_000


@dataclass(slots=True)
class Call:
    """A request to the stand-in; `at` is in seconds since 1970.

    `method` is the Web API's or `incoming-webhook`, `channel` an ID or what was given instead,
    `ts` the message that came of it. `outcome` is `ok`, Slack's code for why not, or what befell
    it (`down`, `http 500`); `answered` is false when the caller did not learn the outcome.
    """

    method: str
    at: float
    channel: str = ""
    ts: str = ""
    outcome: str = ""
    answered: bool = True
    arguments: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Workspace:
    """What Slack keeps. `standing` of the token is `active` or the code it is refused with."""

    token: str
    scopes: Sequence[str]
    clock: Callable[[], float]
    limits: RateLimits | None
    standing: str = ACTIVE
    channels: dict[str, Channel] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    links: list[Mention] = field(default_factory=list)
    buckets: Buckets = field(init=False)
    _last: int = 0

    def __post_init__(self) -> None:
        """Begin with empty buckets."""
        self.buckets = Buckets(self.limits, self.clock)

    def add_channel(self, name: str, *, private: bool = False) -> Channel:
        """Open a channel with the bot in it."""
        bare = name.removeprefix("#")
        channel = Channel(identifier("C", bare), bare, private=private)
        self.channels[channel.id] = channel
        return channel

    def find(self, address: str, *, by_name: bool = True) -> Channel:
        """Return a channel by its ID, or by `#name` or `name` where that is allowed.

        Raises:
            Refusal: There is none, or it is private and the bot is not in it.
        """
        channel = self.channels.get(address) or (self._named(address) if by_name else None)
        if channel is None or (channel.private and not channel.member):
            raise Refusal("channel_not_found")
        return channel

    def _named(self, address: str) -> Channel | None:
        name = address.removeprefix("#")
        return next((each for each in self.channels.values() if each.name == name), None)

    def post(
        self,
        channel: Channel,
        author: str,
        content: Content,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Message:
        """Put a message into a channel; a broadcast that replies to nothing is a plain message."""
        ts = self._next_ts()
        message = Message(channel.id, ts, author, [self._version(content)])
        message.thread_ts = channel.thread_of(thread_ts)
        message.broadcast = broadcast and message.thread_ts is not None
        channel.messages[ts] = message
        return message

    def edit(self, message: Message, content: Content) -> None:
        """Add a version to a message."""
        message.versions.append(self._version(content))

    def note(self, message: Message, by: str, *, link_names: bool = False) -> None:
        """Keep who is called by what a message now says, and where it leads."""
        for each in references_in(message.content, link_names=link_names):
            mention = Mention(message.channel, message.ts, by, each.kind, each.target, each.label)
            if each.notifies:
                self.mentions.append(mention)
            elif each.kind == "link":
                self.links.append(mention)

    def lacks(self, scopes: Iterable[str]) -> bool:
        """Return whether the token has none of some scopes."""
        return not set(scopes) & set(self.scopes)

    def _version(self, content: Content) -> Version:
        return Version(self.clock(), content)

    def _next_ts(self) -> str:
        """Return the moment in microseconds, later than every one before."""
        self._last = max(self._last + 1, int(self.clock() * MICRO))
        return f"{self._last // MICRO}.{self._last % MICRO:06d}"
