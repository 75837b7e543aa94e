"""Small HTTP servers, which hand out what they are given, or take what they are sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


class _Silent(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(contents: Mapping[str, bytes]) -> Iterator[str]:
    """Serve contents by path on this machine; yield the server's address."""

    class Handler(_Silent):
        def do_GET(self) -> None:
            content = contents.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        do_POST = do_GET  # noqa: N815  the name is http.server's

    with _listening(Handler) as address:
        yield address


@contextmanager
def sending(parts: Iterable[bytes]) -> Iterator[str]:
    """Answer a GET with parts as they come, for as long as somebody reads; yield where."""

    class Handler(_Silent):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for part in parts:
                    self.wfile.write(part)
                    self.wfile.flush()

    with _listening(Handler) as address:
        yield address


@contextmanager
def taking(take: Callable[[str, bytes], int]) -> Iterator[str]:
    """Answer each POST with the status that `take` returns for its path and body; yield where."""

    class Handler(_Silent):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(take(self.path, body))
            self.end_headers()

    with _listening(Handler) as address:
        yield address


@contextmanager
def _listening(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    worker = Thread(target=server.serve_forever, daemon=True)
    worker.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        worker.join()
