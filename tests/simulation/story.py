"""What happened in a run, in words and as a hash."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    at: datetime
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:%d. %H:%M:%S}  {self.who:<14} {self.what}"


@dataclass(slots=True)
class Story:
    """Everything that happened, for a reader; and the trace, for a comparison."""

    lines: list[Line] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _trace: "blake2b" = field(default_factory=lambda: blake2b(digest_size=16))

    def tell(self, at: datetime, who: str, what: str) -> None:
        """Add what a reader wants to know."""
        self.lines.append(Line(at, who, what))
        self.mark(at, who, what)

    def mark(self, at: datetime, who: str, what: str) -> None:
        """Add to the trace alone what would only be noise to a reader."""
        self._trace.update(f"{at.timestamp()}|{who}|{what}\n".encode())

    def count(self, what: str) -> None:
        """Count one more of something."""
        self.counts[what] += 1

    @property
    def trace(self) -> str:
        """The hash of everything that happened, in its order."""
        return self._trace.hexdigest()
