"""How what is watched is shown: appended lines, JSON, or one picture on a terminal."""

import os
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Protocol

from longshore_cli.output import (
    StreamFormat,
    on_a_terminal,
    print_document,
    print_json_line,
    print_line,
)
from longshore_cli.picture import Picture
from longshore_cli.watch_changes import Change, Chronicle


class Show(Protocol):
    """Shows looks at a deployment to whoever watches."""

    def picture(self, picture: Picture) -> None:
        """Show a look."""
        ...

    def note(self, text: str) -> None:
        """Show what is waited for, or what is in the way."""
        ...

    def open(self) -> AbstractContextManager[object]:
        """Return the time in which things are shown."""
        ...


class Lines:
    """Appended lines, one a change: for logs, pipes and CI."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self._chronicle = Chronicle()

    def picture(self, picture: Picture) -> None:
        """Append what is new in a look."""
        self._tell(self._chronicle.news(picture))

    def note(self, text: str) -> None:
        """Append a remark, unless it is the last one again."""
        self._tell(self._chronicle.note(text, datetime.now(UTC)))

    def open(self) -> AbstractContextManager[object]:
        """Lines need no end."""
        return nullcontext()

    def _tell(self, changes: Iterable[Change]) -> None:
        for change in changes:
            self.line(change)
        sys.stdout.flush()

    def line(self, change: Change) -> None:
        """Append one change."""
        print_line(f"{change.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {change.text}")


class JsonLines(Lines):
    """One JSON object a change."""

    def line(self, change: Change) -> None:
        """Append one change."""
        print_json_line(change.as_json())


class Silence:
    """Nothing until the end: for one JSON document."""

    def picture(self, picture: Picture) -> None:
        """Keep still."""

    def note(self, text: str) -> None:
        """Keep still."""

    def open(self) -> AbstractContextManager[object]:
        """Silence needs no end."""
        return nullcontext()


def show_for(output: StreamFormat, lines: int) -> Show:
    """Return how to show for a format and for what stdout is."""
    if output is StreamFormat.JSON:
        return Silence()
    if output is StreamFormat.NDJSON:
        return JsonLines()
    if not on_a_terminal() or os.environ.get("TERM", "dumb") == "dumb":
        return Lines()
    from longshore_cli.watch_live import Screen  # noqa: PLC0415  # rich takes long to import

    return Screen(lines)


def print_end(document: dict[str, object], output: StreamFormat) -> None:
    """Print the document that says how it ended, where programs read."""
    if output is StreamFormat.NDJSON:
        print_json_line({"at": datetime.now(UTC).isoformat(), "kind": "end", **document})
    elif output is StreamFormat.JSON:
        print_document(document, output)
