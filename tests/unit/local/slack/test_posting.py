import re

import pytest
from slack_sdk import WebClient

from longshore_local.slack import SlackStandIn
from tests.unit.local.slack.workbench import NOWHERE, Clock, ask, refused, section

POST = "chat.postMessage"


@pytest.mark.parametrize("address", ["#checkout", "checkout"])
def test_a_channel_is_found_by_name_and_answered_by_id(
    client: WebClient, channel: str, address: str
) -> None:
    by_name = client.chat_postMessage(channel=address, text="hello")
    by_id = client.chat_postMessage(channel=channel, text="hello")

    assert by_name["channel"] == by_id["channel"] == channel
    assert channel.startswith("C")
    assert by_name["message"]["text"] == "hello"


def test_ts_is_in_microseconds_and_always_grows(
    slack: SlackStandIn, client: WebClient, clock: Clock
) -> None:
    stamps = [client.chat_postMessage(channel="#checkout", text="one")["ts"] for _ in range(3)]
    clock.wait(0.5)
    stamps.append(client.chat_postMessage(channel="#ops", text="two")["ts"])
    clock.now -= 60  # a clock that is set back must not give a ts twice
    stamps.append(client.chat_postMessage(channel="#ops", text="three")["ts"])

    assert all(re.fullmatch(r"\d{10}\.\d{6}", ts) for ts in stamps)
    assert stamps == sorted(set(stamps))
    assert [each.ts for each in slack.messages("#ops")] == stamps[3:]


def test_form_and_json_are_read_alike(slack: SlackStandIn, client: WebClient) -> None:
    blocks = [section("in a form")]

    client.api_call(POST, data={"channel": "#checkout", "text": "form", "blocks": str_of(blocks)})
    client.api_call(POST, json={"channel": "#checkout", "text": "json", "blocks": blocks})
    client.api_call(POST, json={"channel": "#checkout", "text": "text", "blocks": str_of(blocks)})

    assert [list(each.blocks) for each in slack.messages("#checkout")] == [blocks] * 3


def str_of(blocks: object) -> str:
    return str(blocks).replace("'", '"')


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": "#nowhere", "text": "x"}, "channel_not_found"),
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": "#checkout"}, "no_text"),
        ({"channel": "#checkout", "text": " \n"}, "no_text"),
        ({"channel": "#checkout", "blocks": []}, "no_text"),
        ({"channel": "#checkout", "blocks": "[]"}, "no_text"),
        ({"channel": "#checkout", "text": "x", "blocks": "[{"}, "invalid_blocks_format"),
        ({"channel": "#checkout", "text": "x", "blocks": {}}, "invalid_blocks_format"),
        ({"channel": "#checkout", "text": "x", "blocks": ["x"]}, "invalid_blocks_format"),
        ({"channel": "#checkout", "text": "x", "attachments": "x"}, "invalid_attachments"),
        ({"channel": "#checkout", "text": "x", "attachments": ["x"]}, "invalid_attachments"),
        ({"channel": "#checkout", "text": "x", "metadata": "x"}, "invalid_metadata_format"),
        (
            {"channel": "#checkout", "text": "x", "metadata": {"event_type": "a"}},
            "invalid_metadata_format",
        ),
        (
            {
                "channel": "#checkout",
                "text": "x",
                "metadata": {"event_type": 1, "event_payload": {}},
            },
            "invalid_metadata_format",
        ),
        ({"channel": "#checkout", "text": "x", "thread_ts": ""}, "invalid_thread_ts"),
        ({"channel": "#checkout", "text": "x", "thread_ts": "0"}, "invalid_thread_ts"),
    ],
)
def test_what_cannot_be_posted_is_refused_and_leaves_nothing(
    slack: SlackStandIn, client: WebClient, arguments: dict[str, object], code: str
) -> None:
    assert refused(client, POST, **arguments)["error"] == code
    assert slack.messages("#checkout") == []


def test_the_longest_text_passes_and_one_character_more_does_not(
    slack: SlackStandIn, client: WebClient
) -> None:
    client.chat_postMessage(channel="#checkout", text="x" * 40_000)

    refusal = refused(client, POST, channel="#checkout", text="x" * 40_001)

    assert refusal["error"] == "msg_too_long"
    assert len(slack.messages("#checkout")) == 1


