"""Transitions as writes of one DynamoDB transaction."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from longshore.aws import items, keys
from longshore.aws.keys import Key
from longshore.aws.transitions import next_version
from longshore.domain.outcomes import EventOutcome
from longshore.domain.stages import StageSnapshot
from longshore.domain.stop_switch import StopSwitch
from longshore.usecases.ports import Changes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import (
        ConditionCheckTypeDef,
        PutTypeDef,
        TransactWriteItemTypeDef,
    )

    from longshore.aws.items import Item

ABSENT = "attribute_not_exists(pk)"


def writes_of(
    table: str, snapshot: StageSnapshot, changes: Changes
) -> "Iterator[TransactWriteItemTypeDef]":
    """Yield the writes of a transition, all but its outcomes."""
    yield from _versioned(table, snapshot, changes)
    for told in changes.announcements:
        yield {
            "Put": {
                "TableName": table,
                "Item": items.outbox_item(told),
                "ConditionExpression": ABSENT,
            }
        }
    for intent in changes.consumed:
        key = items.key_of(keys.intent(intent.stage, intent.id))
        yield {"Delete": {"TableName": table, "Key": key}}
    yield from _lookups(table, snapshot, changes)
    if changes.unfrozen:
        yield {"ConditionCheck": _unturned(table, snapshot.switch)}


def outcome_write(table: str, outcome: EventOutcome) -> "TransactWriteItemTypeDef":
    """Return the write that keeps an outcome where its pair has none, and never conflicts."""
    key = keys.outcome(outcome.stage, outcome.event)
    return kept_once(table, key, items.outcome_item(outcome))


def kept_once(table: str, key: Key, item: "Item") -> "TransactWriteItemTypeDef":
    """Return the write that keeps an item where there is none, and never conflicts."""
    attributes = sorted(item.keys() - {"pk", "sk"})
    return {
        "Update": {
            "TableName": table,
            "Key": items.key_of(key),
            "UpdateExpression": "SET "
            + ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in attributes),
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
            "ExpressionAttributeValues": {f":{name}": item[name] for name in attributes},
        }
    }


def _versioned(
    table: str, snapshot: StageSnapshot, changes: Changes
) -> "Iterator[TransactWriteItemTypeDef]":
    stage = changes.stage or snapshot.stage
    yield {"Put": over(table, items.stage_item(next_version(stage)), stage.version)}
    for record in (changes.deployment, changes.finished):
        if record is not None:
            yield {"Put": over(table, items.deployment_item(next_version(record)), record.version)}
    for target in changes.targets:
        yield {"Put": over(table, items.target_item(next_version(target)), target.version)}


def _lookups(
    table: str, snapshot: StageSnapshot, changes: Changes
) -> "Iterator[TransactWriteItemTypeDef]":
    """Yield what is found again by other keys; it is kept from the deployment's beginning on."""
    deployment = changes.deployment or snapshot.deployment
    since = None if deployment is None else deployment.started_at
    for known in changes.revisions:
        yield {"Put": {"TableName": table, "Item": items.revision_item(known, since)}}
    for link in changes.links:
        yield {"Put": {"TableName": table, "Item": items.link_item(link, since)}}


def _unturned(table: str, switch: StopSwitch) -> "ConditionCheckTypeDef":
    """Return the check that nobody has turned the stop switch since it was read."""
    check: ConditionCheckTypeDef = {
        "TableName": table,
        "Key": items.key_of(keys.stop_switch()),
        "ConditionExpression": ABSENT,
    }
    if switch.version:
        check["ConditionExpression"] = "version = :read"
        check["ExpressionAttributeValues"] = {":read": items.number(switch.version)}
    return check


def over(table: str, item: "Item", read: int) -> "PutTypeDef":
    """Return the write of an item over the version that was read, 0 for none."""
    put: PutTypeDef = {"TableName": table, "Item": item, "ConditionExpression": ABSENT}
    if read:
        put["ConditionExpression"] = "version = :read"
        put["ExpressionAttributeValues"] = {":read": items.number(read)}
    return put
