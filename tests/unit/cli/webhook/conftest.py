"""A webhook that keeps the very bytes it was sent, and answers what it is told to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from typer.testing import Result

from tests.unit.cli.conftest import REGION, World

SECRET = "a-secret-of-twenty-characters"
SECRETS = "longshore/git"


@dataclass
class Webhook:
    """Where deliveries arrive."""

    world: World
    status: int = 200
    answer: bytes = b'{"outcome": "pong"}'
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    path: str = ""
    url: str = ""

    def answers(self, status: int, **answer: object) -> None:
        self.status, self.answer = status, json.dumps(answer).encode()

    @property
    def payload(self) -> Mapping[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def keep_secret(self, text: str, region: str = REGION) -> str:
        """Put a secret into Secrets Manager and return its ARN."""
        client = self.world.session.create_client("secretsmanager", region_name=region)
        return str(client.create_secret(Name=SECRETS, SecretString=text)["ARN"])  # type: ignore[attr-defined]  # untyped

    def test(self, *arguments: object) -> Result:
        return self.world.run("webhook", "test", *arguments)


@pytest.fixture
def webhook(world: World) -> Iterator[Webhook]:
    made = Webhook(world)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.path = self.path
            made.headers = {name.lower(): value for name, value in self.headers.items()}
            made.body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.send_response(made.status)
            self.end_headers()
            self.wfile.write(made.answer)

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    server.server_close()
    thread.join()
