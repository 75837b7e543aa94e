import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from longshore_local.slack import Down, LostReply, Refused, ServerError, SlackStandIn, Slow, TooMany
from tests.unit.local.slack.workbench import client_of, post


def count(slack: SlackStandIn) -> int:
    return len(slack.messages("#checkout"))


def test_a_fault_lasts_for_so_many_calls(slack: SlackStandIn, client: WebClient) -> None:
    slack.inflict(Down(), calls=2)

    for _ in range(2):
        with pytest.raises(ConnectionError):
            post(client)
    post(client)

    assert count(slack) == 1
    assert [(call.outcome, call.answered) for call in slack.calls] == [
        ("down", False),
        ("down", False),
        ("ok", True),
    ]


def test_a_fault_without_an_end_lasts_until_it_is_lifted(
    slack: SlackStandIn, client: WebClient
) -> None:
    slack.inflict(TooMany(retry_after=30))

    for _ in range(3):
        with pytest.raises(SlackApiError) as caught:
            post(client)
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "30"
    slack.lift()
    post(client)

    assert count(slack) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_slacks_own_trouble_is_a_page_and_does_nothing(
    slack: SlackStandIn, client: WebClient, status: int
) -> None:
    slack.inflict(ServerError(status), calls=1)

    with pytest.raises(SlackApiError) as caught:
        post(client)

    assert caught.value.response.status_code == status
    assert count(slack) == 0
    assert slack.calls[0].outcome == f"http {status}"


def test_a_lost_reply_took_effect(slack: SlackStandIn, client: WebClient) -> None:
    slack.inflict(LostReply(), calls=1)

    with pytest.raises(ConnectionError):
        post(client)

    assert count(slack) == 1
    (call,) = slack.calls
    assert (call.outcome, call.answered, call.ts) == (
        "ok",
        False,
        slack.messages("#checkout")[0].ts,
    )


def test_the_clients_own_retry_doubles_a_message_whose_reply_was_lost(slack: SlackStandIn) -> None:
    slack.inflict(LostReply(), calls=1)
    as_it_comes = WebClient(slack.token, base_url=slack.api_url)

    post(as_it_comes)

    assert count(slack) == 2


def test_a_slow_answer_comes_late_and_a_client_that_does_not_wait_is_no_harm(
    slack: SlackStandIn, client: WebClient
) -> None:
    slack.inflict(Slow(0.4), calls=2)

    began = time.monotonic()
    post(client)
    assert time.monotonic() - began >= 0.4

    hasty = client_of(slack, timeout=0.1)
    with pytest.raises(TimeoutError):
        post(hasty)
    post(client)

    assert count(slack) == 3


def test_other_calls_pass_while_one_is_slow(slack: SlackStandIn, client: WebClient) -> None:
    slack.inflict(Slow(30), calls=1)
    hasty = client_of(slack, timeout=0.1)
    with pytest.raises(TimeoutError):
        post(hasty)

    began = time.monotonic()
    post(client)

    assert time.monotonic() - began < 5


def test_faults_of_a_method_pass_other_methods_by_and_orders_follow_one_another(
    slack: SlackStandIn, client: WebClient
) -> None:
    slack.inflict(Refused("internal_error"), calls=1, method="chat.update")
    slack.inflict(ServerError(500), calls=1, method="chat.update")

    posted = post(client)
    place = {"channel": posted["channel"], "ts": posted["ts"], "text": "y"}
    with pytest.raises(SlackApiError, match="internal_error"):
        client.chat_update(**place)
    with pytest.raises(SlackApiError) as caught:
        client.chat_update(**place)
    assert caught.value.response.status_code == 500
    client.chat_update(**place)

    assert slack.texts("#checkout") == {posted["ts"]: ["x", "y"]}


def test_a_server_that_does_not_listen_refuses_and_is_back_at_its_address(
    slack: SlackStandIn, client: WebClient
) -> None:
    with slack.unreachable(), pytest.raises(URLError, match="refused"):
        post(client)

    post(client)

    assert count(slack) == 1
    assert len(slack.calls) == 1


def test_nothing_listens_any_more_after_the_context() -> None:
    with SlackStandIn() as slack:
        address = slack.page_url("#checkout")
        with slack.unreachable():
            pass

    with pytest.raises(URLError, match="refused"):
        urlopen(address, timeout=5)  # noqa: S310 - the stand-in's own address
