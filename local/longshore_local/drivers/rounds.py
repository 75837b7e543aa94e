"""Runs small jobs again and again beside the rest, and ends with it."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from longshore_local.drivers.companion import Companion

POLL = 0.1


@dataclass(frozen=True, slots=True)
class Round:
    """A job and the seconds between its beginnings."""

    job: Callable[[], object]
    every: float


class Rounds(Companion):
    """Goes its rounds until the context is left."""

    def __init__(self, rounds: Sequence[Round]) -> None:
        super().__init__()
        self._rounds = rounds
        self._stopping = threading.Event()

    def _work(self) -> None:
        due = [time.monotonic() + one.every for one in self._rounds]
        while not self._stopping.wait(POLL):
            for number, one in enumerate(self._rounds):
                if time.monotonic() >= due[number]:
                    one.job()
                    due[number] = time.monotonic() + one.every

    def _end(self) -> None:
        self._stopping.set()
