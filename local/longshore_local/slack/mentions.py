"""Who a message calls, and where it leads: what hostile text would have reached.

Slack takes `<…>` in text and in mrkdwn for a control sequence unless `<`, `>` and `&` are escaped:
https://docs.slack.dev/messaging/formatting-message-text. Everything that could notify counts: the
text even where blocks are shown instead, and an edit as much as a new message.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from longshore_local.slack.messages import Content

SEQUENCE = re.compile(r"<(?P<what>[^<>\s][^<>\n]*)>")
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
BARE = re.compile(r"(?<![\w@<])@(?P<name>[\w.-]+)")
EVERYBODY = frozenset({"here", "channel", "everyone"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A control sequence in a text: `kind` is broadcast, user, usergroup, channel, date or link.

    `target` is whom or what it names: `here`, a user ID, a URL.
    """

    kind: str
    target: str
    label: str = ""

    @property
    def notifies(self) -> bool:
        """Whether somebody hears of the message because of it."""
        return self.kind in {"broadcast", "user", "usergroup"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference that a message of a channel has; `by` is the method that brought it there."""

    channel: str
    ts: str
    by: str
    kind: str
    target: str
    label: str = ""


def references_in(content: Content, *, link_names: bool = False) -> list[Reference]:
    """Return every reference in a content; with `link_names`, `@name` alone is one too."""
    found = list(_in_text(content.text, link_names=link_names))
    for document in (*content.blocks, *content.attachments):
        found += _in_document(document)
    return found


def read_sequence(sequence: str) -> Reference:
    """Read what stands between `<` and `>`."""
    what, _, label = unescaped(sequence).partition("|")
    if what.startswith("!"):
        return _special(what[1:], label)
    kinds = {"@U": "user", "@W": "user", "#C": "channel", "#G": "channel"}
    kind = kinds.get(what[:2])
    return Reference(kind, what[1:], label) if kind else Reference("link", what, label)


def unescaped(text: str) -> str:
    """Return text as people see it."""
    for entity, character in ENTITIES:
        text = text.replace(entity, character)
    return text


def _special(what: str, label: str) -> Reference:
    name, _, rest = what.partition("^")
    if name == "subteam":
        return Reference("usergroup", rest, label)
    if name == "date":
        return Reference("date", rest, label)
    return Reference("broadcast", name, label)


def _in_text(text: str, *, link_names: bool = False) -> Iterator[Reference]:
    for match in SEQUENCE.finditer(text):
        yield read_sequence(match["what"])
    if link_names:
        for match in BARE.finditer(text):
            kind = "broadcast" if match["name"] in EVERYBODY else "user"
            yield Reference(kind, match["name"])


def _in_document(document: object) -> Iterator[Reference]:
    if isinstance(document, list):
        for each in document:
            yield from _in_document(each)
    elif isinstance(document, Mapping):
        yield from _in_object(document)


def _in_object(document: Mapping[str, object]) -> Iterator[Reference]:
    kind = document.get("type")
    if kind == "plain_text":
        return
    if kind in _ELEMENTS:
        name, key = _ELEMENTS[str(kind)]
        yield Reference(name, str(document.get(key, "")))
    elif kind in {"mrkdwn", "markdown", None}:
        for value in document.values():
            yield from _in_text(value) if isinstance(value, str) else ()
    for value in document.values():
        yield from _in_document(value)


_ELEMENTS: Mapping[str, tuple[str, str]] = {
    "user": ("user", "user_id"),
    "usergroup": ("usergroup", "usergroup_id"),
    "broadcast": ("broadcast", "range"),
    "channel": ("channel", "channel_id"),
    "link": ("link", "url"),
}
"""The elements of rich_text that are references, and where they say to what."""
