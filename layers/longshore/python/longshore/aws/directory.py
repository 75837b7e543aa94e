"""The lookups that find the stages a fact concerns, on DynamoDB: each one query or less."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from longshore.aws import items, keys
from longshore.aws.table import Table
from longshore.domain.configuration import Follower
from longshore.domain.errors import Conflict
from longshore.domain.pipelines import ExecutionRef, PipelineFollower, PipelineRef
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.domain.projects import ProjectId

if TYPE_CHECKING:
    from longshore.aws.items import Item

LONGEST_WAIT = timedelta(hours=6)
"""The most that lies between two attempts to send an announcement."""

_DOUBLINGS = 8
"""More are longer than the longest wait, and dozens of them than any duration can be."""


def wait_for_confirmation(attempts: int) -> timedelta:
    """Return how long an announcement that was sent again so often has to be confirmed."""
    doublings: int = 2 ** min(attempts, _DOUBLINGS)
    return min(items.CONFIRM_WITHIN * doublings, LONGEST_WAIT)


class DynamoDirectory:
    """Finds stages; the number of stages that exist costs nothing."""

    def __init__(self, table: Table) -> None:
        """Look things up in `table`."""
        self._table = table

    def followers(self, repository: RepositoryRef) -> Sequence[Follower]:
        """Return the stages that choose images from a repository, and how."""
        found = self._partition(keys.repository_partition(repository))
        return [items.record_of(item, Follower) for item in found]

    def served_by(self, pipeline: PipelineRef) -> Sequence[PipelineFollower]:
        """Return the applications that a pipeline serves, and the limits that they set."""
        found = self._table.query(
            {
                "KeyConditionExpression": "pk = :pk AND begins_with(sk, :served)",
                "ExpressionAttributeValues": {
                    ":pk": items.text(keys.pipeline_partition(pipeline)),
                    ":served": items.text(keys.SERVED),
                },
                "ConsistentRead": True,
            }
        )
        return [items.record_of(item, PipelineFollower) for item in found]

    def started_for_pushes(self, project: str) -> Sequence[ProjectId]:
        """Return a build project as each application has it that starts it for pushes."""
        found = self._partition(keys.project_partition(project))
        return [items.record_of(item, ProjectId) for item in found]

    def stage_of_service(self, service: ServiceRef) -> StageId | None:
        """Return the one stage that owns a service."""
        return self._stage_at(keys.service_owner(service))

    def stage_of_ecs_deployment(self, home: Home, ecs_deployment_id: str) -> StageId | None:
        """Return the stage an ECS deployment belongs to, for the weeks this is remembered."""
        return self._stage_at(keys.ecs_deployment(home, ecs_deployment_id))

    def all_stages(self) -> Sequence[StageId]:
        """Return every stage, for the sweep."""
        partitions = keys.stage_list_partitions()
        found = (item for partition in partitions for item in self._partition(partition))
        return sorted(items.stage_named(item) for item in found)

    def due_stages(self, now: datetime) -> Sequence[StageId]:
        """Return the stages whose timer is due."""
        return sorted(items.stage_named(item) for item in self.due_items("stage", now))

    def due_executions(self, now: datetime) -> Sequence[ExecutionRef]:
        """Return the executions of pipelines that have taken too long."""
        due = self.due_items("execution", now)
        return sorted(keys.execution_at(keys.Key(i["pk"]["S"], i["sk"]["S"])) for i in due)

    def due_items(self, kind: str, now: datetime) -> "Iterator[Item]":
        """Yield what the index of timers has due of a kind: `stage`, `execution` or `outbox`."""
        for shard in keys.due_shards():
            yield from self._table.query(
                {
                    "IndexName": keys.DUE_INDEX,
                    "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
                    "FilterExpression": "kind = :kind",
                    "ExpressionAttributeValues": {
                        ":shard": items.text(shard),
                        ":now": items.number(int(now.timestamp())),
                        ":kind": items.text(kind),
                    },
                }
            )

    def resend_overdue_announcements(self, now: datetime) -> int:
        """Put announcements that were never confirmed on their way again; return how many.

        Writing the item is what sends it: its stream record goes to the announcer as the first
        one did. Each further attempt waits twice as long, so that a channel that is down for days
        costs little; the announcement ends with its item, after thirty days.
        """
        return sum(self._resend(item, now) for item in self.due_items("outbox", now))

    def _resend(self, due: "Item", now: datetime) -> bool:
        key = keys.Key(due["pk"]["S"], due["sk"]["S"])
        item = self._table.get(key)
        if item is None or "due_at" not in item or int(item["due_at"]["N"]) > now.timestamp():
            return False  # the index is behind: it was confirmed, or sent again, since
        attempts = int(item.get("attempts", {"N": "0"})["N"]) + 1
        due_at = now + wait_for_confirmation(attempts)
        try:
            self._postpone(key, attempts, read=item["due_at"]["N"], due_at=due_at)
        except Conflict:  # confirmed or sent by someone else since it was read
            return False
        return True

    def _postpone(self, key: keys.Key, attempts: int, *, read: str, due_at: datetime) -> None:
        self._table.gate.call(
            self._table.client.update_item,
            TableName=self._table.name,
            Key=items.key_of(key),
            UpdateExpression="SET attempts = :attempts, due_at = :due_at",
            ConditionExpression="due_at = :read",
            ExpressionAttributeValues={
                ":attempts": items.number(attempts),
                ":due_at": items.number(items.seconds(due_at)),
                ":read": {"N": read},
            },
        )

    def _partition(self, partition: str) -> "Iterator[Item]":
        """Yield what lies in a partition, read consistently: a stage just applied is not missed."""
        return self._table.query(
            {
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": items.text(partition)},
                "ConsistentRead": True,
            }
        )

    def _stage_at(self, key: keys.Key) -> StageId | None:
        item = self._table.get(key)
        return None if item is None else items.stage_named(item)
