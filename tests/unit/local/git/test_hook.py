"""A push is told of: by the hook, with a signature that a receiver can verify."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from longshore_local.cloud.emulator import free_port
from longshore_local.errors import LocalCloudError
from longshore_local.git import Webhook, deliver
from tests.unit.local.git.workshop import Workshop

SECRET = "it is a secret"


class Receiver:
    """A webhook that keeps what it is sent."""

    def __init__(self) -> None:
        self.status = 202
        self.requests: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.requests.append((headers, body))
                self.send_response(receiver.status)
                self.end_headers()
                self.wfile.write(b"taken")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.webhook = Webhook(f"http://127.0.0.1:{self.server.server_port}/github", SECRET)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


def test_every_ref_that_a_push_moved_is_told_of(workshop: Workshop, receiver: Receiver) -> None:
    receiver.webhook.install(workshop.bare, "ada")
    commit = workshop.commit(a_txt="1")
    workshop.git("tag", "v1")

    workshop.push("HEAD:refs/heads/main", "v1")
    workshop.push("--delete", "v1")

    told: list[Any] = [json.loads(body) for _, body in receiver.requests]
    assert [(one["ref"], one["after"]) for one in told] == [
        ("refs/heads/main", commit),
        ("refs/tags/v1", commit),
        ("refs/tags/v1", "0" * 40),
    ]
    headers, body = receiver.requests[0]
    expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-hub-signature-256"] == f"sha256={expected}"
    assert headers["x-github-event"] == "push"
    assert len(headers["x-github-delivery"]) == 36


@pytest.mark.parametrize("status", [202, 401, 500])
def test_who_pushes_sees_what_the_webhook_answered(
    workshop: Workshop, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    receiver.webhook.install(workshop.bare, "ada")
    workshop.commit(a_txt="1")

    answer = deliver(receiver.webhook, "ping", {"zen": "Keep it logically awesome."})
    workshop.push()

    assert (answer.status, answer.taken, answer.body) == (status, status == 202, "taken")
    assert len(receiver.requests) == 2


def test_a_webhook_that_does_not_answer_stops_no_push(workshop: Workshop) -> None:
    nobody = Webhook(f"http://127.0.0.1:{free_port()}/github", SECRET)
    nobody.install(workshop.bare, "ada")
    commit = workshop.commit(a_txt="1")

    workshop.push()

    assert workshop.bare.resolve("main") == commit
    with pytest.raises(LocalCloudError, match="does not answer"):
        deliver(nobody, "ping", {})


def test_the_secret_is_for_the_owner_of_the_repository_alone(workshop: Workshop) -> None:
    Webhook("http://127.0.0.1:1/", SECRET).install(workshop.bare, "ada")

    assert (workshop.bare.path / "webhook.json").stat().st_mode & 0o077 == 0
