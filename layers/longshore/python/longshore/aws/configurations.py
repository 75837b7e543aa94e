"""Configurations, the pointer to the one in force, claims and lookups, on DynamoDB."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from longshore.aws import items, keys
from longshore.aws.table import Table
from longshore.aws.transactions import ABSENT, over
from longshore.domain.configuration import Configuration
from longshore.domain.errors import Conflict
from longshore.domain.places import ServiceRef
from longshore.usecases.control_ports import Owner, Pointer
from longshore.usecases.lookups import Lookups

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import DeleteTypeDef, PutTypeDef

    from longshore.aws.items import Item


_NOT_NEWER = "attribute_not_exists(pk) OR version <= :number"
_OLDER = "version < :number"
_OWN_AND_OLDER = "begins_with(stage, :application) AND #number < :number"
_NUMBER = {"#number": "number"}
"""`number` is a reserved word in DynamoDB's expressions."""


class DynamoConfigurationStore:
    """What `apply` writes.

    Claims and lookups carry the number of the configuration they were written for as an attribute
    (a lookup as its version), so that DynamoDB itself refuses what comes too late.
    """

    def __init__(self, table: Table) -> None:
        """Keep everything in `table`."""
        self._table = table

    # ── the pointer and what it points at ─────────────────────────────────────────────────────

    def pointer(self, application: str) -> Pointer:
        """Return an application's pointer, read consistently."""
        item = self._table.get(keys.pointer(application))
        return Pointer(application) if item is None else items.record_of(item, Pointer)

    def configuration(self, application: str, number: int) -> Configuration | None:
        """Return a numbered configuration, read consistently."""
        item = self._table.get(keys.configuration(application, number))
        return None if item is None else items.record_of(item, Configuration)

    def configurations(self, application: str, first: int, end: int) -> Sequence[Configuration]:
        """Return the configurations numbered from `first` to before `end`, in force or not."""
        found = self._table.query(
            {
                "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
                "ExpressionAttributeValues": {
                    ":pk": items.text(keys.application_partition(application)),
                    ":first": items.text(keys.configuration(application, first).sk),
                    ":last": items.text(keys.configuration(application, end - 1).sk),
                },
                "ConsistentRead": True,
            }
        )
        return [items.record_of(item, Configuration) for item in found]

    def write(self, configuration: Configuration) -> None:
        """Keep a configuration under its number; raise Conflict when the number is taken."""
        key = keys.configuration(configuration.application, configuration.number)
        item = items.record_item(key, "configuration", configuration)
        self._table.gate.call(
            self._table.client.put_item,
            TableName=self._table.name,
            Item=item,
            ConditionExpression=ABSENT,
        )

    def switch(self, pointer: Pointer, number: int, owners: Sequence[Owner]) -> Pointer:
        """Put a configuration in force and return the pointer; raise Conflict."""
        switched = replace(pointer, number=number, base=pointer.number, version=pointer.version + 1)
        puts = [self._over(_pointer_item(switched), pointer.version)]
        puts += [self._over(_owner_item(_next(owner)), owner.version) for owner in owners]
        self._table.transact([{"Put": put} for put in puts])
        return switched

    def mark_tidied(self, pointer: Pointer) -> None:
        """Remember that nothing is left of configurations before the one in force."""
        tidied = replace(pointer, tidied=pointer.number, version=pointer.version + 1)
        with suppress(Conflict):  # somebody applied meanwhile, and tidies too
            self._put(self._over(_pointer_item(tidied), pointer.version))

    # ── claims ────────────────────────────────────────────────────────────────────────────────

    def owner(self, service: ServiceRef) -> Owner | None:
        """Return who owns a service, read consistently."""
        item = self._table.get(keys.service_owner(service))
        return None if item is None else items.record_of(item, Owner)

    def claim(self, owner: Owner) -> Owner:
        """Write an owner over the version it was read with; raise Conflict when it moved."""
        claimed = _next(owner)
        self._put(self._over(_owner_item(claimed), owner.version))
        return claimed

    def release(self, service: ServiceRef, application: str, before: int) -> None:
        """Remove an application's claim, unless it was made for number `before` or a higher one."""
        self._delete(
            {
                "TableName": self._table.name,
                "Key": items.key_of(keys.service_owner(service)),
                "ConditionExpression": _OWN_AND_OLDER,
                "ExpressionAttributeNames": _NUMBER,
                "ExpressionAttributeValues": {
                    ":application": items.text(f"{application}/"),
                    ":number": items.number(before),
                },
            }
        )

    # ── lookups ───────────────────────────────────────────────────────────────────────────────

    def write_lookups(self, lookups: Lookups, number: int) -> None:
        """Write lookups for configuration `number`, over those of the same or a lower one."""
        for item in _lookup_items(lookups, number):
            with suppress(Conflict):  # a newer configuration has written this one
                self._put(
                    {
                        "TableName": self._table.name,
                        "Item": item,
                        "ConditionExpression": _NOT_NEWER,
                        "ExpressionAttributeValues": {":number": items.number(number)},
                    }
                )

    def remove_lookups(self, lookups: Lookups, before: int) -> None:
        """Remove lookups, except those written for number `before` or a higher one."""
        for item in _lookup_items(lookups, before):
            self._delete(
                {
                    "TableName": self._table.name,
                    "Key": {"pk": item["pk"], "sk": item["sk"]},
                    "ConditionExpression": _OLDER,
                    "ExpressionAttributeValues": {":number": items.number(before)},
                }
            )

    # ── writing ───────────────────────────────────────────────────────────────────────────────

    def _over(self, item: "Item", read: int) -> "PutTypeDef":
        return over(self._table.name, item, read)

    def _put(self, put: "PutTypeDef") -> None:
        self._table.gate.call(self._table.client.put_item, **put)

    def _delete(self, delete: "DeleteTypeDef") -> None:
        """Delete an item if its condition holds; one that is gone, or newer, is left as it is."""
        with suppress(Conflict):
            self._table.gate.call(self._table.client.delete_item, **delete)


def _next(owner: Owner) -> Owner:
    return replace(owner, version=owner.version + 1)


def _pointer_item(pointer: Pointer) -> "Item":
    key = keys.pointer(pointer.application)
    item = items.record_item(key, "pointer", pointer, pointer.version)
    return item | {"number": items.number(pointer.number)}


def _owner_item(owner: Owner) -> "Item":
    key = keys.service_owner(owner.service)
    item = items.record_item(key, "owner", owner, owner.version)
    return item | items.of_stage(owner.stage) | {"number": items.number(owner.number)}


def _lookup_items(lookups: Lookups, number: int) -> "Iterator[Item]":
    for (repository, _), follower in lookups.followers.items():
        yield items.follower_item(repository, follower, number)
    for (pipeline, _), served in lookups.pipelines.items():
        yield items.pipeline_lookup_item(pipeline, served, number)
    for stage in sorted(lookups.stages):
        item = items.record_item(keys.stage_list(stage), "listed", stage, number)
        yield item | items.of_stage(stage)
    for pushes in sorted(lookups.git):
        yield items.git_item(pushes, number)
    for project in sorted(lookups.projects):
        yield items.project_item(project, number)
