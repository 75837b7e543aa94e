"""What watching alarms needs of the world."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from longshore.domain.alarms import Alarm
from longshore.domain.places import Home


class Alarms(Protocol):
    """Amazon CloudWatch's alarms, metric and composite ones."""

    def alarms(self, home: Home, names: Sequence[str]) -> Mapping[str, Alarm]:
        """Return those of the alarms that exist, by their names."""
        ...

    def left_alarm(self, home: Home, names: Sequence[str], since: datetime) -> frozenset[str]:
        """Return which alarms were in ALARM at some moment from `since` on, and no longer are."""
        ...
