"""Tells people how the story goes while it goes, and keeps it for programs."""

import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

NAME_WIDTH = 12
SECONDS_WIDTH = 6
HEAD = 2 + NAME_WIDTH + SECONDS_WIDTH + 4
"""Where a step's sentence begins."""
LINES = " " * 6
"""Before lines that show what came of a step."""
NARROWEST = 60


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a step, in a sentence, with lines that show it.

    `aside` is for what belongs to the step but is not the story, such as a list of differences.
    """

    text: str
    lines: Sequence[str] = ()
    aside: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it ended."""

    name: str
    outcome: str
    seconds: float
    says: str
    details: Sequence[str] = ()


@dataclass(slots=True)
class Report:
    """The steps so far; with `speaks` they are written for people as they end."""

    speaks: bool
    steps: list[Step] = field(default_factory=list)
    failure: str = ""
    _began: float = field(default_factory=time.monotonic)

    def line(self, text: str = "") -> None:
        """Write a line for people."""
        if self.speaks:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()

    def step(self, name: str, act: Callable[[], Said]) -> None:
        """Do a step and keep what came of it; an error passes, after the step is kept as failed."""
        if self.speaks:
            sys.stdout.write(f"  {name:<{NAME_WIDTH}}")
            sys.stdout.flush()
        began = time.monotonic()
        try:
            said = act()
        except KeyboardInterrupt:
            self._end(name, "failed", began, Said("interrupted"))
            raise
        except Exception as error:
            self._end(name, "failed", began, Said(str(error) or type(error).__name__))
            raise
        self._end(name, "ok", began, said)

    def fail(self, why: str) -> None:
        """Keep why the story ended early."""
        self.failure = why

    @property
    def ok(self) -> bool:
        """Whether nothing has failed so far."""
        return not self.failure

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._began

    def as_json(self) -> Mapping[str, object]:
        """Return everything for programs."""
        return {
            "outcome": "ok" if self.ok else "failed",
            "failure": self.failure or None,
            "seconds": round(self.seconds, 1),
            "steps": [asdict(step) for step in self.steps],
        }

    def _end(self, name: str, outcome: str, began: float, said: Said) -> None:
        seconds = time.monotonic() - began
        details = [*said.lines, *said.aside]
        self.steps.append(Step(name, outcome, round(seconds, 1), said.text, details))
        head, *rest = _wrapped(said.text, HEAD)
        self.line(f"{seconds:>{SECONDS_WIDTH}.1f} s  {head}")
        for line in rest:
            self.line(" " * HEAD + line)
        for line in said.lines:
            self.line(LINES + line)
        for line in said.aside:
            for number, part in enumerate(_wrapped(line, HEAD + 2)):
                self.line(f"{' ' * HEAD}{'  ' if number else '- '}{part}")


def _wrapped(text: str, indent: int) -> list[str]:
    width = max(NARROWEST, shutil.get_terminal_size().columns) - indent
    return textwrap.wrap(text, width, break_long_words=False) or [""]
