from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from longshore_local.slack import PUBLISHED, STRICT, RateLimits, SlackStandIn
from tests.unit.local.slack.workbench import Clock, ask, client_of

POST = "chat.postMessage"


@contextmanager
def limited(rates: RateLimits, clock: Clock) -> Iterator[tuple[SlackStandIn, WebClient]]:
    with SlackStandIn(channels=["#checkout", "#ops"], rates=rates, clock=clock) as slack:
        yield slack, client_of(slack)


def too_early(client: WebClient, method: str, **arguments: object) -> int:
    """Call a method that must come too early; return after how many seconds to come again."""
    with pytest.raises(SlackApiError) as caught:
        ask(client, method, **arguments)
    assert caught.value.response.status_code == 429
    assert caught.value.response["error"] == "ratelimited"
    return int(caught.value.response.headers["Retry-After"])


def test_a_burst_passes_and_then_a_message_each_second(clock: Clock) -> None:
    with limited(PUBLISHED, clock) as (slack, client):
        for _ in range(PUBLISHED.post_burst):
            client.chat_postMessage(channel="#checkout", text="x")
        assert too_early(client, POST, channel="#checkout", text="x") == 1

        clock.wait(0.99)
        assert too_early(client, POST, channel="#checkout", text="x") == 1
        clock.wait(0.01)
        client.chat_postMessage(channel="#checkout", text="x")

        assert len(slack.messages("#checkout")) == PUBLISHED.post_burst + 1
        assert [call.outcome for call in slack.calls[-3:]] == ["ratelimited", "ratelimited", "ok"]


def test_each_channel_has_a_rate_of_its_own_and_threads_have_none(clock: Clock) -> None:
    with limited(STRICT, clock) as (_, client):
        parent = client.chat_postMessage(channel="#checkout", text="x")["ts"]

        client.chat_postMessage(channel="#ops", text="x")
        assert too_early(client, POST, channel="#checkout", text="x", thread_ts=parent) == 1


def test_what_is_refused_for_another_reason_uses_nothing_up(clock: Clock) -> None:
    with limited(STRICT, clock) as (_, client):
        for _ in range(3):
            with pytest.raises(SlackApiError, match="no_text"):
                ask(client, POST, channel="#checkout", text="")

        client.chat_postMessage(channel="#checkout", text="x")


def test_edits_are_of_tier_3(clock: Clock) -> None:
    with limited(PUBLISHED, clock) as (slack, client):
        posted = client.chat_postMessage(channel="#checkout", text="x")
        place = {"channel": posted["channel"], "ts": posted["ts"]}
        for number in range(50):
            client.chat_update(**place, text=f"{number}")
        assert too_early(client, "chat.update", **place, text="more") == 2  # 1.2, rounded up

        clock.wait(1.2)
        client.chat_update(**place, text="last")
        assert slack.messages("#checkout")[0].text == "last"


def test_without_bursts_edits_come_every_1200_ms(clock: Clock) -> None:
    with limited(STRICT, clock) as (_, client):
        posted = client.chat_postMessage(channel="#checkout", text="x")
        place = {"channel": posted["channel"], "ts": posted["ts"]}
        client.chat_update(**place, text="one")
        clock.wait(1.1)
        assert too_early(client, "chat.update", **place, text="two") == 1

        clock.wait(0.1)
        client.chat_update(**place, text="two")


def test_the_clients_own_handler_waits_as_long_as_it_is_told() -> None:
    with SlackStandIn(rates=RateLimits(post_burst=1)) as slack:
        client = client_of(slack)
        client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))

        for text in ("one", "two"):
            client.chat_postMessage(channel="#checkout", text=text)

        first, second = slack.messages("#checkout")
        assert float(second.ts) - float(first.ts) >= 1
        assert [call.outcome for call in slack.calls] == ["ok", "ratelimited", "ok"]
