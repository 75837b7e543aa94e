"""Who is believed: published examples, every header that is not quite right, and keys."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.domain.pushes import Provider
from longshore.events.git.signatures import Keys, count_valid, why_unverified
from tests.support.deliveries import (
    KEYS,
    PLAIN_TOKEN,
    SECRET,
    SIGNED,
    SIGNING_TOKEN,
    Sent,
    github,
    gitlab,
    gitlab_plain,
    gitlab_signature,
    hub_signature,
    sample,
)
from tests.support.fakes import NOON

PUBLISHED = "It's a Secret to Everybody"


def refusal(sent: Sent, keys: Keys | None = None, **changes: timedelta) -> str | None:
    now = NOON + changes.get("later", timedelta())
    return why_unverified(sent.provider, sent.headers, sent.body, keys or KEYS[sent.provider], now)


@pytest.mark.parametrize(
    ("provider", "body", "headers"),
    [
        (
            Provider.GITHUB,
            b"Hello, World!",
            {
                "x-hub-signature-256": "sha256="
                "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
            },
        ),
        (
            Provider.BITBUCKET,
            b"Hello World!",
            {
                "x-hub-signature": "sha256="
                "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
            },
        ),
    ],
)
def test_the_examples_that_the_hosts_publish_are_verified(
    provider: Provider, body: bytes, headers: Mapping[str, str]
) -> None:
    keys = Keys((PUBLISHED,))

    assert why_unverified(provider, headers, body, keys, NOON) is None
    assert why_unverified(provider, headers, body + b" ", keys, NOON) is not None


@pytest.mark.parametrize("name", SIGNED)
def test_a_good_delivery_is_verified_by_either_of_two_keys(name: str) -> None:
    sent = SIGNED[name]()
    (right,) = KEYS[sent.provider].signing
    other = "whsec_" + b64encode(b"another key of more than 16").decode()

    assert refusal(sent) is None
    assert refusal(sent, Keys((other, right))) is None
    assert refusal(sent, Keys((right, other))) is None
    assert refusal(sent, Keys((other,))) is not None


@pytest.mark.parametrize("name", SIGNED)
def test_without_a_valid_key_nothing_is_verified(name: str) -> None:
    sent = SIGNED[name]()

    assert "holds nothing valid" in (refusal(sent, Keys()) or "")
    assert "holds nothing valid" in (refusal(sent, Keys(("",))) or "")


def test_a_secret_that_can_be_guessed_is_never_valid() -> None:
    body = b"{}"
    short = "x" * 15
    sent = Sent(Provider.GITHUB, {"x-hub-signature-256": hub_signature(body, short)}, body)
    token = "whsec_" + b64encode(short.encode()).decode()
    plain = Sent(Provider.GITLAB, {"x-gitlab-token": short}, body)

    assert "holds nothing valid" in (refusal(sent, Keys((short,))) or "")
    assert "holds nothing valid" in (refusal(gitlab({}), Keys((token,))) or "")
    assert "no valid token" in (refusal(plain, Keys((), (short,))) or "")


@pytest.mark.parametrize(
    "token",
    ["whsec_", "whsec_not base64!", SIGNING_TOKEN.removeprefix("whsec_"), "whsec_\u00e9" * 9],
)
def test_a_signing_token_of_another_form_is_never_valid(token: str) -> None:
    assert "holds nothing valid" in (refusal(gitlab({}), Keys((token,))) or "")


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (None, "there is no header x-hub-signature-256: the webhook has no secret"),
        ("", "is no sha256=<64 hexadecimal digits>"),
        ("sha1=" + "0" * 40, "is no sha256="),
        (hub_signature(b"another body"), "was not made with a valid secret"),
        ("GOOD,GOOD", "is no sha256="),
        ("GOOD\n", "is no sha256="),
        (" GOOD", "is no sha256="),
    ],
)
def test_a_signature_that_is_not_quite_right_is_refused(signature: str | None, reason: str) -> None:
    sent = github(sample("github_push"))
    good = sent.headers["x-hub-signature-256"]
    signature = None if signature is None else signature.replace("GOOD", good)

    assert reason in (refusal(sent.having(x_hub_signature_256=signature)) or "")


def test_the_older_header_of_github_counts_for_nothing() -> None:
    sent = github(sample("github_push"))
    good = sent.headers["x-hub-signature-256"]

    assert refusal(sent.having(x_hub_signature_256=None, x_hub_signature=good)) is not None


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("webhook-id", None, "a header is missing"),
        ("webhook-timestamp", None, "a header is missing"),
        ("webhook-signature", None, "a header is missing"),
        ("webhook-id", "another", "no signature in webhook-signature"),
        ("webhook-id", "\ud800", "no signature in webhook-signature"),
        ("webhook-timestamp", "", "is no time in seconds"),
        ("webhook-timestamp", "12.5", "is no time in seconds"),
        ("webhook-timestamp", "\u0661", "is no time in seconds"),
        ("webhook-timestamp", "9" * 13, "is no time in seconds"),
        ("webhook-timestamp", str(int(NOON.timestamp()) + 1), "no signature in webhook-signature"),
        ("webhook-signature", "", "no signature in webhook-signature"),
        ("webhook-signature", "v1,\ud800", "no signature in webhook-signature"),
        ("webhook-signature", "GOOD,GOOD", "no signature in webhook-signature"),
    ],
)
def test_a_header_of_gitlab_that_is_not_quite_right_is_refused(
    header: str, value: str | None, reason: str
) -> None:
    sent = gitlab(sample("gitlab_push"))
    changed = dict(sent.headers)
    if value is None:
        del changed[header]
    else:
        changed[header] = value.replace("GOOD", sent.headers[header])

    assert reason in (refusal(Sent(sent.provider, changed, sent.body)) or "")


def test_one_good_signature_among_several_is_enough_and_others_versions_are_not() -> None:
    sent = gitlab(sample("gitlab_push"))
    good = sent.headers["webhook-signature"]

    assert refusal(sent.having(webhook_signature=f"v1,AAAA v2,BBBB {good}")) is None
    assert refusal(sent.having(webhook_signature=good.replace("v1,", "v2,"))) is not None
    assert refusal(sent.having(webhook_signature="v1,AAAA " * 10 + good)) is not None


@pytest.mark.parametrize("minutes", [-5, 5])
def test_an_old_delivery_is_refused_and_one_of_the_future_too(minutes: int) -> None:
    sent = gitlab(sample("gitlab_push"))
    later = timedelta(minutes=minutes)

    assert refusal(sent, later=later) is None
    beyond = later * (1 + 1 / 300)
    assert "301 s from now" in (refusal(sent, later=beyond) or "")


def test_a_plain_token_counts_where_it_is_switched_on() -> None:
    sent = gitlab_plain(sample("gitlab_push"))
    on = Keys((SIGNING_TOKEN,), (PLAIN_TOKEN,))

    assert refusal(sent) is not None
    assert refusal(sent, on) is None
    assert refusal(sent, Keys((), (PLAIN_TOKEN,))) is None
    assert refusal(gitlab(sample("gitlab_push")), on) is None
    for wrong in (None, "", PLAIN_TOKEN[:-1], f"{PLAIN_TOKEN},{PLAIN_TOKEN}", "\ud800"):
        assert "x-gitlab-token" in (refusal(sent.having(x_gitlab_token=wrong), on) or "")


@given(
    st.sampled_from([*Provider]),
    st.dictionaries(
        st.sampled_from(
            [
                *("x-hub-signature-256", "x-hub-signature", "x-gitlab-token"),
                *("webhook-id", "webhook-timestamp", "webhook-signature"),
            ]
        ),
        st.text() | st.text("0123456789abcdef=v,sha", max_size=80),
    ),
    st.binary(),
)
def test_whatever_comes_is_refused_with_a_reason_that_holds_no_secret(
    provider: Provider, headers: dict[str, str], body: bytes
) -> None:
    keys = Keys((SECRET, SIGNING_TOKEN), (PLAIN_TOKEN,))

    reason = why_unverified(provider, headers, body, keys, NOON)

    assert reason
    assert SECRET not in reason
    assert SIGNING_TOKEN not in reason
    assert PLAIN_TOKEN not in reason


def test_a_signature_is_of_one_body_alone() -> None:
    sent = gitlab(sample("gitlab_push"))
    moment = sent.headers["webhook-timestamp"]
    other = gitlab_signature(sent.body + b" ", moment)

    assert refusal(sent.having(webhook_signature=f"v1,{other}")) is not None


LONG = "x" * 16
TOKEN = f"whsec_{b64encode(b'k' * 16).decode()}"


@pytest.mark.parametrize(
    ("provider", "keys", "valid"),
    [
        (Provider.GITHUB, Keys((LONG, LONG[1:])), 1),
        (Provider.BITBUCKET, Keys((LONG, LONG)), 2),
        (Provider.BITBUCKET, Keys((), (LONG,)), 0),
        (Provider.GITLAB, Keys((LONG, "whsec_", "whsec_eHh4", TOKEN)), 1),
        (Provider.GITLAB, Keys((TOKEN,), (LONG, "short")), 2),
    ],
)
def test_what_can_be_verified_with_is_counted(provider: Provider, keys: Keys, valid: int) -> None:
    assert count_valid(provider, keys) == valid
