"""What a host is answered, and that nobody who guesses learns from it."""

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from longshore.domain.errors import Conflict, NotPermitted, Throttled
from longshore.runtime.webhook_api import LARGEST_BODY, answer_delivery
from tests.support.deliveries import (
    PLAIN_TOKEN,
    SECRET,
    SIGNED,
    SIGNING_TOKEN,
    Sent,
    bitbucket,
    endless,
    github,
    http_event,
    sample,
)
from tests.support.push_fakes import ON_MAIN, PushWorld
from tests.support.runtime import Written


class World(PushWorld):
    def __init__(self) -> None:
        super().__init__()
        self.written = Written()

    def answer(self, event: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401  whatever comes
        answered = answer_delivery(event, self.receiving, self.written.journal)
        assert answered["headers"] == {
            "content-type": "application/json",
            "cache-control": "no-store",
        }
        return answered["statusCode"], json.loads(answered["body"])

    def send(self, sent: Sent) -> tuple[int, dict[str, Any]]:
        return self.answer(http_event(sent))

    @property
    def reason(self) -> str:
        line = self.written.lines[-1]
        assert line["message"] == "delivery refused"
        return str(line["reason"])


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("in_base64", [False, True])
def test_a_push_is_accepted_once_and_then_a_duplicate(world: World, in_base64: bool) -> None:  # noqa: FBT001  a parameter
    sent = replace(github(sample("github_push")), base64=in_base64)

    status, body = world.send(sent)
    assert (status, body) == (202, {"outcome": "accepted", "push": body["push"]})
    line = world.written.lines[-1]
    assert (line["push"], line["repository"]) == (body["push"], "github:acme/checkout")
    assert (line["refs"], line["pusher"]) == (["refs/heads/main"], "ada")

    assert world.send(sent) == (200, {"outcome": "duplicate", "push": body["push"]})


def test_a_form_arrives_in_base64(world: World) -> None:
    sent = replace(github(sample("github_push"), form=True), base64=True)

    assert world.send(sent)[0] == 202


def test_a_domain_of_ones_own_may_put_something_before_the_path(world: World) -> None:
    event = http_event(github(sample("github_push")))
    event["rawPath"] = "/hooks/v1/git/github"

    assert world.answer(event)[0] == 202


def test_headers_may_be_written_with_capitals(world: World) -> None:
    event = http_event(github(sample("github_push")))
    event["headers"] = {name.title(): value for name, value in event["headers"].items()}

    assert world.answer(event)[0] == 202


def test_a_header_that_came_twice_does_not_verify(world: World) -> None:
    event = http_event(github(sample("github_push")))
    signature = event["headers"]["x-hub-signature-256"]
    event["headers"]["X-Hub-Signature-256"] = signature

    assert world.answer(event) == (401, {"error": "not accepted"})


def test_pings_and_what_starts_nothing_are_answered_with_200(world: World) -> None:
    assert world.send(github(sample("github_ping"), "ping")) == (200, {"outcome": "pong"})
    ping = bitbucket(sample("bitbucket_data_center_ping"), "diagnostics:ping")
    assert world.send(ping) == (200, {"outcome": "pong"})
    assert world.send(github(sample("github_branch_deleted"))) == (
        200,
        {"outcome": "ignored", "reason": "a ref was deleted"},
    )


def changed(**changes: object) -> dict[str, Any]:
    return http_event(github(sample("github_push"))) | changes


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (http_event(endless()), (413, "not accepted", "1000 refs with names so long")),
        (changed(body="x" * (LARGEST_BODY + 1)), (413, "not accepted", "longer than 1048576")),
        (changed(body="€" * (LARGEST_BODY // 3 + 1)), (413, "not accepted", "longer than")),
        (
            changed(body=b64encode(b"x" * (LARGEST_BODY + 1)).decode(), isBase64Encoded=True),
            (413, "not accepted", "longer than"),
        ),
        (changed(body="e" * (LARGEST_BODY * 2 + 1), isBase64Encoded=True), (413, "not", "longer")),
        (changed(isBase64Encoded=True), (400, "not accepted", "not the base64")),
        (changed(body="\ud800"), (400, "not accepted", "or no text")),
        (changed(body=7), (400, "not accepted", "the body is no text")),
        (changed(rawPath="/v1/git/sourcehut"), (404, "not found", "names no host")),
        (changed(rawPath="/v1/git/github/"), (404, "not found", "names no host")),
        (changed(rawPath="/v1/git/GITHUB"), (404, "not found", "names no host")),
        (changed(rawPath=None), (404, "not found", "names no host")),
        (changed(headers=None), (401, "not accepted", "there is no header")),
        (changed(headers={"x-hub-signature-256": 7}), (401, "not accepted", "there is no header")),
        (changed(body=None), (401, "not accepted", "not made with a valid secret")),
        (changed(rawPath="/v1/git/bitbucket"), (401, "not accepted", "no header x-hub-signature:")),
        (
            http_event(github(sample("github_push", ref=7))),
            (400, "not accepted", "ref is a number"),
        ),
        (
            http_event(github(sample("github_push", repository={"full_name": "a/b"}))),
            (404, "not found", "no configuration in force"),
        ),
        (
            http_event(github(sample("github_push")).having(content_encoding="gzip")),
            (415, "not accepted", "compressed"),
        ),
    ],
)
def test_who_is_refused_learns_nothing_and_the_operator_everything(
    world: World,
    capsys: pytest.CaptureFixture[str],
    event: dict[str, Any],
    expected: tuple[int, str, str],
) -> None:
    status, error, reason = expected
    answered, body = world.answer(event)

    assert answered == status
    assert list(body) == ["error"]
    assert body["error"].startswith(error)
    assert reason in world.reason
    metric = json.loads(capsys.readouterr().out)
    assert (metric["WebhooksRefused"], metric["reason"]) == ([1.0], world.reason)
    assert world.records.records == {}
    assert world.queue.messages == []


def test_identity_is_no_encoding(world: World) -> None:
    assert world.send(github(sample("github_push")).having(content_encoding="Identity"))[0] == 202


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (Throttled("dynamodb:PutItem was slowed down"), 503, "try again"),
        (Conflict("another writer was first"), 503, "try again"),
        (NotPermitted("the secret cannot be read"), 500, "failed"),
        (RuntimeError("hunter2"), 500, "failed"),
    ],
)
def test_what_fails_is_said_without_words(
    world: World, error: Exception, status: int, said: str
) -> None:
    world.queue.failure = error

    assert world.send(github(sample("github_push"))) == (status, {"error": said})
    assert str(error) in world.written.buffer.getvalue()


@pytest.mark.parametrize("event", [{}, {"headers": 7}, {"body": []}, {"headers": {"a": None}}])
def test_an_invocation_that_is_no_request_is_answered_all_the_same(
    world: World, event: dict[str, Any]
) -> None:
    status, body = world.answer(event)

    assert 400 <= status <= 500
    assert list(body) == ["error"]


def test_no_secret_signature_or_body_is_ever_logged(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.followers.found = [ON_MAIN]
    for make in SIGNED.values():
        sent = make()
        world.send(sent)
        world.send(sent.having(x_gitlab_token=PLAIN_TOKEN, x_hub_signature="sha256=zz"))
        world.send(replace(sent, body=sent.body + b"hunter2"))

    written = world.written.buffer.getvalue() + capsys.readouterr().out
    signatures = [
        value.removeprefix("sha256=").removeprefix("v1,")
        for sent in (make() for make in SIGNED.values())
        for name, value in sent.headers.items()
        if "signature" in name
    ]
    for hidden in (SECRET, SIGNING_TOKEN, PLAIN_TOKEN, "hunter2", "ada@example.com", *signatures):
        assert hidden not in written
