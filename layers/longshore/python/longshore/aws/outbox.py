"""The outbox as its reader sees it, on DynamoDB."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from longshore.aws import items, keys
from longshore.aws.table import Table
from longshore.domain.errors import Conflict
from longshore.domain.outcomes import Announcement

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef


def announcement_of(image: "Mapping[str, AttributeValueTypeDef]") -> Announcement:
    """Return the announcement of an outbox item, as the table's stream shows it.

    Raises:
        UnknownSchema: a newer version of Longshore wrote it.
        ValueError: it is no such item.
    """
    try:
        return items.record_of(image, Announcement)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"the item is no announcement: {type(error).__name__}") from error


class DynamoOutboxStore:
    """Takes announcements off the index of what is due."""

    def __init__(self, table: Table) -> None:
        """Keep everything in `table`."""
        self._table = table

    def confirm(self, announcement: Announcement) -> None:
        """Remember that an announcement has gone out.

        Only an item that is still there: writing to one that has expired would make an empty one.
        """
        with suppress(Conflict):
            self._table.gate.call(
                self._table.client.update_item,
                TableName=self._table.name,
                Key=items.key_of(keys.outbox(announcement.subject, announcement.sequence)),
                UpdateExpression="REMOVE due_at, due_shard",
                ConditionExpression="attribute_exists(pk)",
            )
