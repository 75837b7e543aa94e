"""Simulated time, and the greenlets that live in it.

Everything that happens is a step at a moment. A worker is real code that runs in a greenlet of its
own and gives the others their turn whenever it pauses; the same steps at the same moments happen
in the order in which they were planned, so a run can be repeated exactly.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

from greenlet import getcurrent, greenlet

Step = Callable[[], object]


class Kernel:
    """The clock of the world and what is due in it."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._steps: list[tuple[datetime, int, Step]] = []
        self._planned = 0
        self._hub = getcurrent()
        self._stopped = False
        self._until = start

    def clock(self) -> datetime:
        """Return the present moment: what AWS's own clocks show."""
        return self.now

    def at(self, when: datetime, step: Step) -> None:
        """Plan a step; one that is late already happens next."""
        self._planned += 1
        heapq.heappush(self._steps, (when, self._planned, step))

    def after(self, delay: timedelta, step: Step) -> None:
        """Plan a step after a delay."""
        self.at(self.now + delay, step)

    def stop(self) -> None:
        """Let nothing happen any more."""
        self._stopped = True

    def run(self, until: datetime) -> None:
        """Let everything happen that is due by a moment, which is the present one then."""
        self._until = until
        while not self._stopped and self._steps and self._steps[0][0] <= until:
            when, _, step = heapq.heappop(self._steps)
            self.now = max(self.now, when)
            step()
        self.now = max(self.now, until)

    def start(self, worker: greenlet) -> None:
        """Let a worker begin at this moment, once what happens now is over."""
        worker.parent = self._hub
        self.at(self.now, worker.switch)

    def pause(self, delay: timedelta) -> None:
        """Let a worker, which calls this, wait while the world goes on."""
        when = self.now + delay
        if self._is_alone(when):
            self.now = when
            return
        self.at(when, getcurrent().switch)
        self._hub.switch()

    def _is_alone(self, when: datetime) -> bool:
        """Whether nothing else happens by a moment: then there is nobody to give a turn to."""
        if self._stopped or when > self._until:
            return False
        return not self._steps or self._steps[0][0] > when
