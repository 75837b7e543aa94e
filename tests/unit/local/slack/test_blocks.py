from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    ImageElement,
    MarkdownBlock,
    MarkdownTextObject,
    RichTextBlock,
    RichTextElementParts,
    RichTextListElement,
    RichTextPreformattedElement,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
)

from longshore_local.slack import SlackStandIn
from tests.unit.local.slack.workbench import (
    ask,
    button,
    mrkdwn,
    plain,
    preformatted,
    refused,
    rich_text,
    section,
)

POST = "chat.postMessage"
Blocks = list[dict[str, Any]]
X = "x".__mul__


def header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": plain(text)}


def context(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "context", "elements": list(elements)}


def actions(*elements: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **more}


def fields(*texts: str) -> dict[str, Any]:
    return {"type": "section", "fields": [mrkdwn(text) for text in texts]}


def markdown(text: str) -> dict[str, Any]:
    return {"type": "markdown", "text": text}


def image(**changed: object) -> dict[str, Any]:
    return {"type": "image", "image_url": "https://x.org/a.png", "alt_text": "a", **changed}


def confirm(**changed: object) -> dict[str, Any]:
    parts = {"title": "t", "confirm": "yes", "deny": "no"}
    return {**{name: plain(text) for name, text in parts.items()}, "text": mrkdwn("?"), **changed}


