from textwrap import dedent

import pytest
from rich.cells import cell_len
from slack_sdk import WebClient

from longshore_local.slack import SlackStandIn
from longshore_local.slack.text import wrapped
from tests.unit.local.slack.workbench import (
    Clock,
    Document,
    button,
    mrkdwn,
    plain,
    preformatted,
    rich_text,
    section,
)

CARD: list[Document] = [
    {"type": "header", "text": plain(":x: checkout/staging 1.1.0 failed")},
    section("*Cause*: essential container exited with `3`, see <https://x.org/r-1|the release>"),
    {"type": "section", "fields": [mrkdwn("*Stage*\nstaging"), mrkdwn("*Took*\n21 s")]},
    rich_text(preformatted({"type": "text", "text": "Traceback:\n  KeyError"})),
    {"type": "context", "elements": [mrkdwn("release `r-1`")]},
    {"type": "actions", "elements": [button("Open in ECS"), button("Roll back")]},
]


def test_a_channel_as_text(slack: SlackStandIn, client: WebClient, clock: Clock) -> None:
    posted = client.chat_postMessage(channel="#checkout", text="rolling out", blocks=CARD[:2])
    place = {"channel": posted["channel"], "thread_ts": posted["ts"]}
    clock.wait(61)
    client.chat_postMessage(**place, text="registered `checkout:7`")
    client.chat_postMessage(**place, text=":x: failed", reply_broadcast=True)
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="1.1.0 failed", blocks=CARD)
    slack.say("#checkout", "thanks\n&gt; well done")

    assert slack.channel_text("#checkout", 60) == dedent("""\
        #checkout

        Longshore 00:00:00
          ❌ checkout/staging 1.1.0 failed
          Cause: essential container exited with `3`, see the
          release (https://x.org/r-1)
          Stage staging
          Took 21 s
            Traceback:
              KeyError
          release `r-1`
          [Open in ECS] [Roll back] (edited)
          └ 2 replies
          │ Longshore 00:01:01
          │   registered `checkout:7`
          │ Longshore 00:01:01 (also sent to the channel)
          │   ❌ failed

        Longshore 00:01:01 replied to a thread: 1.1.0 failed
          ❌ failed

        U0ADA 00:01:01
          thanks
          ▏ well done
        """)


def test_an_empty_channel_says_so(slack: SlackStandIn) -> None:
    assert slack.channel_text("#checkout") == "#checkout\n\nNo message yet.\n"


@pytest.mark.parametrize("width", [40, 61, 80, 120])
def test_no_line_is_wider_than_it_may_be(
    slack: SlackStandIn, client: WebClient, width: int
) -> None:
    long = "word " * 40 + "x" * 200 + " 漢字" * 60 + " :rocket:" * 30
    blocks: list[Document] = [
        section(long),
        {"type": "header", "text": plain(long[:150])},
        {"type": "divider"},
        rich_text(preformatted({"type": "text", "text": long})),
        {"type": "actions", "elements": [button("word " * 10)] * 9},
    ]
    attachments = [{"blocks": blocks[:1], "fallback": "f"}]
    parent = client.chat_postMessage(
        channel="#checkout", text=long, blocks=blocks, attachments=attachments
    )["ts"]
    client.chat_postMessage(
        channel="#checkout", text=long, blocks=blocks, thread_ts=parent, reply_broadcast=True
    )

    lines = slack.channel_text("#checkout", width).splitlines()

    assert max(map(cell_len, lines)) <= width
    assert not [line for line in lines if line != line.rstrip()]


def test_nothing_that_steers_a_terminal_gets_through(
    slack: SlackStandIn, client: WebClient
) -> None:
    hostile = "\x1b[31mred\x1b[0m \u202egnp\tend"
    slack.say("#checkout", hostile, user=hostile)
    client.chat_postMessage(channel="#checkout", text=f"```{hostile}```")

    text = slack.channel_text("#checkout")

    assert "red" in text
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two", ["one two"]),
        ("a" * 45, ["a" * 20, "a" * 20, "a" * 5]),
        ("one " + "a" * 25, ["one", "a" * 20, "a" * 5]),
        ("a\n\nb", ["a", "", "b"]),
    ],
)
def test_wrapping(text: str, lines: list[str]) -> None:
    assert list(wrapped(text, 20)) == lines
