"""Token buckets of API classes, on DynamoDB: one item each, taken from within a transaction.

A transaction cannot compute the later of two moments, so a token is taken in one of two ways, each
on the condition that it is the right one (`longshore.decide.pacing`). Which one to try first is
known from the last time this environment took, or was refused, a token.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, Required, TypedDict

from longshore.aws import items, keys
from longshore.aws.codec import SCHEMA
from longshore.aws.keys import Key
from longshore.decide.pacing import (
    Bucket,
    Empty,
    Taken,
    believable,
    lacking,
    last_with_a_token,
    take,
)
from longshore.domain.errors import Paced
from longshore.usecases.ports import Token

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, TransactWriteItemTypeDef

    from longshore.aws.items import Item

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(milliseconds=1)

_AFRESH = "SET full_at = :full, #kind = :kind, #schema = :schema"
_FULL_OR_BROKEN = "attribute_not_exists(pk) OR full_at <= :now OR full_at > :believable"
_ONE_MORE = "SET full_at = full_at + :interval"
_IN_USE_AND_NOT_EMPTY = "full_at > :now AND full_at <= :last"


class _Place(TypedDict):
    TableName: str
    Key: "Item"
    ReturnValuesOnConditionCheckFailure: Literal["ALL_OLD"]


class _Move(TypedDict, total=False):
    UpdateExpression: Required[str]
    ConditionExpression: str
    ExpressionAttributeNames: Mapping[str, str]
    ExpressionAttributeValues: "Mapping[str, AttributeValueTypeDef]"


class Buckets:
    """The buckets as one invocation environment last saw them."""

    def __init__(self, table: str) -> None:
        """Write to the table of this name."""
        self._table = table
        self._seen: dict[Key, Bucket] = {}

    def draw(self, token: Token) -> "tuple[TransactWriteItemTypeDef, Bucket]":
        """Return the write that takes a token, and the bucket after it.

        Raises:
            Paced: the bucket was seen empty, and cannot have a token yet.
        """
        key, now = bucket_key(token), _whole(token.at)
        taken = take(self._seen.get(key, Bucket()), token.rate, now)
        if isinstance(taken, Empty):
            raise paced(token, taken.wait)
        update = _afresh(token, taken, now) if taken.afresh else _one_more(token, now)
        place: _Place = {
            "TableName": self._table,
            "Key": items.key_of(key),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return {"Update": {**place, **update}}, Bucket(taken.full_at)

    def expect(self, token: Token, tokens: int) -> None:
        """Raise Paced where the bucket was seen, and cannot have so many tokens yet."""
        wait = lacking(self._seen.get(bucket_key(token), Bucket()), tokens, token.rate, token.at)
        if wait is not None:
            raise paced(token, wait)

    def has_seen(self, token: Token) -> bool:
        """Whether anything is known of a bucket."""
        return bucket_key(token) in self._seen

    def saw(self, token: Token, bucket: Bucket) -> None:
        """Remember a bucket as it is now."""
        self._seen[bucket_key(token)] = bucket


def paced(token: Token, wait: timedelta) -> Paced:
    """Return the error that says when there is a token."""
    seconds = max(0.0, wait.total_seconds())
    message = f"calls to {token.calls} in {token.home} go on in {seconds:g} s: the rate is used up"
    return Paced(message, wait, token.rate, token.calls)


def bucket_of(item: "Mapping[str, AttributeValueTypeDef] | None") -> Bucket:
    """Return the bucket of an item, a full one where there is none."""
    full_at = (item or {}).get("full_at")
    return Bucket(None if full_at is None else moment_of(full_at))


def moment_of(value: "AttributeValueTypeDef") -> datetime:
    """Return the moment that an attribute names, in milliseconds since the epoch."""
    return _EPOCH + int(value["N"]) * _TICK


def bucket_key(token: Token) -> Key:
    """Return where the bucket of a token lies."""
    return keys.bucket(token.home, token.calls)


def _afresh(token: Token, taken: Taken, now: datetime) -> _Move:
    return {
        "UpdateExpression": _AFRESH,
        "ConditionExpression": _FULL_OR_BROKEN,
        "ExpressionAttributeNames": {"#kind": "kind", "#schema": "schema"},
        "ExpressionAttributeValues": {
            ":full": moment(taken.full_at),
            ":now": moment(now),
            ":believable": moment(believable(token.rate, now)),
            ":kind": items.text("bucket"),
            ":schema": items.number(SCHEMA),
        },
    }


def _one_more(token: Token, now: datetime) -> _Move:
    return {
        "UpdateExpression": _ONE_MORE,
        "ConditionExpression": _IN_USE_AND_NOT_EMPTY,
        "ExpressionAttributeValues": {
            ":now": moment(now),
            ":last": moment(last_with_a_token(token.rate, now)),
            ":interval": items.number(token.rate.interval // _TICK),
        },
    }


def moment(at: datetime) -> "AttributeValueTypeDef":
    """Return a moment as an attribute."""
    return items.number((at - _EPOCH) // _TICK)


def _whole(moment: datetime) -> datetime:
    """Return a moment in whole milliseconds, as the bucket keeps it."""
    return _EPOCH + (moment - _EPOCH) // _TICK * _TICK
