from typing import Any

import pytest
from slack_sdk import WebClient

from longshore_local.slack import SlackStandIn
from tests.unit.local.slack.workbench import (
    ask,
    button,
    hook_of,
    mrkdwn,
    plain,
    preformatted,
    rich_text,
    section,
)

POST = "chat.postMessage"


@pytest.mark.parametrize(
    ("text", "kind", "target"),
    [
        ("<!channel> look", "broadcast", "channel"),
        ("<!here|here> look", "broadcast", "here"),
        ("<!everyone>", "broadcast", "everyone"),
        ("by <@U012AB>", "user", "U012AB"),
        ("by <@W012AB|ada>", "user", "W012AB"),
        ("<!subteam^S012|@team>", "usergroup", "S012"),
        ("`<!channel>`", "broadcast", "channel"),
    ],
)
def test_an_unescaped_mention_notifies(
    slack: SlackStandIn, client: WebClient, text: str, kind: str, target: str
) -> None:
    answer = client.chat_postMessage(channel="#checkout", text=text)

    (mention,) = slack.mentions
    assert (mention.kind, mention.target) == (kind, target)
    assert (mention.channel, mention.ts, mention.by) == (answer["channel"], answer["ts"], POST)
    assert slack.links == []


@pytest.mark.parametrize(
    "text",
    [
        "&lt;!channel&gt; &lt;@U012AB&gt; &lt;https://x.org|y&gt;",
        "@channel @here ada@example.org",
        "a < b > c",
        "<#C012AB> <!date^1767225600^{date}|today>",
    ],
)
def test_escaped_and_bare_names_notify_nobody(
    slack: SlackStandIn, client: WebClient, text: str
) -> None:
    client.chat_postMessage(channel="#checkout", text=text)

    assert (slack.mentions, slack.links) == ([], [])


def test_bare_names_notify_where_the_call_asks_for_it(
    slack: SlackStandIn, client: WebClient
) -> None:
    for asking in ({"link_names": True}, {"parse": "full"}):
        ask(client, POST, channel="#checkout", text="@channel, @ada: see a@b.org", **asking)

    assert [(each.kind, each.target) for each in slack.mentions] == [
        ("broadcast", "channel"),
        ("user", "ada"),
    ] * 2


def test_a_link_is_told_with_its_label(slack: SlackStandIn, client: WebClient) -> None:
    client.chat_postMessage(channel="#checkout", text="<https://evil.example|1.2.0> is out")

    (link,) = slack.links
    assert (link.target, link.label) == ("https://evil.example", "1.2.0")
    assert slack.mentions == []


@pytest.mark.parametrize(
    ("block", "count"),
    [
        (section("<!channel>"), 1),
        ({"type": "section", "fields": [mrkdwn("<@U1>"), plain("<@U2>")]}, 1),
        ({"type": "context", "elements": [mrkdwn("<@U1> <@U2>")]}, 2),
        ({"type": "markdown", "text": "<!here>"}, 1),
        ({"type": "header", "text": plain("<!channel>")}, 0),
        ({"type": "actions", "elements": [button("<!channel>", value="<!channel>")]}, 0),
        (rich_text(preformatted({"type": "text", "text": "<!channel>"})), 0),
        (
            rich_text(
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "broadcast", "range": "here"},
                        {"type": "user", "user_id": "U1"},
                        {"type": "usergroup", "usergroup_id": "S1"},
                    ],
                }
            ),
            3,
        ),
    ],
)
def test_only_text_that_slack_parses_mentions_in_blocks(
    slack: SlackStandIn, client: WebClient, block: dict[str, Any], count: int
) -> None:
    client.chat_postMessage(channel="#checkout", text="x", blocks=[block])

    assert len(slack.mentions) == count


def test_edits_webhooks_and_attachments_are_watched_too(
    slack: SlackStandIn, client: WebClient, channel: str
) -> None:
    posted = client.chat_postMessage(
        channel=channel, text="x", attachments=[{"text": "<@U1>", "fallback": "f"}]
    )
    client.chat_update(channel=channel, ts=posted["ts"], text="<!here>", attachments=[])
    hook_of(slack).send(text="<!channel>")

    assert [(each.by, each.target) for each in slack.mentions] == [
        (POST, "U1"),
        ("chat.update", "here"),
        ("incoming-webhook", "channel"),
    ]


def test_what_was_refused_mentions_nobody(slack: SlackStandIn) -> None:
    slack.set_archived("#checkout", archived=True)

    answer = hook_of(slack).send(text="<!channel>")

    assert answer.status_code == 410
    assert slack.mentions == []
