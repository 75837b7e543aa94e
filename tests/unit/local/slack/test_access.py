from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

from longshore_local.slack import Refused, SlackStandIn
from tests.unit.local.slack.workbench import ask, client_of, refused

POST = "chat.postMessage"
MESSAGE = {"channel": "#checkout", "text": "x"}


@pytest.fixture
def reader() -> Iterator[SlackStandIn]:
    with SlackStandIn(scopes=["channels:read"], rates=None) as stand_in:
        yield stand_in


def test_the_token_must_be_there_known_and_active(slack: SlackStandIn) -> None:
    assert refused(client_of(slack, ""), POST, **MESSAGE)["error"] == "not_authed"
    assert refused(client_of(slack, "xoxb-other"), POST, **MESSAGE)["error"] == "invalid_auth"

    slack.revoke_token()
    assert refused(client_of(slack), POST, **MESSAGE)["error"] == "token_revoked"
    slack.revoke_token("account_inactive")
    assert refused(client_of(slack), "auth.test")["error"] == "account_inactive"

    slack.restore_token()
    assert ask(client_of(slack), POST, **MESSAGE)["ok"]


def test_a_token_in_a_form_counts_too(slack: SlackStandIn) -> None:
    bare = client_of(slack, "")

    assert bare.api_call(POST, data={"token": slack.token, **MESSAGE})["ok"]
    assert slack.token not in str(slack.calls)


def test_posting_needs_its_scope(reader: SlackStandIn) -> None:
    for method in (POST, "chat.update"):
        refusal = refused(client_of(reader), method, **MESSAGE)
        assert (refusal["error"], refusal["needed"]) == ("missing_scope", "chat:write")
        assert refusal["provided"] == "channels:read"
        assert refusal.headers["X-OAuth-Scopes"] == "channels:read"


def test_a_channel_is_described_to_who_may_read(
    reader: SlackStandIn, slack: SlackStandIn, channel: str
) -> None:
    found = ask(client_of(reader), "conversations.info", channel=channel)["channel"]
    assert (found["id"], found["name"], found["is_member"]) == (channel, "checkout", True)

    by_name = refused(client_of(reader), "conversations.info", channel="#checkout")
    assert by_name["error"] == "channel_not_found"
    without = refused(client_of(slack), "conversations.info", channel=channel)
    assert (without["error"], without["needed"]) == ("missing_scope", "channels:read")


def test_the_token_tells_who_it_is(client: WebClient) -> None:
    answer = client.auth_test()

    assert answer["bot_id"].startswith("B")
    assert answer["user_id"].startswith("U")


@pytest.mark.parametrize("method", ["chat.delete", "users.list", "nonsense"])
def test_any_other_method_is_unknown(client: WebClient, method: str) -> None:
    assert refused(client, method, **MESSAGE)["error"] == "unknown_method"


def test_the_bot_must_be_in_the_channel(slack: SlackStandIn, client: WebClient) -> None:
    slack.set_member("#checkout", member=False)
    assert refused(client, POST, **MESSAGE)["error"] == "not_in_channel"

    slack.workspace.scopes = ("chat:write", "chat:write.public")
    assert ask(client, POST, **MESSAGE)["ok"]

    slack.workspace.scopes = ("chat:write",)
    slack.set_member("#checkout", member=True)
    assert ask(client, POST, **MESSAGE)["ok"]


def test_a_private_channel_without_the_bot_is_not_found(
    slack: SlackStandIn, client: WebClient
) -> None:
    slack.add_channel("#secret", private=True)
    ask(client, POST, channel="#secret", text="x")

    slack.set_member("#secret", member=False)

    assert refused(client, POST, channel="#secret", text="x")["error"] == "channel_not_found"


def test_there_is_nothing_beside_the_api_and_the_webhooks(slack: SlackStandIn) -> None:
    place = urlsplit(slack.api_url)
    connection = HTTPConnection(place.netloc, timeout=5)
    try:
        connection.request("POST", "/elsewhere", b"{}", {"Content-Type": "application/json"})
        assert connection.getresponse().status == 404
    finally:
        connection.close()
    assert slack.calls == []


def test_nothing_is_posted_to_an_archived_channel(slack: SlackStandIn, client: WebClient) -> None:
    slack.set_archived("#checkout", archived=True)

    assert refused(client, POST, **MESSAGE)["error"] == "is_archived"


def test_a_refusal_can_be_ordered_for_so_many_calls(slack: SlackStandIn, client: WebClient) -> None:
    slack.inflict(Refused("not_in_channel"), calls=1)

    assert refused(client, POST, **MESSAGE)["error"] == "not_in_channel"
    assert ask(client, POST, **MESSAGE)["ok"]
    assert len(slack.messages("#checkout")) == 1


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"Content-Type": "application/json"}, b"{", "invalid_json"),
        ({"Content-Type": "application/json"}, b"[]", "json_not_object"),
        ({"Content-Type": "text/csv"}, b"a,b", "invalid_post_type"),
        ({}, b"a,b", "missing_post_type"),
        ({}, b"", "not_authed"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(
    slack: SlackStandIn, headers: dict[str, str], body: bytes, code: str
) -> None:
    place = urlsplit(slack.api_url)
    connection = HTTPConnection(place.netloc, timeout=5)
    try:
        connection.request("POST", f"{place.path}{POST}", body, headers)
        answer = connection.getresponse().read()
    finally:
        connection.close()

    assert f'"error": "{code}"'.encode() in answer
    assert slack.messages("#checkout") == []
