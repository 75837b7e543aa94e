"""What people hear: promises 9 and 13, at every message that reaches the topic."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.promises.at_ecs import SECRET
from tests.simulation.promises.broken import Say


@dataclass
class Ears:
    """Hears what is published, in the order in which it arrives."""

    say: Say
    last: dict[str, int] = field(default_factory=dict)
    heard: set[tuple[str, int]] = field(default_factory=set)
    times: int = 0

    def hear(self, request: Mapping[str, Any]) -> None:
        """Check one message: what is new comes in its order; a repeat is known by its id."""
        attributes = {k: v["StringValue"] for k, v in request["MessageAttributes"].items()}
        subject, _, number = attributes["id"].rpartition("/")
        sequence = int(number)
        if SECRET in request["Message"] or SECRET in request.get("Subject", ""):
            self.say("promise 13", f"a message about {subject} holds a secret")
        repeated = (subject, sequence) in self.heard
        is_deployment = "#" in subject
        if is_deployment and sequence < self.last.get(subject, 0) and not repeated:
            self.say("promise 9", f"people heard {subject}/{sequence} after {self.last[subject]}")
        self.last[subject] = max(sequence, self.last.get(subject, 0))
        self.heard.add((subject, sequence))
        self.times += 1

    def forget(self) -> None:
        """The ledger was restored: its numbers are given out again."""
        self.last.clear()
