"""Lays a message out: from blocks and mark-up to the parts that people see."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from longshore_local.slack.mentions import unescaped
from longshore_local.slack.mrkdwn import Span, plain_spans, spans_of
from longshore_local.slack.parts import (
    Attached,
    Button,
    Buttons,
    Columns,
    Document,
    Heading,
    Paragraph,
    Part,
    Preformatted,
    Rule,
)
from longshore_local.slack.rich_parts import rich_parts

FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
QUOTED = re.compile(r"(?:>|&gt;)\s?")
MARKDOWN_BOLD = re.compile(r"\*\*(.+?)\*\*")
MARKDOWN_LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")
MARKDOWN_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


def parts_of(
    text: str, blocks: Sequence[Document], attachments: Sequence[Document] = ()
) -> list[Part]:
    """Return what is shown: the blocks, the text where there are none, and the attachments."""
    shown: list[Part] = []
    if blocks:
        for block in blocks:
            shown += _of_block(block)
    else:
        shown += _of_mrkdwn(text)
    return [*shown, *map(_of_attachment, attachments)]


def _of_block(block: Document) -> Iterator[Part]:
    return _BLOCKS[str(block["type"])](block)


def _of_divider(_: Document) -> Iterator[Part]:
    yield Rule()


def _of_header(block: Document) -> Iterator[Part]:
    yield Heading(_spans_of(block.get("text")))


def _of_section(block: Document) -> Iterator[Part]:
    text = block.get("text")
    if isinstance(text, dict) and text.get("type") == "mrkdwn":
        yield from _of_mrkdwn(str(text.get("text")))
    elif text is not None:
        yield Paragraph(_spans_of(text))
    fields = block.get("fields")
    if isinstance(fields, list):
        yield Columns([_spans_of(each) for each in fields])
    accessory = block.get("accessory")
    if isinstance(accessory, dict):
        yield from _of_accessory(accessory)


def _of_accessory(accessory: Document) -> Iterator[Part]:
    if accessory.get("type") == "button":
        yield Buttons([_button(accessory)])
    else:
        yield from _of_image(accessory)


def _of_context(block: Document) -> Iterator[Part]:
    yield Paragraph(_joined(map(_spans_of, _elements(block))), "small")


def _of_actions(block: Document) -> Iterator[Part]:
    yield Buttons([_button(each) for each in _elements(block)])


def _of_markdown(block: Document) -> Iterator[Part]:
    return _of_mrkdwn(_as_mrkdwn(str(block.get("text"))))


def _of_image(block: Document) -> Iterator[Part]:
    yield Paragraph([_image(block)], "small")


_BLOCKS: Mapping[str, Callable[[Document], Iterator[Part]]] = {
    "actions": _of_actions,
    "context": _of_context,
    "divider": _of_divider,
    "header": _of_header,
    "image": _of_image,
    "markdown": _of_markdown,
    "rich_text": rich_parts,
    "section": _of_section,
}


def _of_mrkdwn(text: str) -> Iterator[Part]:
    for number, piece in enumerate(FENCE.split(text)):
        if number % 2:
            yield Preformatted(unescaped(piece))
        elif piece.strip("\n"):
            yield from _of_lines(piece.strip("\n").split("\n"))


def _of_lines(lines: Sequence[str]) -> Iterator[Part]:
    """Yield paragraphs and quotes, lines of a kind together."""
    together: list[str] = []
    for line, after in zip(lines, [*lines[1:], None], strict=True):
        quoted = QUOTED.match(line)
        together.append(line[quoted.end() :] if quoted else line)
        if after is None or bool(QUOTED.match(after)) != bool(quoted):
            yield Paragraph(spans_of("\n".join(together)), "quote" if quoted else "text")
            together = []


def _of_attachment(attachment: Document) -> Attached:
    blocks, text = attachment.get("blocks"), str(attachment.get("text") or "")
    title = str(attachment.get("title") or "")
    shown = f"*{title}*\n{text}" if title else text or str(attachment.get("fallback") or "")
    given = blocks if isinstance(blocks, list) else []
    return Attached(str(attachment.get("color") or ""), parts_of(shown, given))


def _spans_of(document: object) -> list[Span]:
    if not isinstance(document, dict):
        return []
    if document.get("type") == "image":
        return [_image(document)]
    text = str(document.get("text"))
    return spans_of(text) if document.get("type") == "mrkdwn" else plain_spans(text)


def _image(document: Document) -> Span:
    """Return the words for a picture: nothing is loaded from anywhere."""
    return Span(f"[{document.get('alt_text')}]")


def _elements(document: Document) -> list[Document]:
    found = document.get("elements")
    return found if isinstance(found, list) else []


def _joined(groups: Iterator[list[Span]]) -> list[Span]:
    joined: list[Span] = []
    for group in groups:
        joined += [Span("  "), *group] if joined else group
    return joined


def _button(document: Document) -> Button:
    label = document.get("text")
    text = str(label.get("text", "")) if isinstance(label, dict) else ""
    shown = "".join(span.text for span in plain_spans(text))
    return Button(shown, str(document.get("url") or ""), str(document.get("style") or ""))


def _as_mrkdwn(text: str) -> str:
    """Return standard Markdown in Slack's own mark-up, as far as a short message has any."""
    text = MARKDOWN_HEADING.sub(r"*\1*", text)
    text = MARKDOWN_BOLD.sub(r"*\1*", text)
    return MARKDOWN_LINK.sub(r"<\2|\1>", text)
