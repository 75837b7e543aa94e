"""The stream of a table: its records as a function gets them.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
"""

from collections.abc import Callable
from datetime import datetime

from longshore.domain.places import Home
from tests.simulation.cloud.dynamodb.arns import stream_arn
from tests.simulation.cloud.dynamodb.schema import TableSchema
from tests.simulation.cloud.dynamodb.values import Item
from tests.simulation.cloud.dynamodb.views import Row

Record = dict[str, object]
Emit = Callable[[Record], None]

_FIRST_SEQUENCE = 10**20
"""Sequence numbers have at least 21 digits, so that they sort as text too."""

_EXPIRED_BY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


class Stream:
    """Numbers the changes of one table and tells them."""

    def __init__(self, schema: TableSchema, home: Home, emit: Emit) -> None:
        self._keys = schema.keys
        self._region = home.region
        self._arn = stream_arn(home, schema.name)
        self._emit = emit
        self._told = 0

    def tell(
        self, before: Row | None, after: Row | None, now: datetime, *, expired: bool = False
    ) -> None:
        """Tell a change of an item; the new image is there while there is an item."""
        image = after or before
        if image is None:
            return
        self._told += 1
        name = "REMOVE" if after is None else "INSERT" if before is None else "MODIFY"
        record: Record = {
            "eventID": f"{self._told:032x}",
            "eventName": name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self._region,
            "dynamodb": self._change(image.item, after, now),
            "eventSourceARN": self._arn,
        }
        if expired:
            record["userIdentity"] = dict(_EXPIRED_BY)
        self._emit(record)

    def _change(self, item: Item, after: Row | None, now: datetime) -> dict[str, object]:
        keys = {name: item[name] for name in (self._keys.hash, self._keys.range)}
        change: dict[str, object] = {
            "ApproximateCreationDateTime": int(now.timestamp()),
            "Keys": keys,
            "SequenceNumber": str(_FIRST_SEQUENCE + self._told),
            "SizeBytes": 0 if after is None else after.size,
            "StreamViewType": "NEW_IMAGE",
        }
        if after is not None:
            change["NewImage"] = after.item.copy()
        return change
