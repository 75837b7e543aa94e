"""One table: its items, its indexes and its stream, always changed together."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from tests.simulation.cloud.dynamodb.keys import Key
from tests.simulation.cloud.dynamodb.refusals import invalid
from tests.simulation.cloud.dynamodb.schema import TableSchema
from tests.simulation.cloud.dynamodb.streams import Stream
from tests.simulation.cloud.dynamodb.values import Item, sort_of
from tests.simulation.cloud.dynamodb.views import Index, Row, View

Clock = Callable[[], datetime]
Lag = Callable[[], timedelta]
Snapshot = Mapping[Key, Row]

EXPIRES_AT = "expires_at"
"""The attribute by which time to live removes an item."""

_OLDEST_EXPIRY = 5 * 365 * 24 * 3600
"""Seconds; time to live leaves alone what would have expired longer ago."""


class Table:
    """A table; its indexes learn of a change after `lag`, at once where it is None."""

    def __init__(
        self, schema: TableSchema, stream: Stream | None, clock: Clock, lag: Lag | None = None
    ) -> None:
        self.schema = schema
        self.view = View(schema.keys)
        self.indexes = {index.name: Index(index) for index in schema.indexes}
        self._stream = stream
        self._clock = clock
        self._lag = lag

    def row(self, key: Key) -> Row | None:
        """Return what lies at a key."""
        return self.view.rows.get(key)

    def change(self, key: Key, after: Row | None, *, expired: bool = False) -> None:
        """Write an item, or remove it; what changes nothing is no change."""
        before = self.view.rows.get(key)
        if before == after:
            return
        if after is None:
            self.view.remove(key)
        else:
            self.view.put(key, after)
        item = None if after is None else after.item
        for index in self.indexes.values():
            index.learn(key, item, self._visible_at())
        if self._stream is not None:
            self._stream.tell(before, after, self._clock(), expired=expired)

    def index(self, name: str) -> Index:
        """Return an index; raise AWS's refusal where there is none."""
        found = self.indexes.get(name)
        if found is None:
            raise invalid(f"The table does not have the specified index: {name}")
        return found

    def expire(self) -> int:
        """Remove what time to live would have removed by now; return how many."""
        now = self._clock().timestamp()
        expired = [key for key, row in self.view.rows.items() if _is_over(row.item, now)]
        for key in expired:
            self.change(key, None, expired=True)
        return len(expired)

    def restore(self, snapshot: Snapshot) -> None:
        """Hold what a snapshot holds; nobody is told."""
        self.view.replace(snapshot)
        for index in self.indexes.values():
            index.rebuild(self.view.rows)

    def _visible_at(self) -> datetime | None:
        return None if self._lag is None else self._clock() + self._lag()


def _is_over(item: Item, now: float) -> bool:
    value = item.get(EXPIRES_AT)
    if value is None or "N" not in value:
        return False
    at = sort_of(value)
    return not isinstance(at, str) and now - _OLDEST_EXPIRY < at < now
