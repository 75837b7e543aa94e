"""Log lines as people may see them: without secrets, also where a secret comes line by line.

Log drivers tell lines one by one, so that most lines of a private key do not say what they are.
Only who remembers the lines before knows.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from longshore.events.redaction import REDACTED, redact

LONGEST_LINE = 2000
"""Characters of a line that are looked at; longer ones are cut before anything reads them."""
PATIENCE = 20
"""Lines of something else that may stand between two of a private key: programs write at once."""

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_MARK = re.compile(r"-----(?P<kind>BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY = re.compile(
    r"^[ \t]*[A-Za-z0-9+/=]{1,76}[ \t\r]*$|(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{24,}", re.MULTILINE
)
"""Inside a private key: a line that may be one of its own, or what follows the time of one."""


@dataclass(slots=True)
class LineRedactor:
    """Redacts the lines of one stream in their order, and remembers whether it is inside a key."""

    _patience: int = 0

    def lines(self, lines: Iterable[str]) -> tuple[str, ...]:
        """Return lines that follow each other; where they begin inside a key, its end tells."""
        taken = tuple(lines)
        first = next((mark for line in taken if (mark := _MARK.search(line))), None)
        if first is not None and first["kind"] == "END":
            self._patience = PATIENCE
        return tuple(map(self.line, taken))

    def line(self, line: str) -> str:
        """Return one line, or a text of several, without colours and what may be a secret."""
        plain = _COLOUR.sub("", line)
        cut = plain[:LONGEST_LINE]
        if self._patience:
            cut = self._inside(cut)
        for mark in _MARK.finditer(plain):
            self._patience = PATIENCE if mark["kind"] == "BEGIN" else 0
        return redact(cut)

    def _inside(self, text: str) -> str:
        """Redact what belongs to the key, up to its end."""
        mark = _MARK.search(text)
        end = mark.start() if mark else len(text)
        key, found = _KEY.subn(REDACTED, text[:end])
        self._patience = PATIENCE if found else self._patience - 1
        return key + text[end:]
