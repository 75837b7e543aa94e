"""`longshore webhook test` against a webhook that answers as Longshore's does."""

import hmac
import json
from hashlib import sha256

import pytest

from tests.unit.cli.conftest import run
from tests.unit.cli.webhook.conftest import SECRET, Webhook

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TOKEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # published with Standard Webhooks
PUSH = ("--push", "--repository", "acme/checkout", "--commit", COMMIT)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)


def own(webhook: Webhook) -> tuple[str, ...]:
    """The options by which no installation is needed."""
    return ("--url", webhook.url, "--secret-env", "WEBHOOK_SECRET")


def test_by_default_a_ping_is_sent_which_starts_nothing(webhook: Webhook) -> None:
    result = webhook.test(*own(webhook))

    assert result.exit_code == 0
    assert webhook.path == "/v1/git/github"
    assert webhook.headers["x-github-event"] == "ping"
    assert "ref" not in webhook.payload
    assert "the secret is the right one" in result.stdout
    assert "next: longshore webhook test --push" in result.stdout


def test_the_very_bytes_are_signed(webhook: Webhook) -> None:
    webhook.test(*own(webhook))

    expected = hmac.new(SECRET.encode(), webhook.body, sha256).hexdigest()
    assert webhook.headers["x-hub-signature-256"] == f"sha256={expected}"
    assert webhook.headers["content-type"] == "application/json"


def test_the_installation_knows_address_and_secret(webhook: Webhook) -> None:
    arn = webhook.keep_secret(json.dumps({"github": [SECRET, "an-older-secret-of-before"]}))
    webhook.world.install(webhook_url=f"{webhook.url}/v1/git", git_secret_arn=arn)

    assert webhook.test().exit_code == 0
    assert webhook.path == "/v1/git/github"
    expected = hmac.new(SECRET.encode(), webhook.body, sha256).hexdigest()
    assert webhook.headers["x-hub-signature-256"] == f"sha256={expected}"


@pytest.mark.parametrize(("region", "warned"), [("eu-central-1", False), ("us-east-1", True)])
def test_a_secret_that_the_webhook_cannot_reach_is_said_to_be(
    webhook: Webhook, region: str, *, warned: bool
) -> None:
    arn = webhook.keep_secret(json.dumps({"github": SECRET}), region)
    webhook.world.install(webhook_url=f"{webhook.url}/v1/git", git_secret_arn=arn)

    result = webhook.test()

    assert result.exit_code == 0
    said = "in another region than the webhook, which reads secrets in eu-central-1 alone"
    assert (said in result.stderr) is warned


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"webhook_url": "", "git_secret_arn": ""},
        {"webhook_url": None, "git_secret_arn": None},
        {"webhook_url": "https://hooks.example.com/v1/git", "git_secret_arn": ""},
    ],
)
def test_an_installation_without_a_webhook_says_how_to_get_one(
    webhook: Webhook, known: dict[str, object]
) -> None:
    webhook.world.install("longshore", **known)

    result = webhook.test()

    assert result.exit_code == 3
    assert "has no webhook" in result.stderr
    assert "GitSecretArn" in result.stderr


@pytest.mark.parametrize(
    ("given", "called"),
    [
        ("", "/v1/git/github"),
        ("/", "/v1/git/github"),
        ("/v1/git", "/v1/git/github"),
        ("/v1/git/", "/v1/git/github"),
        ("/v1/git/github", "/v1/git/github"),
        ("/stage", "/stage/v1/git/github"),
        ("/stage/v1/git", "/stage/v1/git/github"),
        ("/stage/v1/git/github/", "/stage/v1/git/github"),
    ],
)
def test_an_address_is_taken_with_and_without_its_path(
    webhook: Webhook, given: str, called: str
) -> None:
    webhook.test("--url", f"{webhook.url}{given}", "--secret-env", "WEBHOOK_SECRET")

    assert webhook.path == called


