"""What is told in a chat: one living message a deployment, with its steps in a thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from longshore.domain.outcomes import Announcement


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message of ours stands: the channel's id, and Slack's name for the message."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Thread:
    """What one channel has been told of one deployment.

    `shown` is the sequence number that the message shows, `told` the last one whose step has been
    told. Without `message` nothing stands there (yet).
    """

    message: Posted | None = None
    shown: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class Commit:
    """What an image says of its source; `url` is a page about it, where the image names one."""

    revision: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class LastLines:
    """The last lines of a container that failed, free of secrets; or why there are none."""

    container: str
    lines: tuple[str, ...] = ()
    absence: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """An announcement with what was found out about it: all that a message is made of.

    `mention` are those to call, `commits` the sources of the release's images by alias.
    """

    announcement: Announcement
    commits: Mapping[str, Commit] = field(default_factory=dict)
    last_lines: LastLines | None = None
    mention: tuple[str, ...] = ()
