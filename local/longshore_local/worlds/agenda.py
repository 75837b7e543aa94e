"""What is going to happen, in the order of time: the only thing that moves the world."""

import heapq
from collections.abc import Callable
from datetime import datetime

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
