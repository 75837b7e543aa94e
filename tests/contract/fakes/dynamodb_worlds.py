"""A table like the ledger's in each of the AWSs, and what is done with it all the time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from longshore.aws.clients import Clients
from longshore_local.cloud.clients import Cloud
from tests.contract.fakes.clouds import NOON, CloudClients, fresh
from tests.simulation.cloud.api import Validated
from tests.simulation.cloud.clients import MemoryClients
from tests.simulation.cloud.dynamodb import DynamoDb, Record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TAKEN = "the call was not refused"

Item = Mapping[str, Mapping[str, Any]]
Reply = Mapping[str, Any]
Member = dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """An empty table, keys `pk` and `sk`, with the sparse index `due`, as the ledger has it."""

    client: "DynamoDBClient"
    table: str

    @property
    def _loosely(self) -> Any:  # noqa: ANN401  some tests ask for what the types forbid
        return self.client

    def put(self, item: Item, **more: object) -> Reply:
        """Call PutItem."""
        reply: Reply = self._loosely.put_item(TableName=self.table, Item=item, **more)
        return reply

    def get(self, pk: str, sk: str = "a") -> Reply | None:
        """Call GetItem and return the item, None where there is none."""
        reply = self.client.get_item(TableName=self.table, Key=key(pk, sk), ConsistentRead=True)
        return reply.get("Item")

    def update(self, pk: str, expression: str, **more: object) -> Reply:
        """Call UpdateItem on the item `pk`, `a`."""
        reply: Reply = self._loosely.update_item(
            TableName=self.table, Key=key(pk), UpdateExpression=expression, **more
        )
        return reply

    def delete(self, pk: str, **more: object) -> Reply:
        """Call DeleteItem on the item `pk`, `a`."""
        reply: Reply = self._loosely.delete_item(TableName=self.table, Key=key(pk), **more)
        return reply

    def query(self, condition: str, values: Item, **more: object) -> Reply:
        """Call Query."""
        reply: Reply = self._loosely.query(
            TableName=self.table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            **more,
        )
        return reply

    def transact(self, *writes: Member, **more: object) -> None:
        """Call TransactWriteItems."""
        self._loosely.transact_write_items(TransactItems=writes, **more)

    def member(self, pk: str, condition: str | None = None, **more: object) -> Member:
        """Return what a member of a transaction has that names the item `pk`, `a`."""
        asked = {} if condition is None else {"ConditionExpression": condition}
        return {"TableName": self.table, "Key": key(pk), **asked, **more}

    def putting(self, item: Item, **more: object) -> Member:
        """Return the Put of a transaction."""
        return {"Put": {"TableName": self.table, "Item": item, **more}}


def key(pk: str, sk: str = "a") -> dict[str, dict[str, str]]:
    """Return a key."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def item(pk: str, sk: str = "a", **attributes: str | int) -> dict[str, dict[str, str]]:
    """Return an item: texts as strings, whole numbers as numbers."""
    return key(pk, sk) | values(**attributes)


def values(**attributes: str | int) -> dict[str, dict[str, str]]:
    """Return attributes, or the values of a request without their colons."""
    return {
        name: {"N": str(each)} if isinstance(each, int) else {"S": each}
        for name, each in attributes.items()
    }


def given(**attributes: str | int) -> dict[str, dict[str, str]]:
    """Return the values of a request."""
    return {f":{name}": value for name, value in values(**attributes).items()}


def refusal(call: Callable[[], object]) -> ClientError:
    """Return the error that a call raises."""
    try:
        call()
    except ClientError as error:
        return error
    raise AssertionError(TAKEN)


def code(call: Callable[[], object]) -> str:
    """Return the code of the error that a call raises."""
    return str(refusal(call).response["Error"]["Code"])


def said(call: Callable[[], object]) -> str:
    """Return the code and the message of the error that a call raises."""
    error = refusal(call).response["Error"]
    return f"{error['Code']}: {error['Message']}"


# ── opening them ──────────────────────────────────────────────────────────────────────────────


def open_world(cloud: CloudClients) -> World:
    """Return a table that nobody has written to, in one of the AWSs."""
    client = _CLIENTS[cloud.name](cloud)
    table = fresh("ledger")
    create_table(client, table)
    return World(client, table)


def create_table(client: "DynamoDBClient", table: str) -> None:
    """Create a table like the ledger's, which has a stream."""
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "due_shard", "AttributeType": "S"},
            {"AttributeName": "due_at", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": [
                    {"AttributeName": "due_shard", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["kind", "stage"]},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )


def client_of(fake: DynamoDb) -> "DynamoDBClient":
    """Return a client of the simulation's DynamoDB, all that passes held to botocore's model."""
    return MemoryClients({"dynamodb": Validated("dynamodb", fake)}, "eu-west-1").dynamodb


def _in_memory(_cloud: CloudClients) -> "DynamoDBClient":
    records: list[Record] = []
    return client_of(DynamoDb(lambda: NOON, records.append))


@cache
def _in_moto() -> "DynamoDBClient":
    return Clients().dynamodb


@cache
def _at(endpoint: str) -> "DynamoDBClient":
    return Cloud(endpoint).dynamodb


_CLIENTS: Mapping[str, Callable[[CloudClients], "DynamoDBClient"]] = {
    "memory": _in_memory,
    "moto": lambda _: _in_moto(),
    "ministack": lambda cloud: _at(cloud.sqs.meta.endpoint_url),
}
