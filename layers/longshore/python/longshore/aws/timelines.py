"""Timelines of executions, how their pipelines stand, and where images came from, on DynamoDB."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from longshore.aws import items, keys
from longshore.aws.table import Table
from longshore.aws.transactions import kept_once, over
from longshore.aws.transitions import next_version
from longshore.domain.executions import ExecutionSnapshot, PipelineRecord, Timeline
from longshore.domain.origins import BuiltImage
from longshore.domain.pipelines import ExecutionRef
from longshore.domain.pushes import PushLink, linked_execution
from longshore.usecases.watch_ports import TimelineChanges

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from longshore.aws.items import Item

KEEP_TIMELINES = timedelta(days=90)
KEEP_ORIGINS = timedelta(days=365)
"""As long as deployments: an image runs longer than anybody asks for its build."""


class DynamoTimelineStore:
    """Reads an execution and its pipeline in one call and writes them in one."""

    def __init__(self, table: Table) -> None:
        """Keep everything in `table`."""
        self._table = table

    def read(self, execution: ExecutionRef) -> ExecutionSnapshot:
        """Return what is known of an execution and its pipeline, read consistently."""
        name = linked_execution(execution.pipeline.name, execution.id)
        pipeline, timeline, push = self._table.get_all(
            keys.pipeline_standing(execution.pipeline),
            keys.execution(execution),
            keys.push_link(name),
        )
        return ExecutionSnapshot(
            PipelineRecord(execution.pipeline)
            if pipeline is None
            else items.record_of(pipeline, PipelineRecord),
            None if timeline is None else items.record_of(timeline, Timeline),
            None if push is None else items.record_of(push, PushLink),
        )

    def commit(self, changes: TimelineChanges) -> None:
        """Write what becomes of an execution in one transaction.

        Raises:
            Conflict: timeline or pipeline is not the version that was read.
            Refused: an item is larger than the ledger keeps.
        """
        self._table.transact(list(_writes(self._table.name, changes)))

    def silence(self, execution: ExecutionRef) -> None:
        """Take an execution off the index of timers: nobody asks for it any more."""
        self._table.remove_timer(keys.execution(execution))

    # ── for who looks only ────────────────────────────────────────────────────────────────────

    def image(self, digest: str) -> BuiltImage | None:
        """Return where an image came from, None where no build said that it pushed it."""
        item = self._table.get(keys.origin(digest))
        return None if item is None else items.record_of(item, BuiltImage)


def _writes(table: str, changes: TimelineChanges) -> "Iterator[TransactWriteItemTypeDef]":
    timeline = changes.timeline
    yield {"Put": over(table, timeline_item(next_version(timeline)), timeline.version)}
    if changes.pipeline is not None:
        standing = next_version(changes.pipeline)
        yield {"Put": over(table, _standing_item(standing), changes.pipeline.version)}
    for told in changes.announcements:
        # Over whatever is there: that the timeline is the version which was read says that nobody
        # has told it, except where the ledger was brought back to an earlier day.
        yield {"Put": {"TableName": table, "Item": items.outbox_item(told)}}
    for image in changes.images:
        yield image_write(table, image, timeline.updated_at)


def timeline_item(timeline: Timeline) -> "Item":
    """Return the item of a timeline; it is on the index while it may still take too long."""
    key = keys.execution(timeline.execution)
    return (
        items.record_item(key, "execution", timeline, timeline.version)
        | items.timer(str(timeline.execution), timeline.due_at)
        | items.expiry(timeline.updated_at, KEEP_TIMELINES)
    )


def _standing_item(pipeline: PipelineRecord) -> "Item":
    key = keys.pipeline_standing(pipeline.pipeline)
    return items.record_item(key, "pipeline", pipeline, pipeline.version)


def image_write(
    table: str, image: BuiltImage, since: datetime | None
) -> "TransactWriteItemTypeDef":
    """Return the write that keeps where an image came from, where nothing is known of it."""
    key = keys.origin(image.digest)
    item = items.record_item(key, "origin", image)
    return kept_once(table, key, item | items.expiry(since, KEEP_ORIGINS))
