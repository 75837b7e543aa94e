"""What people see of a rich_text block."""

from collections.abc import Iterator, Mapping

from longshore_local.slack.mrkdwn import Span, emoji_span
from longshore_local.slack.parts import Document, Paragraph, Part, Preformatted

NAMES: Mapping[str, tuple[str, str]] = {
    "broadcast": ("@", "range"),
    "channel": ("#", "channel_id"),
    "user": ("@", "user_id"),
    "usergroup": ("@", "usergroup_id"),
}
"""Elements that name somebody, the sign before the name, and where the name stands."""


def rich_parts(block: Document) -> Iterator[Part]:
    """Yield what a rich_text block shows."""
    for element in _elements(block):
        spans = [_span(each) for each in _elements(element) if "elements" not in each]
        match element.get("type"):
            case "rich_text_preformatted":
                yield Preformatted("".join(span.text for span in spans))
            case "rich_text_quote":
                yield Paragraph(spans, "quote")
            case "rich_text_list":
                yield from _items(element)
            case _:
                yield Paragraph(spans)


def _items(element: Document) -> Iterator[Part]:
    for number, item in enumerate(_elements(element), start=1):
        sign = f"{number}. " if element.get("style") == "ordered" else "• "
        yield Paragraph([Span(sign), *map(_span, _elements(item))], "item")


def _span(element: Document) -> Span:
    kind, marks = str(element.get("type")), _marks(element)
    if kind == "emoji":
        return emoji_span(str(element.get("name")), marks)
    if kind == "link":
        url = str(element.get("url"))
        return Span(str(element.get("text") or url), marks, "link", url)
    if kind in NAMES:
        sign, key = NAMES[kind]
        return Span(f"{sign}{element.get(key)}", marks, "mention")
    shown = element.get("text") or element.get("fallback") or element.get("value")
    return Span(str(shown or ""), marks)


def _marks(element: Document) -> frozenset[str]:
    style = element.get("style")
    if not isinstance(style, dict):
        return frozenset()
    return frozenset(str(name) for name, on in style.items() if on)


def _elements(document: Document) -> list[Document]:
    found = document.get("elements")
    return found if isinstance(found, list) else []
