"""Items in the order of a key: the table itself, and each of its indexes."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tests.simulation.cloud.dynamodb.keys import Key
from tests.simulation.cloud.dynamodb.schema import IndexSchema, Keys
from tests.simulation.cloud.dynamodb.values import Item, Sort, measured, sort_of

Entry = tuple[Sort, Key]
"""A range of the view's key, and the table's key of the item there."""


class Row(NamedTuple):
    """An item, which is never changed in place, and its size in bytes."""

    item: Item
    size: int


class View:
    """Rows by the table's key, and their order by the view's own."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._names = (keys.hash, keys.range)
        self.rows: dict[Key, Row] = {}
        self._order: dict[Sort, list[Entry]] = {}

    def partition(self, hash_value: Sort) -> Sequence[Entry]:
        """Return what has a hash, in the order of its ranges."""
        return self._order.get(hash_value, ())

    def put(self, key: Key, row: Row) -> None:
        """Keep a row in the place of the one that had its key."""
        before = self.rows.get(key)
        if before is not None:
            if all(before.item[name] == row.item[name] for name in self._names):
                self.rows[key] = row
                return
            self.remove(key)
        self.rows[key] = row
        hash_value, range_value = self._place(row.item)
        insort(self._order.setdefault(hash_value, []), (range_value, key))

    def remove(self, key: Key) -> None:
        """Forget the row of a key, if there is one."""
        row = self.rows.pop(key, None)
        if row is None:
            return
        hash_value, range_value = self._place(row.item)
        entries = self._order[hash_value]
        del entries[bisect_left(entries, (range_value, key))]
        if not entries:
            del self._order[hash_value]

    def replace(self, rows: Mapping[Key, Row]) -> None:
        """Keep these rows and no others."""
        self.rows = dict(rows)
        self._order = {}
        for key, row in self.rows.items():
            hash_value, range_value = self._place(row.item)
            self._order.setdefault(hash_value, []).append((range_value, key))
        for entries in self._order.values():
            entries.sort()

    def first(self) -> Sort | None:
        """Return the smallest range of all partitions."""
        return min((entries[0][0] for entries in self._order.values()), default=None)

    def _place(self, item: Item) -> tuple[Sort, Sort]:
        return sort_of(item[self.keys.hash]), sort_of(item[self.keys.range])


class Index:
    """A sparse view that may lag: it learns of a change when that becomes visible."""

    def __init__(self, schema: IndexSchema) -> None:
        self.schema = schema
        self.view = View(schema.keys)
        self._waiting: deque[tuple[datetime, Key, Row | None]] = deque()

    def learn(self, key: Key, item: Item | None, at: datetime | None) -> None:
        """Take in a change, at once or, in the order of changes, not before a moment."""
        row = self.row_of(item)
        if at is None and not self._waiting:
            self._apply(key, row)
            return
        latest = self._waiting[-1][0] if self._waiting else at
        visible = max(moment for moment in (latest, at) if moment is not None)
        self._waiting.append((visible, key, row))

    def as_seen(self, now: datetime) -> View:
        """Return the view as a reader has it at a moment."""
        while self._waiting and self._waiting[0][0] <= now:
            _, key, row = self._waiting.popleft()
            self._apply(key, row)
        return self.view

    def first(self) -> Sort | None:
        """Return the smallest range that a reader sees, or will see."""
        coming = (row.item[self.schema.keys.range] for _, _, row in self._waiting if row)
        seen = self.view.first()
        known = [sort_of(value) for value in coming] + ([] if seen is None else [seen])
        return min(known, default=None)

    def rebuild(self, rows: Mapping[Key, Row]) -> None:
        """Hold what these rows of the table come to, and nothing else."""
        self._waiting.clear()
        projected = ((key, self.row_of(row.item)) for key, row in rows.items())
        self.view.replace({key: row for key, row in projected if row is not None})

    def row_of(self, item: Item | None) -> Row | None:
        """Return what the index has of an item, None where the item has not both its keys."""
        keys, projected = self.schema.keys, self.schema.projected
        if item is None or keys.hash not in item or keys.range not in item:
            return None
        if projected is None:
            return Row(*measured(item))
        return Row(*measured({name: item[name] for name in projected if name in item}))

    def _apply(self, key: Key, row: Row | None) -> None:
        if row is None:
            self.view.remove(key)
        else:
            self.view.put(key, row)
