import pytest
from slack_sdk import WebClient

from longshore_local.slack import SlackStandIn
from tests.unit.local.slack.workbench import NOWHERE, Clock, ask, hook_of, refused, section

UPDATE = "chat.update"


@pytest.fixture
def ts(client: WebClient) -> str:
    posted = client.chat_postMessage(channel="#checkout", text="one", blocks=[section("one")])
    return str(posted["ts"])


def test_an_edit_replaces_the_text_and_no_version_is_forgotten(
    slack: SlackStandIn, client: WebClient, channel: str, ts: str, clock: Clock
) -> None:
    clock.wait(1.5)
    answer = client.chat_update(channel=channel, ts=ts, text="two", blocks=[section("two")])

    (message,) = slack.messages("#checkout")
    assert (answer["ts"], answer["channel"], answer["text"]) == (ts, channel, "two")
    assert answer["message"]["edited"]["ts"] == f"{clock.now:.6f}"
    assert message.edited
    assert slack.texts("#checkout") == {ts: ["one", "two"]}
    assert [version.at for version in message.versions] == [clock.now - 1.5, clock.now]
    assert list(message.blocks) == [section("two")]


def test_an_edit_demands_the_id_of_the_channel(
    slack: SlackStandIn, client: WebClient, ts: str
) -> None:
    for name in ("#checkout", "checkout"):
        assert refused(client, UPDATE, channel=name, ts=ts, text="two")["error"] == (
            "channel_not_found"
        )
    assert slack.texts("#checkout") == {ts: ["one"]}


def test_blocks_that_an_edit_leaves_out_stay_and_an_empty_list_removes_them(
    slack: SlackStandIn, client: WebClient, channel: str, ts: str
) -> None:
    client.chat_update(channel=channel, ts=ts, text="two")
    (message,) = slack.messages("#checkout")
    assert list(message.blocks) == [section("one")]

    client.chat_update(channel=channel, ts=ts, text="three", blocks=[])
    assert list(message.blocks) == []


def test_metadata_stays_until_an_empty_object_removes_it(
    slack: SlackStandIn, client: WebClient, channel: str
) -> None:
    metadata = {"event_type": "rollout", "event_payload": {}}
    posted = client.chat_postMessage(channel=channel, text="x", metadata=metadata)
    client.chat_update(channel=channel, ts=posted["ts"], text="y")
    (message,) = slack.messages("#checkout")
    assert message.content.metadata == metadata

    client.chat_update(channel=channel, ts=posted["ts"], text="z", metadata={})
    assert message.content.metadata is None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ts": NOWHERE}, "message_not_found"),
        ({"ts": ""}, "invalid_arguments"),
        ({"channel": ""}, "invalid_arguments"),
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
        ({"text": ""}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"text": "x" * 4001}, "msg_too_long"),
        ({"blocks": [section("")]}, "invalid_blocks"),
        ({"blocks": "x"}, "invalid_blocks_format"),
    ],
)
def test_what_cannot_be_edited_is_refused_and_changes_nothing(
    slack: SlackStandIn, client: WebClient, ts: str, changed: dict[str, object], code: str
) -> None:
    place = slack.channel("#checkout").id
    arguments = {"channel": place, "ts": ts, "text": "two", **changed}

    assert refused(client, UPDATE, **arguments)["error"] == code
    assert slack.texts("#checkout") == {ts: ["one"]}


def test_the_longest_text_of_an_edit_passes(client: WebClient, channel: str, ts: str) -> None:
    client.chat_update(channel=channel, ts=ts, text="x" * 4000)


def test_only_the_bots_own_message_can_be_edited(
    slack: SlackStandIn, client: WebClient, channel: str
) -> None:
    person = slack.say("#checkout", "mine").ts
    hook_of(slack).send(text="of the webhook")
    hooked = slack.messages("#checkout")[-1].ts

    for ts in (person, hooked):
        refusal = refused(client, UPDATE, channel=channel, ts=ts, text="x")
        assert refusal["error"] == "cant_update_message"


def test_a_message_that_was_deleted_or_whose_channel_is_archived_is_not_edited(
    slack: SlackStandIn, client: WebClient, channel: str, ts: str
) -> None:
    slack.set_archived("#checkout", archived=True)
    assert refused(client, UPDATE, channel=channel, ts=ts, text="x")["error"] == "is_inactive"

    slack.set_archived("#checkout", archived=False)
    slack.delete("#checkout", ts)
    assert refused(client, UPDATE, channel=channel, ts=ts, text="x")["error"] == (
        "message_not_found"
    )


def test_a_reply_can_be_broadcast_later_but_not_changed_at_once(
    slack: SlackStandIn, client: WebClient, channel: str, ts: str
) -> None:
    reply = client.chat_postMessage(channel=channel, text="reply", thread_ts=ts)["ts"]

    both = refused(client, UPDATE, channel=channel, ts=reply, text="new", reply_broadcast=True)
    assert both["error"] == "no_dual_broadcast_content_update"
    assert [each.ts for each in slack.top("#checkout")] == [ts]

    ask(client, UPDATE, channel=channel, ts=reply, reply_broadcast=True)
    assert [each.ts for each in slack.top("#checkout")] == [ts, reply]
    assert slack.texts("#checkout")[reply] == ["reply"]

    top = refused(client, UPDATE, channel=channel, ts=ts, reply_broadcast=True)
    assert top["error"] == "cant_broadcast_message"
