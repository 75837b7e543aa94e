"""The ledger's table: what its adapters ask of DynamoDB, all of it through the gate."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypedDict
from uuid import uuid4

from longshore.aws import items
from longshore.aws.gate import Gate
from longshore.aws.keys import Key
from longshore.domain.errors import Conflict, Throttled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        KeysAndAttributesTypeDef,
        TransactWriteItemTypeDef,
    )

    from longshore.aws.items import Item

MOST_WRITES = 100
"""What DynamoDB takes in one transaction."""


class Selected(TypedDict, total=False):
    """Which items a query returns, in DynamoDB's words."""

    KeyConditionExpression: str
    FilterExpression: str
    ExpressionAttributeNames: Mapping[str, str]
    ExpressionAttributeValues: "Mapping[str, AttributeValueTypeDef]"
    IndexName: str
    ConsistentRead: bool
    ScanIndexForward: bool
    Limit: int
    ExclusiveStartKey: "Item"


class Table:
    """One DynamoDB table."""

    def __init__(self, gate: Gate, client: "DynamoDBClient", name: str) -> None:
        """Speak to the table `name` through `gate`."""
        self.gate = gate
        self.client = client
        self.name = name
        self._writer = uuid4().hex

    def get(self, key: Key) -> "Item | None":
        """Return an item, read consistently; None where there is none."""
        reply = self.gate.call(
            self.client.get_item, TableName=self.name, Key=items.key_of(key), ConsistentRead=True
        )
        return reply.get("Item")

    def get_all(self, *wanted: Key) -> "Sequence[Item | None]":
        """Return items by one call, each read consistently, None in the place of what is not there.

        Raises:
            Throttled: DynamoDB left some of them out.
        """
        asked: dict[str, KeysAndAttributesTypeDef] = {
            self.name: {"Keys": [items.key_of(key) for key in wanted], "ConsistentRead": True}
        }
        reply = self.gate.call(self.client.batch_get_item, RequestItems=asked)
        if reply.get("UnprocessedKeys"):
            message = "DynamoDB was busy and did not read all that was asked for; look again later"
            raise Throttled(message)
        found = {(item["pk"]["S"], item["sk"]["S"]): item for item in reply["Responses"][self.name]}
        return [found.get(key) for key in wanted]

    def query(self, selected: Selected) -> "Iterator[Item]":
        """Yield what a query selects, page after page: a page that fails raises."""
        page: Selected = {**selected}
        while True:
            reply = self.gate.call(self.client.query, TableName=self.name, **page)
            yield from reply["Items"]
            if not reply.get("LastEvaluatedKey"):
                return
            page["ExclusiveStartKey"] = reply["LastEvaluatedKey"]

    def remove_timer(self, key: Key) -> None:
        """Take an item off the index of timers; without a timer, or gone, it stays as it is."""
        with suppress(Conflict):
            self.gate.call(
                self.client.update_item,
                TableName=self.name,
                Key=items.key_of(key),
                UpdateExpression="REMOVE due_at, due_shard",
                ConditionExpression="attribute_exists(due_at)",
            )

    def transact(self, writes: "Sequence[TransactWriteItemTypeDef]") -> None:
        """Do all of these writes or none.

        The request token comes from their content and their writer: the same writes sent again
        because a reply was lost succeed without a second effect, but of two writers that would do
        the same only one does. DynamoDB remembers tokens for ten minutes.

        Raises:
            Conflict: a condition does not hold.
        """
        if writes:
            self.gate.call(
                self.client.transact_write_items,
                TransactItems=writes,
                ClientRequestToken=token(writes, self._writer),
            )


def token(writes: "Sequence[TransactWriteItemTypeDef]", writer: str) -> str:
    """Return the request token of a transaction: 36 characters, the most DynamoDB takes."""
    canonical = json.dumps([writer, *writes], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:36]
