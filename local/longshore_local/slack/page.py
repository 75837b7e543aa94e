"""A channel as an HTML page that looks roughly like Slack: nothing is loaded, nothing runs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import singledispatch
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

from longshore_local.slack.layout import parts_of
from longshore_local.slack.messages import Channel, Message
from longshore_local.slack.mrkdwn import Span, Spans
from longshore_local.slack.parts import (
    Attached,
    Button,
    Buttons,
    Columns,
    Heading,
    Paragraph,
    Part,
    Preformatted,
    Rule,
)
from longshore_local.slack.summary import clock_time, counted, first_line, is_app, name_of
from longshore_local.slack.workspace import Workspace

STYLE = (Path(__file__).parent / "style.css").read_text()
TAGS = (("code", "code"), ("bold", "b"), ("italic", "i"), ("strike", "s"))
SAFE = {"http", "https", "mailto"}
HEX = set("0123456789abcdefABCDEF")
NAMED = {"good": "2eb67d", "warning": "ecb22e", "danger": "e01e5a"}


def index_page(workspace: Workspace) -> str:
    """Return a page that leads to every channel."""
    channels = "".join(
        f'<li><a href="/channels/{quote(each.name)}"># {escape(each.name)}</a>'
        f" {counted(len(each.messages), 'message')}</li>"
        for each in workspace.channels.values()
    )
    return _page("Channels", f"<h1>Channels</h1><ul>{channels}</ul>")


def channel_page(channel: Channel) -> str:
    """Return a channel: its messages, oldest first, with their threads unfolded."""
    body = "".join(_message(channel, each) for each in channel.top())
    empty = "" if body else "<p class=empty>No message yet.</p>"
    title = f"# {escape(channel.name)}"
    return _page(f"#{channel.name}", f"<h1>{title}</h1>{body}{empty}")


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _message(channel: Channel, message: Message) -> str:
    said = _said(message)
    if message.thread_ts:
        parent = channel.messages.get(message.thread_ts)
        about = escape(first_line(parent)) if parent else "a thread"
        about = f"<p class=about>replied to a thread: {about}</p>"
        return f"<article>{_head(message)}{about}{said}</article>"
    replies = channel.replies(message.ts)
    thread = "".join(
        f"<article>{_head(each, in_thread=True)}{_said(each)}</article>" for each in replies
    )
    if thread:
        count = counted(len(replies), "reply", "replies")
        thread = f"<section class=thread><p class=count>{count}</p>{thread}</section>"
    return f"<article>{_head(message)}{said}{thread}</article>"


def _head(message: Message, *, in_thread: bool = False) -> str:
    moment = datetime.fromtimestamp(float(message.ts), UTC)
    app = "<span class=app>APP</span>" if is_app(message) else ""
    sent = in_thread and message.broadcast
    also = "<span class=also>also sent to the channel</span>" if sent else ""
    return (
        f"<header><span class=face>{escape(name_of(message)[:1])}</span>"
        f"<b>{escape(name_of(message))}</b>{app}"
        f'<time title="{moment:%Y-%m-%d %H:%M:%S} UTC">{clock_time(message)}</time>{also}</header>'
    )


def _said(message: Message) -> str:
    content = message.content
    parts = parts_of(content.text, content.blocks, content.attachments)
    edited = "<span class=edited>(edited)</span>" if message.edited else ""
    return f"<div class=said>{_parts(parts)}{edited}</div>"


def _parts(parts: Sequence[Part]) -> str:
    return "".join(map(_part, parts))


@singledispatch
def _part(part: Part) -> str:
    raise TypeError(f"{part} cannot be drawn")


@_part.register
def _(part: Heading) -> str:
    return f"<h2>{_spans(part.spans)}</h2>"


@_part.register
def _(part: Paragraph) -> str:
    return f"<p class={part.kind}>{_spans(part.spans)}</p>"


@_part.register
def _(part: Preformatted) -> str:
    return f"<pre>{escape(part.text)}</pre>"


@_part.register
def _(part: Columns) -> str:
    cells = "".join(f"<p>{_spans(each)}</p>" for each in part.cells)
    return f"<div class=fields>{cells}</div>"


@_part.register
def _(_: Rule) -> str:
    return "<hr>"


@_part.register
def _(part: Buttons) -> str:
    return f"<p class=buttons>{''.join(map(_button, part.buttons))}</p>"


@_part.register
def _(part: Attached) -> str:
    colour = f"border-color:#{_hex(part.colour)}"
    return f'<div class=attached style="{colour}">{_parts(part.parts)}</div>'


def _button(button: Button) -> str:
    style = button.style if button.style in {"primary", "danger"} else "plain"
    label = f'<span class="button {style}">{escape(button.label)}</span>'
    return _link(button.url, label) if button.url else label


def _spans(spans: Spans) -> str:
    return "".join(_nested(spans))


def _nested(spans: Spans) -> Iterator[str]:
    for span in spans:
        shown = escape(span.text).replace("\n", "<br>")
        if span.kind == "link":
            shown = _link(span.url, shown)
        elif span.kind == "mention":
            shown = f"<span class=mention>{shown}</span>"
        yield _with_marks(span, shown)


def _with_marks(span: Span, shown: str) -> str:
    for mark, tag in TAGS:
        if mark in span.marks:
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _link(url: str, shown: str) -> str:
    """Return a link; one that would run something is shown as text only."""
    if urlsplit(url).scheme.lower() not in SAFE:
        return f"<span class=link>{shown}</span>"
    return f'<a href="{escape(url)}" rel="noreferrer">{shown}</a>'


def _hex(colour: str) -> str:
    digits = NAMED.get(colour, colour.removeprefix("#"))
    return digits if len(digits) in {3, 6} and set(digits) <= HEX else "dddddd"
