"""Delivers events in the order they happen, beside whoever makes them happen."""

import queue
from collections.abc import Callable, Mapping

from longshore_local.drivers.companion import Companion
from longshore_local.drivers.rules import DeployedRules

Event = Mapping[str, object]


def unheard(_event: Event) -> None:
    """Hear nothing."""


class Deliveries(Companion):
    """Takes events at once and brings them to the rules one by one.

    While `losing` is true events are lost on the way, as ECR's may be. `delivered` keeps every
    event that met a rule, with the names of the rules. `hear` hears each event before the rules
    do, also one that is lost.
    """

    def __init__(
        self,
        rules: DeployedRules,
        *,
        losing: bool = False,
        hear: Callable[[Event], None] = unheard,
    ) -> None:
        super().__init__()
        self.rules = rules
        self._hear = hear
        self.losing = losing
        self.delivered: list[tuple[Event, list[str]]] = []
        self._waiting: queue.SimpleQueue[Event | None] = queue.SimpleQueue()

    def put(self, event: Event) -> None:
        """Take an event; returns at once."""
        self._waiting.put(event)

    def _work(self) -> None:
        while (event := self._waiting.get()) is not None:
            self._hear(event)
            met = [] if self.losing else self.rules.deliver(event)
            if met:
                self.delivered.append((event, met))

    def _end(self) -> None:
        self._waiting.put(None)
