"""What is going to happen, in the order of time: the only thing that moves the world."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta

Step = Callable[[], None]


class Agenda:
    """Steps to come. Steps of the same moment happen in the order in which they were planned."""

    def __init__(self) -> None:
        """Begin with nothing planned."""
        self._steps: list[tuple[datetime, int, Step]] = []
        self._planned = 0

    def add(self, when: datetime, step: Step) -> None:
        """Plan a step."""
        self._planned += 1
        heapq.heappush(self._steps, (when, self._planned, step))

    @property
    def next_due(self) -> datetime | None:
        """When the next step is due, None when nothing is planned."""
        return self._steps[0][0] if self._steps else None

    def take(self, until: datetime) -> tuple[datetime, Step] | None:
        """Remove and return the next step that is due by then, None when there is none."""
        if not self._steps or self._steps[0][0] > until:
            return None
        when, _, step = heapq.heappop(self._steps)
        return when, step


class Timed:
    """What has an agenda, and the time up to which everything has happened."""

    now: datetime
    agenda: Agenda

    def later(self, delay: timedelta, step: Step) -> None:
        """Plan a step."""
        self.agenda.add(self.now + delay, step)

    def run_until(self, moment: datetime) -> None:
        """Let everything happen that is due by a moment; a clock that went back changes nothing."""
        while (due := self.agenda.take(moment)) is not None:
            when, step = due
            self.now = max(self.now, when)
            step()
        self.now = max(self.now, moment)
