"""Lines at token buckets, on DynamoDB: who finds a bucket empty takes a place behind the others.

A line is the moment at which the last of those who stand in it has had its tokens. A place moves
it on by the time in which they come. It is a courtesy, as the bucket is: a place gives nobody a
token, it only says when one is likely to be there. So a place that nobody takes costs a little
time, and one that a broken clock gave out costs as much as the longest wait at most.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from longshore.aws import items, keys
from longshore.aws.buckets import moment, moment_of
from longshore.aws.codec import SCHEMA
from longshore.aws.table import Table
from longshore.decide.pacing import LONGEST_LINE, worth_waiting
from longshore.domain.errors import Conflict
from longshore.usecases.ports import Token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_BEHIND = "SET ends_at = ends_at + :mine"
_SOMEBODY_WAITS = "ends_at > :first AND ends_at <= :longest"
_FIRST = "SET ends_at = :ends, #kind = :kind, #schema = :schema"
_NOBODY_WAITS = "attribute_not_exists(pk) OR ends_at <= :first OR ends_at > :longest"


class _Place(TypedDict, total=False):
    UpdateExpression: str
    ConditionExpression: str
    ExpressionAttributeNames: "Mapping[str, str]"
    ExpressionAttributeValues: "Mapping[str, AttributeValueTypeDef]"


class Lines:
    """The lines as one invocation environment last saw them."""

    def __init__(self, table: Table) -> None:
        """Keep them in `table`."""
        self._table = table
        self._ends: dict[keys.Key, datetime] = {}

    def is_there(self, token: Token) -> bool:
        """Whether somebody was seen to wait for such tokens, and has not had them yet."""
        ends_at = self._ends.get(_key(token))
        return ends_at is not None and token.at < ends_at <= token.at + LONGEST_LINE

    def stand_in(self, token: Token, first: datetime, tokens: int) -> datetime:
        """Take a place for so many tokens; return when all of them should be there.

        `first` is when the next token comes back to the bucket.
        """
        mine = worth_waiting(tokens, token.rate) * token.rate.interval
        for place in (_behind, _at_its_head):
            try:
                ends_at = self._take(token, place(token, first, mine))
            except Conflict:
                continue
            self._ends[_key(token)] = ends_at
            return ends_at - token.rate.interval
        return first + mine - token.rate.interval  # others came first to an empty line: no matter

    def _take(self, token: Token, place: _Place) -> datetime:
        reply = self._table.gate.call(
            self._table.client.update_item,
            TableName=self._table.name,
            Key=items.key_of(_key(token)),
            ReturnValues="ALL_NEW",
            **place,
        )
        return moment_of(reply["Attributes"]["ends_at"])


def _key(token: Token) -> keys.Key:
    return keys.line(token.home, token.calls)


def _behind(token: Token, first: datetime, mine: timedelta) -> _Place:
    return {
        "UpdateExpression": _BEHIND,
        "ConditionExpression": _SOMEBODY_WAITS,
        "ExpressionAttributeValues": {
            ":mine": items.number(mine // timedelta(milliseconds=1)),
            ":first": moment(first),
            ":longest": moment(token.at + LONGEST_LINE),
        },
    }


def _at_its_head(token: Token, first: datetime, mine: timedelta) -> _Place:
    return {
        "UpdateExpression": _FIRST,
        "ConditionExpression": _NOBODY_WAITS,
        "ExpressionAttributeNames": {"#kind": "kind", "#schema": "schema"},
        "ExpressionAttributeValues": {
            ":ends": moment(first + mine),
            ":first": moment(first),
            ":longest": moment(token.at + LONGEST_LINE),
            ":kind": items.text("line"),
            ":schema": items.number(SCHEMA),
        },
    }
