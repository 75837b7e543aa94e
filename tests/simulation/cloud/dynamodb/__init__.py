"""DynamoDB in memory: what the ledger uses of it, as unkind as AWS is."""

from tests.simulation.cloud.dynamodb.refusals import NotPlayedError
from tests.simulation.cloud.dynamodb.service import DynamoDb
from tests.simulation.cloud.dynamodb.streams import Record
from tests.simulation.cloud.dynamodb.table import Snapshot
from tests.simulation.cloud.dynamodb.values import Item, Value

__all__ = ["DynamoDb", "Item", "NotPlayedError", "Record", "Snapshot", "Value"]
