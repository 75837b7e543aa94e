from collections.abc import Callable

import pytest

from longshore.chatops.credentials import SlackBySecret
from longshore.domain.chat import Posted
from longshore.domain.errors import LongshoreError, NotPermitted, Throttled, UnknownReply
from longshore.usecases.chat_ports import NotTaken
from longshore_local.slack.faults import LostReply, ServerError, TooMany
from longshore_local.slack.faults import Refused as SlackRefuses
from longshore_local.slack.standin import SlackStandIn
from tests.support.httpd import serving
from tests.support.tellings import BACK, STARTED, worst

CHANNEL = "#checkout"


class FakeSecret:
    def __init__(self, **values: str) -> None:
        self.values = values
        self.forgotten = 0

    def value(self, key: str) -> str | None:
        return self.values.get(key)

    def forget(self) -> None:
        self.forgotten += 1


def test_a_token_makes_a_bot(slack: SlackStandIn) -> None:
    secret = FakeSecret(token=slack.token, webhook="https://unused")
    chat = SlackBySecret(secret, slack.api_url)

    message = chat.open(CHANNEL, STARTED)
    chat.edit(message, BACK)
    chat.add_step(message, BACK, broadcast=True)

    assert chat.living
    assert len(slack.top(CHANNEL)) == 2


def test_a_webhook_posts_and_edits_nothing(slack: SlackStandIn) -> None:
    chat = SlackBySecret(FakeSecret(webhook=slack.webhook_url(CHANNEL)), slack.api_url)

    message = chat.open("webhook", STARTED)
    chat.edit(message, BACK)
    chat.add_step(message, BACK, broadcast=True)

    assert not chat.living
    assert message == Posted("", "")
    assert len(slack.messages(CHANNEL)) == 1


def test_neither_is_for_a_person() -> None:
    with pytest.raises(NotPermitted, match='neither "token" nor "webhook"'):
        SlackBySecret(FakeSecret(), "http://127.0.0.1:1/api/").open(CHANNEL, STARTED)


def test_a_token_that_is_refused_is_read_anew(slack: SlackStandIn) -> None:
    secret = FakeSecret(token="xoxb-old")
    chat = SlackBySecret(secret, slack.api_url)

    with pytest.raises(NotPermitted, match="invalid_auth"):
        chat.open(CHANNEL, STARTED)

    assert secret.forgotten == 1
    secret.values["token"] = slack.token
    chat.open(CHANNEL, STARTED)
    assert len(slack.messages(CHANNEL)) == 1


@pytest.mark.parametrize(
    ("befall", "kind"),
    [
        (lambda slack: slack.inflict(TooMany(30)), Throttled),
        (lambda slack: slack.inflict(ServerError(502)), UnknownReply),
        (lambda slack: slack.inflict(LostReply()), UnknownReply),
        (lambda slack: slack.remove_webhook(CHANNEL), NotPermitted),
        (lambda slack: slack.inflict(SlackRefuses("invalid_payload")), NotTaken),
    ],
)
def test_what_befalls_a_webhook_is_told_apart(
    slack: SlackStandIn,
    befall: Callable[[SlackStandIn], object],
    kind: type[LongshoreError],
) -> None:
    url = slack.webhook_url(CHANNEL)
    befall(slack)

    with pytest.raises(kind) as caught:
        SlackBySecret(FakeSecret(webhook=url), slack.api_url).open(CHANNEL, STARTED)

    assert url not in str(caught.value)


def test_a_webhook_takes_whatever_others_wrote(slack: SlackStandIn) -> None:
    url = slack.webhook_url(CHANNEL)

    SlackBySecret(FakeSecret(webhook=url), slack.api_url).open("webhook", worst("<!channel>" * 999))

    assert [call.outcome for call in slack.calls] == ["ok"]


@pytest.mark.parametrize(
    "values",
    [
        {"token": "xoxb-s3cret\nline"},
        {"token": "xoxb-s3cret\u20ac"},
        {"token": "xapp-1-s3cret"},
        {"token": "https://hooks.slack.com/services/T0/B0/s3cret"},
        {"webhook": "xoxb-s3cret"},
        {"webhook": "hooks.slack.com/services/T0/B0/s3cret"},
        {"webhook": "https://hooks.slack.com/services/T0/B0 /s3cret"},
        {"webhook": "https://hooks.slack.com:s3cret/services"},
        {"webhook": "https:///services/s3cret"},
        {"webhook": "http://hooks.slack.com/services/s3cret"},
    ],
)
def test_what_is_no_credential_is_for_a_person_and_is_not_told(
    values: dict[str, str], slack: SlackStandIn
) -> None:
    with pytest.raises(NotPermitted, match="of Slack: put") as caught:
        SlackBySecret(FakeSecret(**values), slack.api_url).open(CHANNEL, STARTED)

    assert "s3cret" not in str(caught.value)
    assert slack.calls == []


def test_a_line_break_at_the_end_of_a_token_does_no_harm(slack: SlackStandIn) -> None:
    SlackBySecret(FakeSecret(token=f"{slack.token}\n"), slack.api_url).open(CHANNEL, STARTED)

    assert len(slack.messages(CHANNEL)) == 1


def test_another_page_at_a_webhooks_address_took_nothing(slack: SlackStandIn) -> None:
    with serving({"/app": b"<html>Welcome</html>"}) as address:
        secret = FakeSecret(webhook=f"{address}/app")

        with pytest.raises(LongshoreError, match="Welcome"):
            SlackBySecret(secret, slack.api_url).open(CHANNEL, STARTED)


def test_slack_sdk_writes_nothing_of_a_request_that_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hook = FakeSecret(webhook="http://127.0.0.1:1/services/s3cret")
    caplog.set_level("DEBUG")

    for secret in (hook, FakeSecret(token="xoxb-s3cret")):
        with pytest.raises((Throttled, UnknownReply)):
            SlackBySecret(secret, "http://127.0.0.1:1/api/").open(CHANNEL, STARTED)

    assert caplog.text == ""
