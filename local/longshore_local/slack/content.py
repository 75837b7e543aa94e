"""Reads and judges what a message shall say."""

import json
from collections.abc import Mapping, Sequence

from longshore_local.slack import limits
from longshore_local.slack.arguments import Arguments, text_of
from longshore_local.slack.blocks import Block, read_blocks
from longshore_local.slack.errors import Refusal
from longshore_local.slack.messages import Content

EVENT_PARTS = {"event_type", "event_payload"}


def read_content(
    arguments: Arguments, *, longest: int = limits.TEXT, before: Content | None = None
) -> Content:
    """Read the content that arguments name; an edit keeps the parts of `before` it leaves out.

    Text that is left out of an edit is gone, blocks and attachments stay; an empty list removes
    them: https://docs.slack.dev/reference/methods/chat.update.

    Raises:
        Refusal: As Slack refuses it.
    """
    kept = before or Content()
    text = text_of(arguments, "text")
    if len(text) > longest:
        raise Refusal("msg_too_long")
    if not text.strip() and not arguments.get("blocks") and not arguments.get("attachments"):
        raise Refusal("no_text")
    blocks = _blocks(arguments, kept.blocks)
    attachments = _attachments(arguments, kept.attachments)
    if not text.strip() and not blocks and not attachments:
        raise Refusal("no_text")
    return Content(text, blocks, attachments, _metadata(arguments, kept.metadata))


def _blocks(arguments: Arguments, kept: Sequence[Block]) -> Sequence[Block]:
    given = arguments.get("blocks")
    return kept if given is None else read_blocks(given)


def _attachments(
    arguments: Arguments, kept: Sequence[Mapping[str, object]]
) -> Sequence[Mapping[str, object]]:
    given = arguments.get("attachments")
    if given is None:
        return kept
    found = _decoded(given, "invalid_attachments")
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refusal("invalid_attachments")
    if len(found) > limits.ATTACHMENTS:
        raise Refusal("too_many_attachments")
    for number, each in enumerate(found):
        _judge_attachment(each, number)
    return found


def _judge_attachment(attachment: Mapping[str, object], number: int) -> None:
    if "blocks" not in attachment:
        return
    try:
        read_blocks(attachment["blocks"], f"/attachments/{number}/blocks")
    except Refusal as refusal:
        raise Refusal("invalid_attachments", refusal.details) from None


def _metadata(
    arguments: Arguments, kept: Mapping[str, object] | None
) -> Mapping[str, object] | None:
    given = arguments.get("metadata")
    if given is None:
        return kept
    found = _decoded(given, "invalid_metadata_format")
    if found == {}:
        return None
    if not isinstance(found, dict) or set(found) != EVENT_PARTS:
        raise Refusal("invalid_metadata_format")
    if not isinstance(found["event_type"], str) or not isinstance(found["event_payload"], dict):
        raise Refusal("invalid_metadata_format")
    return found


def _decoded(given: object, otherwise: str) -> object:
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        raise Refusal(otherwise) from None
