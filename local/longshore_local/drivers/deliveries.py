"""Delivers events in the order they happen, beside whoever makes them happen."""

import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from longshore_local.drivers.rules import DeployedRules

Event = Mapping[str, object]


@dataclass(slots=True)
class Deliveries:
    """Takes events at once and brings them to the rules one by one; a context manager.

    While `losing` is true events are lost on the way, as ECR's may be. `delivered` keeps every
    event that met a rule, with the names of the rules. An error of the thread is raised when the
    context is left without another one.
    """

    rules: DeployedRules
    losing: bool = False
    delivered: list[tuple[Event, list[str]]] = field(default_factory=list)
    _waiting: "queue.SimpleQueue[Event | None]" = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread = field(init=False)
    _error: Exception | None = None

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)

    def put(self, event: Event) -> None:
        """Take an event; returns at once."""
        self._waiting.put(event)

    def _run(self) -> None:
        try:
            while (event := self._waiting.get()) is not None:
                met = [] if self.losing else self.rules.deliver(event)
                if met:
                    self.delivered.append((event, met))
        except Exception as error:  # noqa: BLE001 - kept for the thread that waits
            self._error = error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._waiting.put(None)
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error