LIMITS: list[tuple[Blocks, Blocks, str]] = [
    (
        [{"type": "divider"}] * 50,
        [{"type": "divider"}] * 51,
        "no more than 50 items allowed [json-pointer:/blocks]",
    ),
    (
        [header(X(150))],
        [header(X(151))],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [section(X(3000))],
        [section(X(3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [section("x")],
        [section("")],
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [fields(*["x"] * 10)],
        [fields(*["x"] * 11)],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        [fields(X(2000))],
        [fields(X(2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        [context(*[mrkdwn("x")] * 10)],
        [context(*[mrkdwn("x")] * 11)],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        [context(mrkdwn(X(3000)))],
        [context(mrkdwn(X(3001)))],
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/text]",
    ),
    (
        [actions(*[button()] * 25)],
        [actions(*[button()] * 26)],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        [actions(button(X(75)))],
        [actions(button(X(76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        [actions(button(value=X(2000)))],
        [actions(button(value=X(2001)))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        [actions(button(url=X(3000)))],
        [actions(button(url=X(3001)))],
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
    ),
    (
        [actions(button(action_id=X(255)))],
        [actions(button(action_id=X(256)))],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    (
        [{"type": "divider", "block_id": X(255)}],
        [{"type": "divider", "block_id": X(256)}],
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    (
        [markdown(X(12_000))],
        [markdown(X(12_001))],
        "must be less than 12001 characters [json-pointer:/blocks/0/text]",
    ),
    (
        [actions(button(confirm=confirm(title=plain(X(100)))))],
        [actions(button(confirm=confirm(title=plain(X(101)))))],
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    (
        [image(alt_text=X(2000))],
        [image(alt_text=X(2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]",
    ),
]


@pytest.mark.parametrize(("most", "more", "message"), LIMITS, ids=[each[2] for each in LIMITS])
def test_what_is_just_allowed_passes_and_one_more_is_refused(
    slack: SlackStandIn, client: WebClient, most: Blocks, more: Blocks, message: str
) -> None:
    client.chat_postMessage(channel="#checkout", text="x", blocks=most)

    refusal = refused(client, POST, channel="#checkout", text="x", blocks=more)

    assert refusal["error"] == "invalid_blocks"
    assert message in refusal["errors"]
    assert f"[ERROR] {message}" in refusal["response_metadata"]["messages"]
    assert len(slack.messages("#checkout")) == 1


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"type": "hologram"}, "unsupported type: hologram [json-pointer:/blocks/0/type]"),
        ({"text": "x"}, "missing required field: type [json-pointer:/blocks/0]"),
        ({"type": "header"}, "missing required field: text [json-pointer:/blocks/0]"),
        ({"type": "section"}, "missing required field: text or fields [json-pointer:/blocks/0]"),
        (
            section(colour="red"),
            "invalid additional property: colour [json-pointer:/blocks/0]",
        ),
        (
            {"type": "header", "text": mrkdwn("*x*")},
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        ({"type": "header", "text": "x"}, "must be an object [json-pointer:/blocks/0/text]"),
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": 1}},
            "must be a string [json-pointer:/blocks/0/text/text]",
        ),
        (
            {"type": "section", "text": {**mrkdwn("x"), "emoji": True}},
            "invalid additional property: emoji [json-pointer:/blocks/0/text]",
        ),
        ({"type": "context"}, "missing required field: elements [json-pointer:/blocks/0]"),
        (context(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (context(button()), "unsupported type: button [json-pointer:/blocks/0/elements/0/type]"),
        (actions(mrkdwn("x")), "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/type]"),
        (
            actions(button(style="green")),
            "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            actions(button(confirm={"title": plain("x")})),
            "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]",
        ),
        (
            actions(button(confirm="sure?")),
            "must be an object [json-pointer:/blocks/0/elements/0/confirm]",
        ),
        (
            actions(button(action_id="a"), button(action_id="a")),
            "action_id `a` already exists [json-pointer:/blocks/0/elements/1/action_id]",
        ),
        (section(expand="yes"), "must be a boolean [json-pointer:/blocks/0/expand]"),
        (
            section(accessory={"type": "button"}),
            "missing required field: text [json-pointer:/blocks/0/accessory]",
        ),
        (
            rich_text({"type": "rich_text_poem", "elements": []}),
            "unsupported type: rich_text_poem [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            rich_text(preformatted({"type": "text", "text": ""})),
            "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
        ),
        (
            rich_text(preformatted({"type": "emoji", "name": "x"})),
            "unsupported type: emoji [json-pointer:/blocks/0/elements/0/elements/0/type]",
        ),
        (
            rich_text({**preformatted({"type": "text", "text": "x"}), "border": True}),
            "must be one of: 0, 1 [json-pointer:/blocks/0/elements/0/border]",
        ),
        (
            rich_text({"type": "rich_text_list", "style": "bullet", "elements": [], "indent": "1"}),
            "must be an integer [json-pointer:/blocks/0/elements/0/indent]",
        ),
        (
            {"type": "rich_text", "elements": {}},
            "must be an array [json-pointer:/blocks/0/elements]",
        ),
    ],
)
def test_a_block_that_fits_no_schema_is_refused(
    client: WebClient, block: dict[str, Any], message: str
) -> None:
    refusal = refused(client, POST, channel="#checkout", text="x", blocks=[block])

    assert refusal["error"] == "invalid_blocks"
    assert message in refusal["errors"]


def test_where_several_schemas_are_tried_slack_says_first_that_none_fits(
    client: WebClient,
) -> None:
    refusal = refused(client, POST, channel="#checkout", text="x", blocks=[section("x" * 3001)])

    assert refusal["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]


def test_a_block_id_stands_once_in_a_message(client: WebClient) -> None:
    twice = [{"type": "divider", "block_id": "a"}, section(block_id="a")]

    refusal = refused(client, POST, channel="#checkout", text="x", blocks=twice)

    assert refusal["errors"] == ["block_id `a` already exists [json-pointer:/blocks/1/block_id]"]


TEN = [section(X(2500))] * 4
TWELVE = [markdown(X(6000))] * 2


@pytest.mark.parametrize(
    ("most", "more"),
    [
        (TEN, [*TEN, section("x")]),
        (TWELVE, [*TWELVE, markdown("x")]),
        ([*TEN, markdown(X(2000))], [*TEN, markdown(X(2001))]),
        (
            [rich_text(preformatted({"type": "text", "text": X(10_000)}))],
            [rich_text(preformatted({"type": "text", "text": X(10_001)}))],
        ),
    ],
    ids=["sections", "markdown", "both", "rich text"],
)
def test_all_blocks_together_have_a_length_too(
    client: WebClient, most: Blocks, more: Blocks
) -> None:
    client.chat_postMessage(channel="#checkout", text="x", blocks=most)

    refusal = refused(client, POST, channel="#checkout", text="x", blocks=more)

    assert refusal["error"] == "msg_blocks_too_long"


def test_what_the_models_of_slack_sdk_build_passes(slack: SlackStandIn, client: WebClient) -> None:
    parts = RichTextElementParts
    sure = ConfirmObject(title="Sure?", text=MarkdownTextObject(text="really"))
    blocks = [
        HeaderBlock(text="deployed"),
        SectionBlock(
            text="*bold*", accessory=ButtonElement(text="Open", action_id="a", url="https://x.org")
        ),
        SectionBlock(fields=["a", "b"]),
        ContextBlock(
            elements=[
                MarkdownTextObject(text="small"),
                ImageElement(image_url="https://x.org/a.png", alt_text="picture"),
            ]
        ),
        ActionsBlock(
            elements=[ButtonElement(text="Go", action_id="b", style="danger", confirm=sure)]
        ),
        DividerBlock(),
        MarkdownBlock(text="**bold**"),
        RichTextBlock(
            elements=[
                RichTextSectionElement(
                    elements=[
                        parts.Text(text="t", style=parts.TextStyle(bold=True)),
                        parts.Emoji(name="x"),
                        parts.Link(url="https://x.org", text="l"),
                        parts.User(user_id="U1"),
                        parts.Broadcast(range="here"),
                        parts.Channel(channel_id="C1"),
                        parts.UserGroup(usergroup_id="S1"),
                        parts.Date(timestamp=1, format="{date}", url="https://x.org"),
                        parts.Color(value="#fff"),
                    ]
                ),
                RichTextPreformattedElement(elements=[parts.Text(text="log")], border=0),
                RichTextQuoteElement(elements=[parts.Text(text="said")]),
                RichTextListElement(
                    style="ordered",
                    indent=0,
                    elements=[RichTextSectionElement(elements=[parts.Text(text="one")])],
                ),
            ]
        ),
    ]

    ask(client, POST, channel="#checkout", text="x", blocks=[each.to_dict() for each in blocks])

    assert len(slack.messages("#checkout")[0].blocks) == len(blocks)
