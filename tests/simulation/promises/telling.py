"""What people hear: promises 9 and 13, at every message that reaches the topic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulation.promises.at_ecs import SECRET
from tests.simulation.promises.broken import Say


@dataclass
class Ears:
    """Hears what is published, in the order in which it arrives."""

    say: Say
    last: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    heard: set[tuple[str, int]] = field(default_factory=set)
    times: int = 0

    def hear(self, request: Mapping[str, Any], since: datetime, now: datetime) -> None:
        """Check one message; `since` is when the worker that sends it began.

        What is new comes in its order. A repeat is known by its id, but comes only from a worker
        that began before something newer was heard: whoever begins later knows of that.
        """
        attributes = {k: v["StringValue"] for k, v in request["MessageAttributes"].items()}
        subject, _, number = attributes["id"].rpartition("/")
        sequence = int(number)
        if SECRET in request["Message"] or SECRET in request.get("Subject", ""):
            self.say("promise 13", f"a message about {subject} holds a secret")
        last, at = self.last.get(subject, (0, now))
        excused = (subject, sequence) in self.heard and since <= at
        if "#" in subject and sequence < last and not excused:
            self.say("promise 9", f"people heard {subject}/{sequence} after {last}")
        if sequence > last:
            self.last[subject] = sequence, now
        self.heard.add((subject, sequence))
        self.times += 1

    def forget(self) -> None:
        """The ledger was restored: its numbers are given out again."""
        self.last.clear()