@pytest.mark.parametrize(
    ("provider", "header", "event"),
    [
        ("github", "x-github-event", "push"),
        ("gitlab", "x-gitlab-event", "Push Hook"),
        ("bitbucket", "x-event-key", "repo:push"),
    ],
)
def test_a_push_says_what_was_pushed(
    webhook: Webhook, provider: str, header: str, event: str
) -> None:
    webhook.answers(202, outcome="accepted", push="x")

    result = webhook.test(*own(webhook), *PUSH, "--branch", "main", "--provider", provider)

    assert result.exit_code == 0
    assert webhook.headers[header] == event
    text = webhook.body.decode()
    assert COMMIT in text
    assert "acme/checkout" in text
    assert "a push of refs/heads/main" in result.stdout
    assert "answered 202 Accepted" in result.stdout


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_a_tag_and_a_file_are_told(webhook: Webhook, provider: str) -> None:
    webhook.answers(202)

    webhook.test(*own(webhook), *PUSH, "--tag", "v1.2.3", "--provider", provider)
    assert webhook.payload["ref"] == "refs/tags/v1.2.3"

    webhook.test(
        *own(webhook), *PUSH, "--branch", "main", "--path", "web/a", "--provider", provider
    )
    (commit,) = webhook.payload["commits"]
    assert commit["modified"] == ["web/a"]


def test_the_same_push_is_the_same_bytes(webhook: Webhook) -> None:
    webhook.answers(202)
    webhook.test(*own(webhook), *PUSH, "--branch", "main")
    first = webhook.body
    webhook.answers(200, outcome="duplicate")

    result = webhook.test(*own(webhook), *PUSH, "--branch", "main")

    assert webhook.body == first
    assert result.exit_code == 7
    assert "came before" in result.stderr


@pytest.mark.parametrize(
    ("status", "answer", "code", "said"),
    [
        (200, {"outcome": "ignored", "reason": "no trigger"}, 7, "starts nothing: no trigger"),
        (200, {"outcome": "pong"}, 0, "the secret is the right one"),
        (200, {}, 3, "no answer of Longshore's webhook"),
        (204, {}, 3, "not expected"),
        (302, {}, 3, "not expected"),
        (400, {"error": "not accepted"}, 3, "no delivery of this Git host"),
        (401, {"error": "not accepted"}, 6, "another secret"),
        (403, {"message": "Forbidden"}, 6, "before the webhook"),
        (404, {"error": "not found"}, 3, "no configuration in force"),
        (413, {}, 3, "not expected"),
        (429, {}, 3, "too many"),
        (503, {"error": "try again"}, 3, "the webhook failed"),
    ],
)
def test_an_answer_is_said_in_words(
    webhook: Webhook, status: int, answer: dict[str, object], code: int, said: str
) -> None:
    webhook.answers(status, **answer)

    result = webhook.test(*own(webhook), *PUSH, "--branch", "main")

    assert result.exit_code == code
    assert said in result.stdout + result.stderr
    assert "next: " in result.stdout + result.stderr


def test_gitlab_has_no_ping_and_what_is_ignored_is_as_good(webhook: Webhook) -> None:
    webhook.answers(200, outcome="ignored", reason="the event starts nothing")

    result = webhook.test(*own(webhook), "--provider", "gitlab")

    assert result.exit_code == 0
    assert "the secret is the right one" in result.stdout


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[1]", b"[" * 5000])
def test_an_answer_that_is_no_document_is_no_trouble(webhook: Webhook, answer: bytes) -> None:
    webhook.status, webhook.answer = 200, answer

    assert webhook.test(*own(webhook)).exit_code == 3


def test_hostile_answers_are_escaped(webhook: Webhook) -> None:
    webhook.answers(200, outcome="ignored", reason="\x1b]0;owned\x07")

    result = webhook.test(*own(webhook), *PUSH, "--branch", "main")

    assert "\\x1b]0;owned" in result.stderr
    assert "\x1b" not in result.stderr


def test_programs_are_told_the_same(webhook: Webhook) -> None:
    document = json.loads(webhook.test(*own(webhook), "-o", "json").stdout)

    assert document["url"] == f"{webhook.url}/v1/git/github"
    assert (document["sent"], document["status"]) == ("ping", 200)


# ── what is refused before anything is sent ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "arguments",
    [
        ("--push", "--repository", "a/b", "--commit", COMMIT),
        (*PUSH, "--branch", "main", "--tag", "v1"),
        ("--push", "--branch", "main", "--commit", COMMIT),
        ("--push", "--repository", "a/b", "--branch", "main"),
        ("--push", "--repository", "a/b", "--branch", "main", "--commit", "0123abc"),
        ("--push", "--repository", "a/b", "--branch", "main", "--commit", COMMIT.upper()),
    ],
)
def test_a_push_that_says_too_little_is_not_sent(
    webhook: Webhook, arguments: tuple[str, ...]
) -> None:
    result = webhook.test(*own(webhook), *arguments)

    assert result.exit_code == 2
    assert webhook.path == ""


