"""Deliveries are signed as the hosts publish it."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest

from longshore_cli.webhook.deliveries import GitHost
from longshore_cli.webhook.signing import signature

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_the_vector_that_github_publishes() -> None:
    signed = signature(GitHost.GITHUB, "It's a Secret to Everybody", b"Hello, World!", "id", NOW)

    assert signed["X-Hub-Signature-256"] == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


def test_the_vector_that_bitbucket_publishes() -> None:
    signed = signature(GitHost.BITBUCKET, "It's a Secret to Everybody", b"Hello World!", "id", NOW)

    assert signed["X-Hub-Signature"] == (
        "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    )


def test_the_vector_of_standard_webhooks() -> None:
    """https://github.com/standard-webhooks/standard-webhooks, of its specification."""
    moment = datetime.fromtimestamp(1614265330, UTC)

    signed = signature(
        GitHost.GITLAB,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        b'{"test": 2432232314}',
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        moment,
    )

    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_plain_token_of_gitlab_is_sent_along() -> None:
    signed = signature(GitHost.GITLAB, "x" * 16, b"", "id", NOW)

    assert signed["X-Gitlab-Token"] == "x" * 16


@pytest.mark.parametrize("host", GitHost)
@pytest.mark.parametrize("secret", ["", "x" * 15])
def test_a_secret_that_can_be_guessed_signs_nothing(host: GitHost, secret: str) -> None:
    with pytest.raises(ValueError, match="fewer than 16"):
        signature(host, secret, b"", "id", NOW)


def test_a_signing_token_with_a_short_key_is_never_valid() -> None:
    token = f"whsec_{b64encode(b'k' * 15).decode()}"

    with pytest.raises(ValueError, match="fewer than 16 bytes"):
        signature(GitHost.GITLAB, token, b"", "id", NOW)


@pytest.mark.parametrize("rest", ["not base64!", "ä" * 20])
def test_a_signing_token_without_a_key_is_told(rest: str) -> None:
    with pytest.raises(ValueError, match="no base64") as caught:
        signature(GitHost.GITLAB, f"whsec_{rest}padding", b"", "id", NOW)

    assert rest not in str(caught.value)


def test_another_body_another_time_and_another_id_are_other_signatures() -> None:
    token = f"whsec_{b64encode(b'k' * 24).decode()}"
    later = datetime(2026, 11, 29, 13, tzinfo=UTC)

    made = [
        signature(GitHost.GITLAB, token, body, name, moment)["webhook-signature"]
        for body, name, moment in [
            (b"a", "i", NOW),
            (b"b", "i", NOW),
            (b"a", "j", NOW),
            (b"a", "i", later),
        ]
    ]

    assert len(set(made)) == len(made)
