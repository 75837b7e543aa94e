"""The simulation's DynamoDB with all that it can be told from outside."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.contract.fakes.clouds import NOON
from tests.contract.fakes.dynamodb_worlds import World, client_of, create_table, given, item
from tests.simulation.cloud.dynamodb import DynamoDb, Record

TABLE = "ledger"


class Alone:
    """The fake, its clock and its stream."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401  as the fake takes them
        self.now = NOON
        self.records: list[Record] = []
        self.fake = DynamoDb(lambda: self.now, self.records.append, **more)
        self.world = World(client_of(self.fake), TABLE)
        create_table(self.world.client, TABLE)

    def told(self) -> list[tuple[object, Any]]:
        """Return the names and the changes of all records, and forget them."""
        found = [(record["eventName"], record["dynamodb"]) for record in self.records]
        self.records.clear()
        return found

    def due(self, **more: object) -> list[str]:
        reply = self.world.query("due_shard = :x", given(x="0"), IndexName="due", **more)
        return [each["pk"]["S"] for each in reply["Items"]]


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def timer(pk: str, due_at: int) -> Mapping[str, Mapping[str, str]]:
    return item(pk, due_shard="0", due_at=due_at, kind="stage", stage=pk)
