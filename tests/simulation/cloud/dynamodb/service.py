"""DynamoDB in memory, as far as the ledger uses it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from longshore.domain.places import Home
from longshore_local.awsjson.errors import ApiError
from tests.simulation.cloud.api import ConditionFailed, Output, Params
from tests.simulation.cloud.dynamodb.description import description
from tests.simulation.cloud.dynamodb.keys import given_key, key_of
from tests.simulation.cloud.dynamodb.queries import query
from tests.simulation.cloud.dynamodb.refusals import NotPlayedError, not_found
from tests.simulation.cloud.dynamodb.schema import table_schema
from tests.simulation.cloud.dynamodb.streams import Emit, Stream
from tests.simulation.cloud.dynamodb.table import Clock, Lag, Snapshot, Table
from tests.simulation.cloud.dynamodb.transactions import Transactions
from tests.simulation.cloud.dynamodb.values import Value
from tests.simulation.cloud.dynamodb.writes import Kind, read_write

HOME = Home("aws", "111122223333", "eu-west-1")
PAGE_BYTES = 1024 * 1024
"""What AWS reads for one page of a query."""

_EXPRESSION = {
    "TableName",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
}
_PLAYED: Mapping[str, frozenset[str]] = {
    "CreateTable": frozenset(
        {
            "TableName",
            "KeySchema",
            "AttributeDefinitions",
            "GlobalSecondaryIndexes",
            "StreamSpecification",
            "BillingMode",
        }
    ),
    "DescribeTable": frozenset({"TableName"}),
    "GetItem": frozenset({"TableName", "Key", "ConsistentRead"}),
    "BatchGetItem": frozenset({"RequestItems"}),
    "PutItem": frozenset(_EXPRESSION | {"Item"}),
    "UpdateItem": frozenset(_EXPRESSION | {"Key", "UpdateExpression"}),
    "DeleteItem": frozenset(_EXPRESSION | {"Key"}),
    "Query": frozenset(
        {
            "TableName",
            "IndexName",
            "KeyConditionExpression",
            "FilterExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "ConsistentRead",
            "ExclusiveStartKey",
            "ScanIndexForward",
            "Limit",
        }
    ),
    "TransactWriteItems": frozenset({"TransactItems", "ClientRequestToken"}),
}
"""What is played of each operation; anything else raises instead of being ignored."""


class DynamoDb:
    """Amazon DynamoDB, its tables and their streams."""

    def __init__(
        self,
        clock: Clock,
        emit: Emit,
        *,
        home: Home = HOME,
        page_bytes: int = PAGE_BYTES,
        index_lag: Lag | None = None,
    ) -> None:
        """Be empty; `clock` is AWS's own, `emit` gets the records of every stream.

        An index learns of each change after `index_lag()`, never before one that came earlier.
        """
        self._clock, self._emit, self._home = clock, emit, home
        self._page_bytes, self._lag = page_bytes, index_lag
        self._tables: dict[str, Table] = {}
        self._transactions = Transactions(self._table, clock)
        self._operations: dict[str, Callable[[Params], Output]] = {
            "CreateTable": self._create_table,
            "DescribeTable": self._describe_table,
            "GetItem": self._get_item,
            "BatchGetItem": self._batch_get_item,
            "PutItem": lambda parameters: self._write("Put", parameters),
            "UpdateItem": lambda parameters: self._write("Update", parameters),
            "DeleteItem": lambda parameters: self._write("Delete", parameters),
            "Query": self._query,
            "TransactWriteItems": self._transactions.write,
        }

    def call(self, operation: str, parameters: Params) -> Output:
        """Answer a call.

        Raises:
            ApiError: DynamoDB refuses it.
            NotPlayedError: it is beyond what is played here.
        """
        played = _PLAYED.get(operation)
        if played is None:
            raise NotPlayedError(operation)
        if not played.issuperset(parameters):
            raise NotPlayedError(f"{operation} with {sorted(set(parameters) - played)}")
        return self._operations[operation](parameters)

    # ── windows for whoever watches: no call, and no event of the stream ──────────────────────

    def items(self, table: str) -> Iterator[Mapping[str, Value]]:
        """Yield every item of a table as it is now."""
        return iter([row.item for row in self._tables[table].view.rows.values()])

    def next_due(self, table: str, index: str = "due") -> int | None:
        """Return the smallest range of an index, in whole numbers; None when it is empty."""
        first = self._tables[table].indexes[index].first()
        return None if first is None else int(first)

    def snapshot(self, table: str) -> Snapshot:
        """Return what a table holds, to be restored later."""
        return self._tables[table].view.rows.copy()

    def restore(self, table: str, snapshot: Snapshot) -> None:
        """Let a table hold what it held; its stream says nothing and request tokens are gone."""
        self._tables[table].restore(snapshot)
        self._transactions.forget()

    def expire(self) -> int:
        """Remove the items whose time to live is over; return how many."""
        return sum(table.expire() for table in self._tables.values())

    # ── operations ────────────────────────────────────────────────────────────────────────────

    def _create_table(self, parameters: Params) -> Output:
        schema = table_schema(parameters)
        if schema.name in self._tables:
            raise ApiError("ResourceInUseException", f"Table already exists: {schema.name}")
        stream = Stream(schema, self._home, self._emit) if schema.streams else None
        table = Table(schema, stream, self._clock, self._lag)
        self._tables[schema.name] = table
        return {"TableDescription": description(table, self._home)}

    def _describe_table(self, parameters: Params) -> Output:
        name = cast("str", parameters["TableName"])
        if name not in self._tables:
            raise not_found(f"Requested resource not found: Table: {name} not found")
        return {"Table": description(self._tables[name], self._home)}

    def _get_item(self, parameters: Params) -> Output:
        table = self._table(parameters)
        keys = table.schema.keys
        key = key_of(given_key(cast("Mapping[str, Value]", parameters["Key"]), keys), keys)
        row = table.row(key)
        return {} if row is None else {"Item": row.item.copy()}

    def _batch_get_item(self, parameters: Params) -> Output:
        """Return the items that are there, of each table in no order that one could rely on."""
        responses: dict[str, list[object]] = {}
        for name, asked in cast("Mapping[str, Params]", parameters["RequestItems"]).items():
            if not {"Keys", "ConsistentRead"}.issuperset(asked):
                raise NotPlayedError(f"BatchGetItem with {sorted(asked)}")
            wanted = cast("Sequence[Mapping[str, Value]]", asked["Keys"])
            replies = [self._get_item({"TableName": name, "Key": key}) for key in wanted]
            responses[name] = [reply["Item"] for reply in reversed(replies) if reply]
        return {"Responses": responses, "UnprocessedKeys": {}}

    def _query(self, parameters: Params) -> Output:
        return query(self._table(parameters), parameters, self._clock, self._page_bytes)

    def _write(self, kind: Kind, parameters: Params) -> Output:
        table = self._table(parameters)
        write = read_write(kind, table, parameters)
        before = table.row(write.key)
        if not write.holds(before):
            shown = before if write.shows_old else None
            raise ConditionFailed(None if shown is None else shown.item.copy())
        after = write.after(before)
        table.change(write.key, after)
        match parameters.get("ReturnValues", "NONE"):
            case "NONE":
                return {}
            case "ALL_OLD":
                return {} if before is None else {"Attributes": before.item.copy()}
            case "ALL_NEW" if kind == "Update" and after is not None:
                return {"Attributes": after.item.copy()}
            case other:
                raise NotPlayedError(f"{kind} that returns {other}")

    def _table(self, parameters: Params) -> Table:
        table = self._tables.get(cast("str", parameters["TableName"]))
        if table is None:
            raise not_found()
        return table
