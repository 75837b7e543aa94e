"""Runs small jobs again and again beside the rest, and ends with it."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

POLL = 0.1


@dataclass(frozen=True, slots=True)
class Round:
    """A job and the seconds between its beginnings."""

    job: Callable[[], object]
    every: float


class Rounds:
    """A thread that goes its rounds until the context is left.

    An error ends the thread and is raised when the context is left without another one: a driver
    that silently stopped would look like a fault of what is tried.
    """

    def __init__(self, rounds: Sequence[Round]) -> None:
        self._rounds = rounds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.error: Exception | None = None

    def _run(self) -> None:
        due = [time.monotonic() + one.every for one in self._rounds]
        try:
            while not self._stopping.wait(POLL):
                for number, one in enumerate(self._rounds):
                    if time.monotonic() >= due[number]:
                        one.job()
                        due[number] = time.monotonic() + one.every
        except Exception as error:  # noqa: BLE001 - kept for the thread that waits
            self.error = error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join()
        if self.error is not None and error is None:
            raise self.error
