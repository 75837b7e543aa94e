"""What DescribeTable and CreateTable say of a table."""

from collections.abc import Mapping

from longshore.domain.places import Home
from tests.simulation.cloud.dynamodb.arns import stream_arn, table_arn
from tests.simulation.cloud.dynamodb.schema import IndexSchema, Keys, TableSchema
from tests.simulation.cloud.dynamodb.table import Table


def description(table: Table, home: Home) -> Mapping[str, object]:
    """Return the description of a table, which is always active."""
    schema = table.schema
    described: dict[str, object] = {
        "TableName": schema.name,
        "TableArn": table_arn(home, schema.name),
        "TableStatus": "ACTIVE",
        "KeySchema": _key_schema(schema.keys),
        "AttributeDefinitions": _definitions(schema),
        "ItemCount": len(table.view.rows),
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
    }
    if schema.indexes:
        described["GlobalSecondaryIndexes"] = [_index(table, index) for index in schema.indexes]
    if schema.streams:
        described["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        described["LatestStreamArn"] = stream_arn(home, schema.name)
    return described


def _key_schema(keys: Keys) -> list[dict[str, str]]:
    return [
        {"AttributeName": keys.hash, "KeyType": "HASH"},
        {"AttributeName": keys.range, "KeyType": "RANGE"},
    ]


def _definitions(schema: TableSchema) -> list[dict[str, str]]:
    kinds: dict[str, str] = {}
    for keys in (schema.keys, *(index.keys for index in schema.indexes)):
        kinds |= {keys.hash: keys.hash_kind, keys.range: keys.range_kind}
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in kinds.items()]


def _index(table: Table, index: IndexSchema) -> dict[str, object]:
    projection: dict[str, object] = {"ProjectionType": "ALL"}
    if index.more is not None:
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.more)}
    if index.more == ():
        projection = {"ProjectionType": "KEYS_ONLY"}
    return {
        "IndexName": index.name,
        "IndexStatus": "ACTIVE",
        "KeySchema": _key_schema(index.keys),
        "Projection": projection,
        "ItemCount": len(table.indexes[index.name].view.rows),
    }
