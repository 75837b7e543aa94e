"""An HTTP server on this machine alone that any AWS SDK reaches through `endpoint_url`."""

import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from uuid import uuid4

from longshore_local.awsjson.errors import NoAnswerError
from longshore_local.awsjson.exchange import Answer, Exchange

LOG = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
SHUTDOWN_NOTICED_AFTER = 0.05
"""Seconds."""


class JsonServer:
    """Serves an exchange; a context manager that leaves no thread or socket behind.

    `heartbeat` is run every `period` seconds with the exchange's lock held, so that a world whose
    time is the real time moves on although nobody asks it anything.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        port: int = 0,
        heartbeat: Callable[[], object] | None = None,
        period: float = 0.2,
    ) -> None:
        """Bind to a port of the loopback interface, a free one when it is 0."""
        self._exchange = exchange
        self._heartbeat = heartbeat
        self._period = period
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer((LOOPBACK, port), _handler(exchange))
        self._server.daemon_threads = True
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        if heartbeat is not None:
            self._threads.append(threading.Thread(target=self._beat, daemon=True))

    @property
    def endpoint_url(self) -> str:
        """Where an SDK finds the server."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        for thread in self._threads:
            thread.join()
        self._server.server_close()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=SHUTDOWN_NOTICED_AFTER)

    def _beat(self) -> None:
        while self._heartbeat is not None and not self._closing.wait(self._period):
            try:
                with self._exchange.lock:
                    self._heartbeat()
            except Exception:
                # The world goes on: what one look could not do may well work at the next.
                LOG.exception("the heartbeat failed")


def _handler(exchange: Exchange) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # sent apart from the headers, a body waits 40 ms for an acknowledgement

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                self._send(exchange.answer(headers, body))
            except NoAnswerError:
                self.close_connection = True

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("x-amzn-RequestId", str(uuid4()))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Stay silent: what is worth telling is told by whoever calls."""

    return Handler
