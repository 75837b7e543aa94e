"""The HTTP server of the stand-in, on this machine alone."""

import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from longshore_local.slack.front import Front, Reply

LOOPBACK = "127.0.0.1"
SHUTDOWN_NOTICED_AFTER = 0.01
"""Seconds."""


class SlackServer:
    """Listens on one port from `start` to `close`; between `stop` and `start` it refuses."""

    def __init__(self, front: Front, port: int = 0) -> None:
        """Take a port of the loopback interface, a free one when it is 0, without listening yet."""
        self._front = front
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Where it is found, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Listen."""
        if self._server is not None:
            return
        server = ThreadingHTTPServer(
            (LOOPBACK, self.port), _handler(self._front), bind_and_activate=False
        )
        server.socket.close()
        server.socket = self._socket
        server.daemon_threads = True
        server.server_activate()
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, args=(SHUTDOWN_NOTICED_AFTER,), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Refuse connections, and keep the port: bound, but not listening."""
        if self._server is not None:
            self.close()
            self._socket = _bound(self.port)

    def close(self) -> None:
        """Leave no thread and no socket behind."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server = self._thread = None
        self._socket.close()


def _bound(port: int) -> socket.socket:
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind((LOOPBACK, port))
    return taken


def _handler(front: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # sent apart from the headers, a body waits 40 ms for an acknowledgement

        def do_GET(self) -> None:
            self._send(front.get(urlsplit(self.path).path))

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            reply = front.post(urlsplit(self.path).path, headers, body)
            if reply is None:
                self.close_connection = True
            else:
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            time.sleep(reply.after)
            body = reply.body.encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            with suppress(OSError):  # whoever asked may not have waited so long
                self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Stay silent: what is worth telling is told by whoever calls."""

    return Handler