def test_a_hundred_attachments_pass_and_one_more_does_not(client: WebClient) -> None:
    attachments = [{"text": "a", "fallback": "a"}] * 100
    client.chat_postMessage(channel="#checkout", text="x", attachments=attachments)

    more = [*attachments, *attachments[:1]]
    refusal = refused(client, POST, channel="#checkout", text="x", attachments=more)

    assert refusal["error"] == "too_many_attachments"


def test_blocks_of_an_attachment_are_judged_too(client: WebClient) -> None:
    wrong = [{"color": "#e01e5a", "blocks": [section("x" * 3001)]}]

    refusal = refused(client, POST, channel="#checkout", text="x", attachments=wrong)

    assert refusal["error"] == "invalid_attachments"
    assert "/attachments/0/blocks/0/text" in refusal["response_metadata"]["messages"][0]


def test_metadata_is_kept(slack: SlackStandIn, client: WebClient) -> None:
    metadata = {"event_type": "rollout", "event_payload": {"release": "r-1"}}

    answer = client.chat_postMessage(channel="#checkout", text="x", metadata=metadata)

    assert answer["message"]["metadata"] == metadata
    assert slack.messages("#checkout")[0].content.metadata == metadata


def test_a_reply_stands_beneath_its_message_and_a_broadcast_in_the_channel_too(
    slack: SlackStandIn, client: WebClient
) -> None:
    parent = client.chat_postMessage(channel="#checkout", text="parent")["ts"]
    first = client.chat_postMessage(channel="#checkout", text="first", thread_ts=parent)
    # A reply to a reply lands in the same thread.
    second = client.chat_postMessage(
        channel="#checkout", text="second", thread_ts=first["ts"], reply_broadcast=True
    )

    assert first["message"]["thread_ts"] == second["message"]["thread_ts"] == parent
    assert [each.text for each in slack.replies("#checkout", parent)] == ["first", "second"]
    assert [each.text for each in slack.top("#checkout")] == ["parent", "second"]


def test_a_broadcast_without_a_thread_is_a_plain_message(
    slack: SlackStandIn, client: WebClient
) -> None:
    client.chat_postMessage(channel="#checkout", text="x", reply_broadcast=True)

    (message,) = slack.messages("#checkout")
    assert (message.thread_ts, message.broadcast) == (None, False)


@pytest.mark.parametrize("thread_ts", [NOWHERE, 1767225600.0001])
def test_a_reply_to_no_message_is_taken_and_lands_in_the_channel(
    slack: SlackStandIn, client: WebClient, thread_ts: object
) -> None:
    answer = ask(client, POST, channel="#checkout", text="lost", thread_ts=thread_ts)

    assert "thread_ts" not in answer["message"]
    assert [each.text for each in slack.top("#checkout")] == ["lost"]


def test_a_reply_to_a_message_that_was_deleted_lands_in_the_channel(
    slack: SlackStandIn, client: WebClient
) -> None:
    parent = client.chat_postMessage(channel="#checkout", text="parent")["ts"]
    slack.delete("#checkout", parent)

    answer = client.chat_postMessage(channel="#checkout", text="late", thread_ts=parent)

    assert "thread_ts" not in answer["message"]
    assert [each.text for each in slack.top("#checkout")] == ["late"]


def test_who_asks_the_stand_in_for_a_channel_that_is_not_there_learns_so(
    slack: SlackStandIn,
) -> None:
    with pytest.raises(KeyError, match="the stand-in has no channel #nowhere"):
        slack.messages("#nowhere")


def test_the_call_log_tells_what_was_asked_and_what_came_of_it(
    slack: SlackStandIn, client: WebClient, channel: str, clock: Clock
) -> None:
    posted = client.chat_postMessage(channel="#checkout", text="x")
    clock.wait(2)
    refused(client, POST, channel="#nowhere", text="x")

    good, bad = slack.calls
    assert (good.method, good.channel, good.ts, good.outcome) == (POST, channel, posted["ts"], "ok")
    assert (bad.channel, bad.ts, bad.outcome) == ("#nowhere", "", "channel_not_found")
    assert bad.at - good.at == 2
    assert good.arguments == {"channel": "#checkout", "text": "x"}
    assert slack.token not in str(slack.calls)
