"""Passes requests on as they were signed, and replies back, for what stands before a service."""

import sys
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from longshore_local.awsjson.exchange import Answer
from longshore_local.awsjson.server import LOOPBACK

LONGEST = 60.0
"""Seconds that AWS may take: no client waits longer."""
WRITTEN_ANEW = frozenset(
    {"connection", "content-length", "content-type", "keep-alive", "transfer-encoding"}
)
"""Headers of a reply that are not passed on as they came."""


class Passage(ThreadingHTTPServer):
    """Listens on a free port of this machine for what is meant for `upstream`, a host and port."""

    daemon_threads = True

    def __init__(self, upstream: str, handler: "type[PassageHandler]") -> None:
        super().__init__((LOOPBACK, 0), handler)
        self.upstream = upstream

    @property
    def endpoint_url(self) -> str:
        """Where an SDK finds it."""
        return f"http://{LOOPBACK}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as socketserver has them
        """Let a broken connection be the client's matter: it sees its own end of it."""
        if not isinstance(sys.exception(), (OSError, HTTPException)):
            super().handle_error(request, client_address)


class PassageHandler(BaseHTTPRequestHandler):
    """Takes requests of AWS's JSON or query protocol; whoever stands there overrides `pass_on`."""

    server: Passage
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together

    def do_POST(self) -> None:
        """Read the request's body, and pass it on."""
        self.pass_on(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def pass_on(self, body: bytes) -> None:
        """Pass the request on, and the reply back."""
        self.send_back(*self.ask(body))

    def ask(self, body: bytes) -> tuple[Answer, Mapping[str, str]]:
        """Pass the request on as it was signed, its Host header included."""
        connection = HTTPConnection(self.server.upstream, timeout=LONGEST)
        with closing(connection):
            connection.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            reply = connection.getresponse()
            headers = {name.lower(): value for name, value in reply.getheaders()}
            answer = Answer(reply.status, headers.get("content-type", ""), reply.read())
        return answer, headers

    def send_back(self, answer: Answer, headers: Mapping[str, str]) -> None:
        """Send a reply, with the headers that the service gave it."""
        self.send_response_only(answer.status)
        for name, value in headers.items():
            if name not in WRITTEN_ANEW:
                self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Stay silent: what is worth telling is told by whoever calls."""
