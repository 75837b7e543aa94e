"""Builds that pushes started, on DynamoDB: the push behind one, and what became of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from longshore.aws import items
from longshore.aws.errors import ConditionsFailed
from longshore.aws.pushes import DynamoPushRecords
from longshore.aws.table import Table
from longshore.aws.timelines import image_write
from longshore.aws.transactions import ABSENT
from longshore.domain.pushes import PushLink
from longshore.usecases.watch_ports import BuildChanges

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class DynamoPushedBuildStore:
    """A build has no record of its own: what was told of it stands in the outbox."""

    def __init__(self, table: Table) -> None:
        """Keep everything in `table`."""
        self._table = table
        self._records = DynamoPushRecords(table)

    def push_of(self, build: str) -> PushLink | None:
        """Return the push that started a build, read consistently; None where none did."""
        return self._records.link(build)

    def commit(self, changes: BuildChanges) -> bool:
        """Write what becomes of a build; return False where it was written and told before.

        Only what is told has a condition, and it was written together with all the rest.
        """
        try:
            self._table.transact(list(_writes(self._table.name, changes)))
        except ConditionsFailed:
            return False
        return True


def _writes(table: str, changes: BuildChanges) -> "Iterator[TransactWriteItemTypeDef]":
    if changes.image is not None:
        yield image_write(table, changes.image, changes.ended_at)
    for told in changes.announcements:
        yield {
            "Put": {
                "TableName": table,
                "Item": items.outbox_item(told),
                "ConditionExpression": ABSENT,
            }
        }
