"""Stands between the deployed functions and AWS, and lets requests and replies come to grief.

What befalls a request is dealt like cards: each action has a deck of its own, shuffled by a seed
and dealt to its end before it is shuffled again. So every fault comes in a short run too. A run is
not repeated exactly by its seed: which of two functions is dealt a card first is a matter of time.
"""

import re
import select
import socket
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from random import Random
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from longshore_local.awsjson.exchange import Answer
from longshore_local.gates.passage import LONGEST, Passage, PassageHandler
from tests.support.faults import Fault, Request, refusal, request_of

NOTICED_AFTER = 0.05
LINK_TO_AWS = re.compile(rb"(?<!xmlns=.)https?://[^\s\"'<>\\]*amazonaws\.com[^\s\"'<>\\]*")


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
        self.passed: set[str] = set()
        self.links: set[tuple[str, str]] = set()
        self._servers: list[_Listener] = []

    def detour(self, endpoint: str) -> str:
        """Listen for an endpoint; return where."""
        server = _Listener(self, urlsplit(endpoint).netloc)
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, args=(NOTICED_AFTER,), daemon=True).start()
        return server.endpoint_url

    def answered(self, request: Request, answer: Answer) -> None:
        """Take note of an answer: of what was asked, and of what would lead out of this machine."""
        self.passed.add(request.action)
        links = LINK_TO_AWS.findall(answer.body)
        self.links.update((request.action, link.decode()) for link in links)

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


class _Listener(Passage):
    def __init__(self, proxy: FaultyProxy, upstream: str) -> None:
        super().__init__(upstream, _Handler)
        self.proxy = proxy


class _Handler(PassageHandler):
    server: _Listener

    def pass_on(self, body: bytes) -> None:
        request = request_of({name.lower(): value for name, value in self.headers.items()}, body)
        fault = self.server.proxy.dealer.deal(request)
        if fault is None:
            answer, headers = self.ask(body)
            self.server.proxy.answered(request, answer)
            self.send_back(answer, headers)
        else:
            self._meet(fault, request)

    def _meet(self, fault: Fault, request: Request) -> None:
        effective = fault.arrives and self.ask(request.body)[0].status == HTTPStatus.OK
        self.server.proxy.incidents.append(Incident(request, fault, effective))
        if not (fault.arrives or fault is Fault.CUT):
            self.send_back(refusal(request, fault), {})
            return
        if fault is Fault.LATE:  # the client hangs up first, which makes its end readable
            select.select([self.connection], [], [], LONGEST)
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
