"""A channel as plain text for a terminal."""

from collections.abc import Iterator, Sequence
from functools import singledispatch

from rich.cells import cell_len, chop_cells

from longshore.events.documents import printable
from longshore_local.slack.layout import parts_of
from longshore_local.slack.messages import Channel, Message
from longshore_local.slack.mrkdwn import Span, Spans
from longshore_local.slack.parts import (
    Attached,
    Buttons,
    Columns,
    Heading,
    Paragraph,
    Part,
    Preformatted,
    Rule,
)
from longshore_local.slack.summary import clock_time, counted, first_line, name_of

INDENT = "  "
THREAD = "  │ "
BAR = "┃ "
NARROWEST = 20
"""Columns for text, however deep it stands."""
MARKS = (("code", "`"), ("strike", "~"))
SIGNS = {"quote": "▏ ", "item": "", "small": "", "text": ""}


def channel_text(channel: Channel, width: int = 80) -> str:
    """Return a channel, oldest first, each thread beneath its message; no line is wider."""
    lines = [f"#{channel.name}"]
    for message in channel.top():
        lines += ["", *_message(channel, message, width)]
    if len(lines) == 1:
        lines += ["", "No message yet."]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _message(channel: Channel, message: Message, width: int) -> Iterator[str]:
    parent = channel.messages.get(message.thread_ts or "")
    if message.thread_ts:
        about = first_line(parent) if parent else "a thread"
        yield from wrapped(f"{_head(message)} replied to a thread: {about}", width)
        yield from _said(message, width)
        return
    yield from wrapped(_head(message), width)
    yield from _said(message, width)
    replies = channel.replies(message.ts)
    if replies:
        yield f"{INDENT}└ {counted(len(replies), 'reply', 'replies')}"
    for reply in replies:
        also = " (also sent to the channel)" if reply.broadcast else ""
        room = width - len(THREAD)
        inner = (*wrapped(f"{_head(reply)}{also}", room), *_said(reply, room))
        yield from (f"{THREAD}{line}" for line in inner)


def _head(message: Message) -> str:
    return f"{name_of(message)} {clock_time(message)}"


def _said(message: Message, width: int) -> Iterator[str]:
    content = message.content
    parts = parts_of(content.text, content.blocks, content.attachments)
    room = max(NARROWEST, width - len(INDENT))
    lines = list(_lines(parts, room))
    if message.edited:
        lines = [*_with_edited(lines, room)]
    return (f"{INDENT}{line}" for line in lines)


def _with_edited(lines: Sequence[str], room: int) -> Sequence[str]:
    mark = "(edited)"
    if lines and cell_len(lines[-1]) + len(mark) < room:
        return [*lines[:-1], f"{lines[-1]} {mark}"]
    return [*lines, mark]


def _lines(parts: Sequence[Part], width: int) -> Iterator[str]:
    for part in parts:
        yield from _part(part, width)


@singledispatch
def _part(part: Part, width: int) -> Iterator[str]:
    raise TypeError(f"{part} cannot be drawn in {width} columns")


@_part.register
def _(part: Heading, width: int) -> Iterator[str]:
    return wrapped(_words(part.spans), width)


@_part.register
def _(part: Paragraph, width: int) -> Iterator[str]:
    sign = SIGNS[part.kind]
    for line in wrapped(_words(part.spans), width - len(sign)):
        yield f"{sign}{line}"


@_part.register
def _(part: Preformatted, width: int) -> Iterator[str]:
    for line in _cut(part.text.split("\n"), width - len(INDENT)):
        yield f"{INDENT}{line}"


@_part.register
def _(part: Columns, width: int) -> Iterator[str]:
    for cell in part.cells:
        yield from wrapped(_words(cell).replace("\n", " "), width)


@_part.register
def _(_: Rule, width: int) -> Iterator[str]:
    yield "─" * width


@_part.register
def _(part: Buttons, width: int) -> Iterator[str]:
    return wrapped(" ".join(f"[{each.label}]" for each in part.buttons), width)


@_part.register
def _(part: Attached, width: int) -> Iterator[str]:
    for line in _lines(part.parts, width - len(BAR)):
        yield f"{BAR}{line}"


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, broken between words where they are too wide."""
    for line in text.split("\n"):
        yield from _wrapped_line(_line(line), max(NARROWEST, width))


def _wrapped_line(line: str, width: int) -> Iterator[str]:
    current = ""
    for word in line.split(" "):
        joined = f"{current} {word}" if current else word
        if cell_len(joined) <= width:
            current = joined
            continue
        if current:
            yield current
        *full, current = chop_cells(word, width) or [""]
        yield from full
    yield current


def _cut(lines: Sequence[str], width: int) -> Iterator[str]:
    for line in lines:
        yield from chop_cells(_line(line), max(NARROWEST, width)) or [""]


def _line(text: str) -> str:
    """Return a line that does nothing to a terminal; a tab is as wide as four blanks."""
    return printable(text.replace("\t", "    "), len(text) * 4 + 4)


def _words(spans: Spans) -> str:
    return "".join(map(_word, spans))


def _word(span: Span) -> str:
    shown = span.text
    if span.kind == "link" and span.url not in (shown, f"mailto:{shown}"):
        shown = f"{shown} ({span.url})"
    for mark, sign in MARKS:
        if mark in span.marks:
            shown = f"{sign}{shown}{sign}"
    return shown