def test_nothing_goes_to_another_machine_without_tls(webhook: Webhook) -> None:
    result = webhook.test("--url", "http://hooks.example.com", "--secret-env", "WEBHOOK_SECRET")

    assert result.exit_code == 2
    assert "nothing was sent" in result.stderr


def test_a_variable_that_is_not_set_is_named(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WEBHOOK_SECRET")

    result = webhook.test(*own(webhook))

    assert result.exit_code == 2
    assert "WEBHOOK_SECRET is not set" in result.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hunter2-hunter2-hunter2", "is no JSON object"),
        ('["hunter2"]', "is no JSON object"),
        ('{"gitlab": "hunter2-hunter2-hunter2"}', "holds nothing for github"),
        ('{"github": []}', "holds nothing for github"),
        ('{"github": {"hunter2": 1}}', "holds nothing for github"),
        ('{"github": "hunter2"}', "nothing valid for github: it has fewer than 16 characters"),
        ('{"github": ["hunter2", "hunter2", "hunter2-hunter2-hunter2"]}', "fewer than 16"),
    ],
)
def test_a_secret_that_cannot_be_used_is_explained_and_not_shown(
    webhook: Webhook, text: str, said: str
) -> None:
    arn = webhook.keep_secret(text)

    result = webhook.test("--url", webhook.url, "--secret-from", arn)

    assert result.exit_code == 3
    assert said in result.stderr
    assert "hunter2" not in result.stdout + result.stderr
    assert webhook.path == ""


@pytest.mark.parametrize(
    "text", [json.dumps({"github": ["too-short", SECRET]}), f'\ufeff{{"github": "{SECRET}"}}']
)
def test_what_signs_is_what_the_webhook_takes(webhook: Webhook, text: str) -> None:
    arn = webhook.keep_secret(text)

    webhook.test("--url", webhook.url, "--secret-from", arn)

    expected = hmac.new(SECRET.encode(), webhook.body, sha256).hexdigest()
    assert webhook.headers["x-hub-signature-256"] == f"sha256={expected}"


@pytest.mark.parametrize(
    ("kept", "header"),
    [
        ({"gitlab": TOKEN}, "webhook-signature"),
        ({"gitlab": [TOKEN, "an-older"], "gitlab-token": SECRET}, "webhook-signature"),
        ({"gitlab": ["whsec_eHh4", TOKEN]}, "webhook-signature"),
        ({"gitlab": "whsec_eHh4", "gitlab-token": SECRET}, "x-gitlab-token"),
        ({"gitlab-token": [SECRET, "an-older"]}, "x-gitlab-token"),
    ],
)
def test_gitlab_is_signed_for_and_a_plain_token_is_the_last_resort(
    webhook: Webhook, kept: dict[str, object], header: str
) -> None:
    arn = webhook.keep_secret(json.dumps(kept))

    webhook.test("--url", webhook.url, "--secret-from", arn, "--provider", "gitlab")

    assert {"webhook-signature", "x-gitlab-token"} & webhook.headers.keys() == {header}


def test_what_is_no_signing_token_is_not_sent_in_its_place(webhook: Webhook) -> None:
    arn = webhook.keep_secret(json.dumps({"gitlab": SECRET}))

    result = webhook.test("--url", webhook.url, "--secret-from", arn, "--provider", "gitlab")

    assert result.exit_code == 3
    assert "gitlab-token" in result.stderr
    assert SECRET not in result.stderr
    assert webhook.path == ""


def test_a_secret_that_is_not_there_is_named(webhook: Webhook) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-AbCdEf"

    result = webhook.test("--url", webhook.url, "--secret-from", arn)

    assert result.exit_code == 3
    assert f"there is no secret {arn}" in result.stderr


def test_the_secret_is_printed_nowhere(webhook: Webhook) -> None:
    arn = webhook.keep_secret(json.dumps({"gitlab-token": SECRET}))
    for status in (200, 202, 401, 500):
        webhook.answers(status, outcome="pong", echo=SECRET)
        for output in ("text", "json"):
            result = webhook.test(
                *("--url", webhook.url, "--secret-from", arn, "--provider", "gitlab", "-o", output)
            )
            assert SECRET not in result.stdout + result.stderr


def test_nobody_there_is_said() -> None:
    result = run("webhook", "test", "--url", "http://127.0.0.1:9", "--secret-env", "WEBHOOK_SECRET")

    assert result.exit_code == 3
    assert "failed to reach" in result.stderr
