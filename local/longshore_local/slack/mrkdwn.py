"""Slack's mark-up as spans of text: https://docs.slack.dev/messaging/formatting-message-text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from longshore_local.slack.emoji import EMOJI
from longshore_local.slack.mentions import read_sequence, unescaped

NO_MARKS: frozenset[str] = frozenset()
SHORTCODE = r":(?P<emoji>[a-z0-9_+'-]+):"
MARKED = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<sequence>[^<>\s][^<>\n]*)>"
    r"|(?<![\w*])\*(?=\S)(?P<bold>[^*\n]+?)(?<=\S)\*(?![\w*])"
    r"|(?<!\w)_(?=\S)(?P<italic>[^_\n]+?)(?<=\S)_(?!\w)"
    r"|(?<![\w~])~(?=\S)(?P<strike>[^~\n]+?)(?<=\S)~(?![\w~])"
    rf"|{SHORTCODE}"
)
PLAIN = re.compile(SHORTCODE)


@dataclass(frozen=True, slots=True)
class Span:
    """Text that is shown in one way: `marks` are of bold, italic, strike and code.

    `kind` is text, emoji, link (with `url`) or mention.
    """

    text: str
    marks: frozenset[str] = NO_MARKS
    kind: str = "text"
    url: str = ""


Spans = Sequence[Span]


def spans_of(text: str) -> list[Span]:
    """Read mrkdwn; entities become the characters they stand for."""
    return list(_marked(text, NO_MARKS))


def plain_spans(text: str) -> list[Span]:
    """Read plain text, in which shortcodes alone mean something."""
    return list(_split(PLAIN, text, NO_MARKS))


def emoji_span(name: str, marks: frozenset[str] = NO_MARKS) -> Span:
    """Return the emoji of a shortcode, the shortcode itself when it is not known."""
    return Span(EMOJI.get(name, f":{name}:"), marks, "emoji")


def _marked(text: str, marks: frozenset[str]) -> Iterator[Span]:
    return _split(MARKED, text, marks)


def _split(pattern: re.Pattern[str], text: str, marks: frozenset[str]) -> Iterator[Span]:
    end = 0
    for match in pattern.finditer(text):
        if match.start() > end:
            yield Span(unescaped(text[end : match.start()]), marks)
        yield from _spans_of_match(match, marks)
        end = match.end()
    if end < len(text):
        yield Span(unescaped(text[end:]), marks)


def _spans_of_match(match: re.Match[str], marks: frozenset[str]) -> Iterator[Span]:
    name = match.lastgroup or ""
    inner = match[name]
    if name == "emoji":
        yield emoji_span(inner, marks)
    elif name == "code":
        yield Span(unescaped(inner), marks | {"code"})
    elif name == "sequence":
        yield _of_sequence(inner, marks)
    else:
        yield from _marked(inner, marks | {name})


def _of_sequence(sequence: str, marks: frozenset[str]) -> Span:
    reference = read_sequence(sequence)
    label = reference.label
    if reference.kind == "link":
        return Span(label or reference.target, marks, "link", reference.target)
    if reference.kind == "date":
        return Span(label or reference.target, marks)
    sign = "#" if reference.kind == "channel" else "@"
    shown = label or reference.target
    return Span(shown if shown.startswith(sign) else f"{sign}{shown}", marks, "mention")
