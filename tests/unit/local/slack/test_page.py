from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from slack_sdk import WebClient

from longshore_local.slack import SlackStandIn
from tests.unit.local.slack.workbench import (
    Document,
    button,
    mrkdwn,
    plain,
    preformatted,
    rich_text,
    section,
)

VOID = {"meta", "hr", "br"}


class Reader(HTMLParser):
    """Reads a page as a browser would: its text, its links, and whether its tags are in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data


def read(slack: SlackStandIn, url: str = "") -> Reader:
    with urlopen(url or slack.page_url("#checkout"), timeout=5) as answer:  # noqa: S310 - the stand-in's own
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        reader = Reader()
        reader.feed(answer.read().decode())
    assert reader.open == []
    return reader


def show(slack: SlackStandIn, client: WebClient, *blocks: Document, text: str = "x") -> str:
    client.chat_postMessage(channel="#checkout", text=text, blocks=list(blocks))
    read(slack)
    return slack.channel_page("#checkout")


def test_the_first_page_leads_to_every_channel(slack: SlackStandIn, client: WebClient) -> None:
    client.chat_postMessage(channel="#ops", text="x")

    page = read(slack, slack.page_url("#ops").partition("/channels")[0] + "/")

    assert page.links == ["/channels/checkout", "/channels/ops"]
    assert "# ops 1 message" in page.text


def test_a_channel_that_is_not_there_is_not_found(slack: SlackStandIn) -> None:
    with pytest.raises(HTTPError, match="404") as caught:
        urlopen(slack.page_url("#ops") + "-none", timeout=5)  # noqa: S310 - as above
    caught.value.close()
    assert "No message yet." in read(slack).text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold* text", "<b>bold</b> text"),
        ("_so_ ~no~ `code`", "<i>so</i> <s>no</s> <code>code</code>"),
        (
            "*bold `code` <https://x.org|link>*",
            "<b>bold </b><b><code>code</code></b><b> </b><b><a href=",
        ),
        ("<https://x.org/a?b=1&amp;c|1.2>", '<a href="https://x.org/a?b=1&amp;c" rel='),
        ("<!channel> by <@U1|ada>", "<span class=mention>@channel</span>"),
        (":white_check_mark: :rocket: :nonsense:", "✅ 🚀 :nonsense:"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("2 * 3 * 4 snake_case_name a*b*c", "2 * 3 * 4 snake_case_name a*b*c"),
        ("before\n```\n*raw* &lt;x&gt;\n  y```\nafter", "<pre>*raw* &lt;x&gt;\n  y</pre>"),
        ("&gt; quoted\nplain", "<p class=quote>quoted</p><p class=text>plain</p>"),
        ("one\ntwo", "one<br>two"),
        (
            "<!date^1767225600^{date}|on Monday> in <#C1|ops>",
            "on Monday in <span class=mention>#ops<",
        ),
    ],
)
def test_mark_up_is_drawn(slack: SlackStandIn, client: WebClient, text: str, shown: str) -> None:
    assert shown in show(slack, client, section(text))
    assert shown in show(slack, client, text=text)


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        ({"type": "header", "text": plain(":x: *failed*")}, "<h2>❌ *failed*</h2>"),
        ({"type": "divider"}, "<hr>"),
        ({"type": "section", "text": plain("*a*")}, "<p class=text>*a*</p>"),
        (
            {"type": "section", "fields": [mrkdwn("*a*"), plain("*b*")]},
            "<div class=fields><p><b>a</b></p><p>*b*</p></div>",
        ),
        (
            {"type": "context", "elements": [mrkdwn("`a`"), plain("b")]},
            "<p class=small><code>a</code>  b</p>",
        ),
        (
            {"type": "actions", "elements": [button(url="https://x.org"), button(style="danger")]},
            '<span class="button plain">Open</span></a><span class="button danger">',
        ),
        (section(accessory=button("More")), '<span class="button plain">More</span>'),
        (
            section(accessory={"type": "image", "image_url": "https://x.org", "alt_text": "graph"}),
            "[graph]",
        ),
        (
            rich_text(preformatted({"type": "text", "text": "a <b>\n c"})),
            "<pre>a &lt;b&gt;\n c</pre>",
        ),
        (
            rich_text(
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "a", "style": {"bold": True}},
                        {"type": "emoji", "name": "x"},
                        {"type": "link", "url": "https://x.org", "text": "l"},
                        {"type": "broadcast", "range": "here"},
                        {"type": "color", "value": "#fff"},
                    ],
                }
            ),
            '<b>a</b>❌<a href="https://x.org" rel="noreferrer">l</a><span class=mention>@here<',
        ),
        (
            rich_text({"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]}),
            "<p class=quote>said</p>",
        ),
        (
            {"type": "image", "image_url": "https://x.org", "alt_text": "graph"},
            "<p class=small>[graph]</p>",
        ),
        (
            rich_text(
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [{"type": "text", "text": "first"}],
                        }
                    ],
                }
            ),
            "<p class=item>1. first</p>",
        ),
        (
            {"type": "markdown", "text": "## Head\n**bold** [l](https://x.org)"},
            '<b>Head</b><br><b>bold</b> <a href="https://x.org"',
        ),
    ],
)
def test_blocks_are_drawn(
    slack: SlackStandIn, client: WebClient, block: Document, shown: str
) -> None:
    assert shown in show(slack, client, block)


def test_blocks_are_shown_instead_of_the_text(slack: SlackStandIn, client: WebClient) -> None:
    page = show(slack, client, section("seen"), text="fallback")

    assert "seen" in page
    assert "fallback" not in page


HOSTILE = "<script>alert(1)</script>\"' onload=x &lt;img src=x onerror=alert(1)&gt;"


def test_hostile_text_stays_text(slack: SlackStandIn, client: WebClient) -> None:
    page = show(
        slack,
        client,
        section(HOSTILE),
        {"type": "header", "text": plain(HOSTILE)},
        {"type": "actions", "elements": [button(HOSTILE[:75], url="javascript:alert(1)")]},
        section("<javascript:alert(1)|click> <data:text/html,x|me>"),
        rich_text(preformatted({"type": "text", "text": HOSTILE})),
        text=HOSTILE,
    )
    slack.say("#checkout", HOSTILE, user=HOSTILE)

    reader = read(slack)
    assert not {"script", "img", "iframe", "link"} & set(reader.tags)
    assert reader.links == []
    assert "javascript:" not in page
    assert "<script>alert(1)</script>" in reader.text


def test_attachments_are_drawn_beside_their_bar(slack: SlackStandIn, client: WebClient) -> None:
    attachments: list[Document] = [
        {"color": "danger", "blocks": [section("*a*")]},
        {"color": "red;x", "title": "t", "text": "b", "fallback": "f"},
    ]
    client.chat_postMessage(channel="#checkout", text="x", attachments=attachments)

    page = slack.channel_page("#checkout")

    assert 'style="border-color:#e01e5a"><p class=text><b>a</b></p>' in page
    assert 'style="border-color:#dddddd"><p class=text><b>t</b><br>b</p>' in page


def test_threads_are_unfolded_and_broadcasts_stand_in_the_channel_too(
    slack: SlackStandIn, client: WebClient, channel: str
) -> None:
    parent = client.chat_postMessage(channel=channel, text="*parent*")["ts"]
    client.chat_postMessage(channel=channel, text="step", thread_ts=parent)
    client.chat_postMessage(channel=channel, text="failed", thread_ts=parent, reply_broadcast=True)
    client.chat_update(channel=channel, ts=parent, text="*parent*, changed")

    text = read(slack).text

    assert "2 replies" in text
    assert text.count("step") == 1
    assert text.count("failed") == 2
    assert text.count("also sent to the channel") == 1
    assert "replied to a thread: parent, changed" in text
    assert text.count("(edited)") == 1
