import json
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from longshore_local.slack import (
    LostReply,
    RateLimits,
    Refused,
    ServerError,
    SlackStandIn,
    TooMany,
)
from tests.unit.local.slack.workbench import hook_of, section


def send_raw(
    slack: SlackStandIn, body: bytes, content_type: str, path: str = ""
) -> tuple[int, str]:
    place = urlsplit(slack.webhook_url("#checkout"))
    connection = HTTPConnection(place.netloc, timeout=5)
    try:
        connection.request("POST", path or place.path, body, {"Content-Type": content_type})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_message_is_posted_and_answered_with_ok(slack: SlackStandIn) -> None:
    answer = hook_of(slack).send(text="hello", blocks=[section("hello")])

    assert (answer.status_code, answer.body) == (200, "ok")
    assert [each.text for each in slack.messages("#checkout")] == ["hello"]
    assert (slack.calls[0].method, slack.calls[0].outcome) == ("incoming-webhook", "ok")
    assert slack.calls[0].ts == slack.messages("#checkout")[0].ts


def test_each_channel_has_a_webhook_of_its_own(slack: SlackStandIn) -> None:
    hook_of(slack, "#ops").send(text="hello")

    assert [each.text for each in slack.messages("#ops")] == ["hello"]
    assert slack.messages("#checkout") == []


def test_a_webhook_needs_no_bot_in_the_channel_and_knows_threads(slack: SlackStandIn) -> None:
    slack.set_member("#checkout", member=False)
    parent = slack.say("#checkout", "parent").ts

    hook_of(slack).send_dict({"text": "reply", "thread_ts": parent})

    assert [each.text for each in slack.replies("#checkout", parent)] == ["reply"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"unfurl_links": False}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "x", "blocks": [section("")]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section()] * 51}, "invalid_blocks"),
        ({"text": "x", "attachments": [{"text": "a"}] * 101}, "too_many_attachments"),
        ({"text": "x" * 40_001}, "msg_too_long"),
    ],
)
def test_what_cannot_be_posted_is_refused_with_its_name(
    slack: SlackStandIn, body: dict[str, object], code: str
) -> None:
    answer = hook_of(slack).send_dict(body)

    assert (answer.status_code, answer.body) == (400, code)
    assert slack.messages("#checkout") == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b""])
def test_what_is_no_json_object_is_an_invalid_payload(slack: SlackStandIn, body: bytes) -> None:
    assert send_raw(slack, body, "application/json") == (400, "invalid_payload")


def test_json_may_come_in_a_form(slack: SlackStandIn) -> None:
    form = urlencode({"payload": json.dumps({"text": "hello"})}).encode()

    assert send_raw(slack, form, "application/x-www-form-urlencoded") == (200, "ok")
    assert [each.text for each in slack.messages("#checkout")] == ["hello"]


def test_a_webhook_that_is_not_there_is_told_apart(slack: SlackStandIn) -> None:
    path = urlsplit(slack.webhook_url("#checkout")).path
    team, hook, _ = path.removeprefix("/services/").split("/")
    body = b'{"text": "x"}'

    assert send_raw(slack, body, "application/json", f"{path}x") == (403, "invalid_token")
    for wrong, answer in {
        f"/services/{team}/B0NONE/x": (404, "no_service"),
        f"/services/T0NONE/{hook}/x": (404, "no_team"),
    }.items():
        assert send_raw(slack, body, "application/json", wrong) == answer

    slack.remove_webhook("#checkout")
    assert send_raw(slack, body, "application/json") == (404, "no_service")


def test_an_archived_channel_is_gone(slack: SlackStandIn) -> None:
    slack.set_archived("#checkout", archived=True)

    answer = hook_of(slack).send(text="x")

    assert (answer.status_code, answer.body) == (410, "channel_is_archived")


def test_faults_befall_webhooks_too(slack: SlackStandIn) -> None:
    slack.inflict(TooMany(retry_after=7), calls=1, method="incoming-webhook")
    slack.inflict(ServerError(503), calls=1)
    slack.inflict(Refused("action_prohibited"), calls=1)
    slack.inflict(LostReply(), calls=1)

    limited, broken, prohibited = (hook_of(slack).send(text="x") for _ in range(3))
    with pytest.raises(ConnectionError):
        hook_of(slack).send(text="lost")

    assert (limited.status_code, limited.body) == (429, "rate_limited")
    assert limited.headers["Retry-After"] == "7"
    assert broken.status_code == 503
    assert (prohibited.status_code, prohibited.body) == (403, "action_prohibited")
    assert [each.text for each in slack.messages("#checkout")] == ["lost"]


def test_webhooks_keep_to_a_message_a_second() -> None:
    rates = RateLimits(post_burst=2)
    with SlackStandIn(rates=rates, clock=lambda: 1_767_225_600.0) as slack:
        answers = [hook_of(slack).send(text="x") for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "1"
