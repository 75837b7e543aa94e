"""Holds the blocks of a message to Slack's schema and limits.

https://docs.slack.dev/reference/block-kit/blocks. Played are the blocks that a bot without
interactivity has use for: actions, context, divider, header, image, markdown, rich_text, section.
Any other type is refused as unknown, also where Slack knows it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from longshore_local.slack import limits
from longshore_local.slack.errors import Refusal
from longshore_local.slack.rich_text import RICH_TEXT
from longshore_local.slack.schema import (
    Check,
    array,
    boolean,
    choice,
    fault,
    matching,
    record,
    text,
    typed,
)

Block = dict[str, object]


def _plain(most: int) -> Check:
    return typed({"plain_text": record({"text": text(most)}, {"emoji": boolean})})


def _any_text(most: int) -> Check:
    return matching(
        typed(
            {
                "plain_text": record({"text": text(most)}, {"emoji": boolean}),
                "mrkdwn": record({"text": text(most)}, {"verbatim": boolean}),
            }
        )
    )


_CONFIRM = record(
    {
        "title": _plain(limits.CONFIRM_TITLE),
        "text": _any_text(limits.CONFIRM_TEXT),
        "confirm": _plain(limits.CONFIRM_BUTTON),
        "deny": _plain(limits.CONFIRM_BUTTON),
    },
    {"style": choice("primary", "danger")},
)
_BUTTON = record(
    {"text": _plain(limits.BUTTON)},
    {
        "action_id": text(limits.ACTION_ID),
        "url": text(limits.BUTTON_URL),
        "value": text(limits.BUTTON_VALUE, least=0),
        "style": choice("primary", "danger"),
        "confirm": _CONFIRM,
        "accessibility_label": text(limits.BUTTON),
    },
)
_IMAGE = record({"image_url": text(limits.IMAGE_URL), "alt_text": text(limits.IMAGE_TEXT)})
_ID = {"block_id": text(limits.BLOCK_ID)}

_BLOCKS = typed(
    {
        "actions": record(
            {"elements": array(typed({"button": _BUTTON}), limits.ACTIONS)},
            _ID,
        ),
        "context": record(
            {
                "elements": array(
                    typed(
                        {
                            "image": _IMAGE,
                            "plain_text": _any_text(limits.CONTEXT_TEXT),
                            "mrkdwn": _any_text(limits.CONTEXT_TEXT),
                        }
                    ),
                    limits.CONTEXT_ELEMENTS,
                )
            },
            _ID,
        ),
        "divider": record({}, _ID),
        "header": record({"text": _plain(limits.HEADER)}, _ID),
        "image": record(
            {"image_url": text(limits.IMAGE_URL), "alt_text": text(limits.IMAGE_TEXT)},
            {"title": _plain(limits.IMAGE_TEXT), **_ID},
        ),
        "markdown": record({"text": text(limits.MARKDOWN)}, _ID),
        "rich_text": record({"elements": RICH_TEXT}, _ID),
        "section": record(
            {},
            {
                "text": _any_text(limits.SECTION),
                "fields": array(_any_text(limits.FIELD), limits.FIELDS),
                "accessory": typed({"button": _BUTTON, "image": _IMAGE}),
                "expand": boolean,
                **_ID,
            },
        ),
    }
)
_ALL = array(_BLOCKS, limits.BLOCKS, least=0)


def read_blocks(given: object, pointer: str = "/blocks") -> list[Block]:
    """Read blocks, a list or its JSON text.

    Raises:
        Refusal: As Slack refuses them: `invalid_blocks_format`, `invalid_blocks`,
            `msg_blocks_too_long`.
    """
    blocks = _decoded(given)
    if not isinstance(blocks, list) or not all(isinstance(each, dict) for each in blocks):
        raise Refusal("invalid_blocks_format")
    faults = list(faults_of(blocks, pointer))
    if faults:
        raise Refusal("invalid_blocks", faults)
    if not _short_enough(blocks):
        raise Refusal("msg_blocks_too_long")
    return blocks


def faults_of(blocks: Sequence[Block], pointer: str) -> Iterator[str]:
    """Yield what is wrong with the blocks of one message."""
    yield from _ALL(list(blocks), pointer)
    for number, block in enumerate(blocks):
        if block.get("type") == "section" and not block.keys() & {"text", "fields"}:
            yield fault("missing required field: text or fields", f"{pointer}/{number}")
    yield from _repeated(blocks, pointer)


def characters_of(document: object) -> int:
    """Return how many characters of text a block or anything in it has."""
    if isinstance(document, dict):
        own = document.get("text")
        inner = sum(characters_of(each) for each in document.values() if not isinstance(each, str))
        return inner + (len(own) if isinstance(own, str) else 0)
    return sum(map(characters_of, document)) if isinstance(document, list) else 0


def _decoded(given: object) -> object:
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        return None


def _repeated(blocks: Sequence[Block], pointer: str) -> Iterator[str]:
    seen: Counter[object] = Counter()
    for number, block in enumerate(blocks):
        name = block.get("block_id")
        if isinstance(name, str):
            seen[name] += 1
            if seen[name] > 1:
                place = f"{pointer}/{number}/block_id"
                yield fault(f"block_id `{name}` already exists", place)
        yield from _repeated_actions(block, f"{pointer}/{number}")


def _repeated_actions(block: Block, pointer: str) -> Iterator[str]:
    elements = block.get("elements")
    if block.get("type") != "actions" or not isinstance(elements, list):
        return
    seen: set[str] = set()
    for number, element in enumerate(elements):
        name = element.get("action_id") if isinstance(element, dict) else None
        if isinstance(name, str):
            if name in seen:
                place = f"{pointer}/elements/{number}/action_id"
                yield fault(f"action_id `{name}` already exists", place)
            seen.add(name)


def _short_enough(blocks: Sequence[Block]) -> bool:
    markdown = sum(characters_of(each) for each in blocks if each.get("type") == "markdown")
    others = sum(map(characters_of, blocks)) - markdown
    return others <= limits.TEXT_OF_BLOCKS and others + markdown <= limits.MARKDOWN
