"""Stands between the deployed functions and AWS, and lets requests and replies come to grief.

What befalls a request is dealt like cards: each action has a deck of its own, shuffled by a seed
and dealt to its end before it is shuffled again. So every fault comes in a short run too. A run is
not repeated exactly by its seed: which of two functions is dealt a card first is a matter of time.
"""

import select
import socket
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from longshore_local.awsjson.exchange import Answer
from tests.support.faults import Fault, Request, refusal, request_of

LOOPBACK = "127.0.0.1"
NOTICED_AFTER = 0.05
LONGEST = 60.0
"""Seconds that AWS may take, and that a reply is kept back at most: no client waits so long."""
WRITTEN_ANEW = frozenset(
    {"connection", "content-length", "content-type", "keep-alive", "transfer-encoding"}
)
"""Headers of a reply that are not passed on as they came."""


class Card(NamedTuple):
    """A fault that so many attempts at one invocation meet, one after the other."""

    fault: Fault
    attempts: int = 1


Hand = Mapping[str, Sequence[Card | None]]
"""The cards of each action (`ecs:UpdateService`), of a service (`ecs:*`), or of the rest (`*`)."""

FAIR: Hand = {}


@dataclass(frozen=True, slots=True)
class Incident:
    """A request that met a fault; `effective` says that AWS did what it asked."""

    request: Request
    fault: Fault
    effective: bool


class Dealer:
    """Deals faults to requests, whichever thread asks."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311 - a seed that can be told is the point
        self._lock = threading.Lock()
        self._hand: Hand = FAIR
        self._decks: dict[str, list[Card | None]] = {}
        self._goes_on: dict[str, Card] = {}
        self._ordered: dict[str, list[Fault]] = {}

    def play(self, hand: Hand) -> None:
        """Deal from other cards from now on; FAIR deals no fault."""
        with self._lock:
            self._hand, self._decks = hand, {}
            self._goes_on.clear()

    def order(self, action: str, *faults: Fault) -> None:
        """Let the next requests of an action meet these faults, one each."""
        with self._lock:
            self._ordered.setdefault(action, []).extend(faults)

    def deal(self, request: Request) -> Fault | None:
        """Return what befalls a request, None when nothing does."""
        with self._lock:
            if ordered := self._ordered.get(request.action):
                return ordered.pop(0)
            card = self._goes_on.get(request.invocation)
            if request.attempt == 1:
                card = self._draw(request)
            if card is None or request.attempt > card.attempts:
                return None
            self._goes_on[request.invocation] = card
            return card.fault

    def _draw(self, request: Request) -> Card | None:
        deck = self._decks.setdefault(request.action, [])
        if not deck:
            deck += self._cards(request)
            self._chance.shuffle(deck)
        return deck.pop() if deck else None

    def _cards(self, request: Request) -> Sequence[Card | None]:
        names = (request.action, f"{request.service}:*", "*")
        return next((self._hand[name] for name in names if name in self._hand), ())


class FaultyProxy:
    """A context manager; `detour` is what EmbeddedSettings takes."""

    def __init__(self, dealer: Dealer) -> None:
        self.dealer = dealer
        self.incidents: list[Incident] = []
        self._servers: list[_Listener] = []

    def detour(self, endpoint: str) -> str:
        """Listen for an endpoint; return where."""
        server = _Listener(self, urlsplit(endpoint).netloc)
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, args=(NOTICED_AFTER,), daemon=True).start()
        return f"http://{LOOPBACK}:{server.server_port}"

    def faults(self, action: str | None = None) -> Counter[Fault]:
        """Count what befell the requests of one action, or all of them."""
        met = list(self.incidents)
        return Counter(one.fault for one in met if action in {None, one.request.action})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, proxy: FaultyProxy, upstream: str) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.proxy = proxy
        self.upstream = upstream


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = request_of({name.lower(): value for name, value in self.headers.items()}, body)
        fault = self.server.proxy.dealer.deal(request)
        if fault is None:
            self._answer(*self._ask(body))
        else:
            self._meet(fault, request)

    def _meet(self, fault: Fault, request: Request) -> None:
        effective = fault.arrives and self._ask(request.body)[0].status == HTTPStatus.OK
        self.server.proxy.incidents.append(Incident(request, fault, effective))
        if not (fault.arrives or fault is Fault.CUT):
            self._answer(refusal(request, fault), {})
            return
        if fault is Fault.LATE:  # the client hangs up first, which makes its end readable
            select.select([self.connection], [], [], LONGEST)
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _ask(self, body: bytes) -> tuple[Answer, Mapping[str, str]]:
        """Pass a request on as it was signed, its Host header included."""
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

    def _answer(self, answer: Answer, headers: Mapping[str, str]) -> None:
        self.send_response_only(answer.status)
        for name, value in headers.items():
            if name not in WRITTEN_ANEW:
                self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Stay silent: the incidents tell."""
