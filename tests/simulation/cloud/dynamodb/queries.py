"""Query: a stretch of a partition, page after page.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from tests.simulation.cloud.api import Output, Params
from tests.simulation.cloud.dynamodb.expressions import Bound, bound
from tests.simulation.cloud.dynamodb.key_conditions import (
    KeyTest,
    assigned,
    refuse_operands,
    span,
)
from tests.simulation.cloud.dynamodb.keys import given_key, key_of
from tests.simulation.cloud.dynamodb.refusals import ItemRefusedError, invalid
from tests.simulation.cloud.dynamodb.table import Clock, Table
from tests.simulation.cloud.dynamodb.values import Item, Value, kind_of, sort_of
from tests.simulation.cloud.dynamodb.views import Entry, View

_BAD_START = "The provided starting key is invalid"


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer holds: the items that were read, and whether reading stopped early."""

    items: Sequence[Item]
    stopped: bool


def query(table: Table, parameters: Params, clock: Clock, page_bytes: int) -> Output:
    """Answer a query; a page ends when it has read its `Limit` or `page_bytes`."""
    if parameters.get("KeyConditionExpression") is None:
        raise invalid(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
            "request."
        )
    asked = bound(parameters)
    view = _view(table, parameters, clock)
    entries = _chosen(view, asked, _start(table, view, parameters), parameters)
    page = _page(view, entries, _limit(parameters), page_bytes)
    return _answer(table, view, asked, page)


def _view(table: Table, parameters: Params, clock: Clock) -> View:
    name = parameters.get("IndexName")
    if name is None:
        return table.view
    index = table.index(cast("str", name))
    if parameters.get("ConsistentRead"):
        raise invalid("Consistent reads are not supported on global secondary indexes")
    return index.as_seen(clock())


def _limit(parameters: Params) -> int | None:
    limit = cast("int | None", parameters.get("Limit"))
    if limit is not None and limit < 1:
        raise invalid(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy "
            "constraint: Member must have value greater than or equal to 1"
        )
    return limit


def _chosen(view: View, asked: Bound, start: Entry | None, parameters: Params) -> Sequence[Entry]:
    """Return what the key condition chooses, in the order of reading, behind the start."""
    expressions, values = asked
    hash_test, range_test = assigned(expressions.key, view.keys)
    refuse_operands(expressions.key, values)
    _refuse_key_filter(view, asked)
    entries = view.partition(sort_of(values[hash_test.values[0]]))
    low, high = (0, len(entries)) if range_test is None else span(entries, range_test, values)
    forward = parameters.get("ScanIndexForward") is not False
    if start is not None:
        _refuse_start(parameters, view, asked, (hash_test, range_test))
        behind = _behind(entries, start, forward=forward)
        low, high = (max(low, behind), high) if forward else (low, min(high, behind))
    stretch = entries[low:high]
    return stretch if forward else stretch[::-1]


def _refuse_key_filter(view: View, asked: Bound) -> None:
    for name in (view.keys.hash, view.keys.range):
        if name in asked.expressions.filtered:
            raise invalid(
                "Filter Expression can only contain non-primary key attributes: "
                f"Primary key attribute: {name}"
            )


# ── where to go on ────────────────────────────────────────────────────────────────────────────


def _start(table: Table, view: View, parameters: Params) -> Entry | None:
    """Return the entry of the last item that was read, None at the beginning."""
    given = cast("Mapping[str, Value] | None", parameters.get("ExclusiveStartKey"))
    if not given:
        return None
    names = {table.schema.keys.hash, table.schema.keys.range, view.keys.hash, view.keys.range}
    kinds = {view.keys.hash: view.keys.hash_kind, view.keys.range: view.keys.range_kind}
    if given.keys() != names or any(kind_of(given[name]) != kinds[name] for name in kinds):
        raise invalid(_BAD_START)
    keys = table.schema.keys
    own = {name: given[name] for name in (keys.hash, keys.range)}
    try:
        item = given_key(own, keys)
    except ItemRefusedError as error:
        raise invalid(f"{_BAD_START}: {error.message}") from error
    return sort_of(given[view.keys.range]), key_of(item, keys)


def _refuse_start(
    parameters: Params, view: View, asked: Bound, tests: tuple[KeyTest, KeyTest | None]
) -> None:
    """Raise what AWS says of a start that no page of this query can have named."""
    given = cast("Mapping[str, Value]", parameters["ExclusiveStartKey"])
    hash_test, range_test = tests
    if given[view.keys.hash] != asked.values[hash_test.values[0]]:
        raise invalid(
            "The provided starting key is outside query boundaries based on provided conditions"
        )
    if range_test is None:
        return
    alone = [(sort_of(given[view.keys.range]), key_of(given, view.keys))]
    if span(alone, range_test, asked.values) != (0, 1):
        raise invalid("The provided starting key does not match the range key predicate")


def _behind(entries: Sequence[Entry], start: Entry, *, forward: bool) -> int:
    return bisect_right(entries, start) if forward else bisect_left(entries, start)


# ── pages ─────────────────────────────────────────────────────────────────────────────────────


def _page(view: View, entries: Sequence[Entry], limit: int | None, page_bytes: int) -> Page:
    """Read entries; a page that is full says so, whether anything follows or not."""
    rows = view.rows
    items: list[Item] = []
    size = 0
    for _, key in entries:
        row = rows[key]
        items.append(row.item)
        size += row.size
        if len(items) == limit or size >= page_bytes:
            return Page(items, stopped=True)
    return Page(items, stopped=False)


def _answer(table: Table, view: View, asked: Bound, page: Page) -> Output:
    test, values = asked.expressions.filter, asked.values
    chosen = [item.copy() for item in page.items if test is None or test(item, values)]
    output: Output = {"Items": chosen, "Count": len(chosen), "ScannedCount": len(page.items)}
    if page.stopped:
        last = page.items[-1]
        keys = table.schema.keys
        names = dict.fromkeys((keys.hash, keys.range, view.keys.hash, view.keys.range))
        output["LastEvaluatedKey"] = {name: last[name] for name in names}
    return output
