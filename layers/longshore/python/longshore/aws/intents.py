"""What people want, on DynamoDB: kept once, until a reconcile consumes it."""

from typing import TYPE_CHECKING

from longshore.aws import items, keys
from longshore.aws.table import Table
from longshore.aws.transactions import ABSENT
from longshore.domain.errors import Conflict
from longshore.domain.intents import Intent
from longshore.domain.places import StageId

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import ConditionCheckTypeDef, PutTypeDef


class DynamoIntentStore:
    """Keeps intents where the stage's next reconcile reads them."""

    def __init__(self, table: Table) -> None:
        """Keep everything in `table`."""
        self._table = table

    def put_once(self, intent: Intent) -> bool:
        """Keep an intent; return False when its id is known already, consumed or not.

        A reconcile deletes what it consumes and keeps its outcome under the same id (for thirty
        days), so both are checked: a request that is sent again after that has no second effect.
        """
        name = self._table.name
        item = items.intent_item(intent)
        outcome = items.key_of(keys.outcome(intent.stage, intent.id))
        put: PutTypeDef = {"TableName": name, "Item": item, "ConditionExpression": ABSENT}
        check: ConditionCheckTypeDef = {
            "TableName": name,
            "Key": outcome,
            "ConditionExpression": ABSENT,
        }
        try:
            self._table.transact([{"Put": put}, {"ConditionCheck": check}])
        except Conflict:
            return False
        return True

    def waiting(self, stage: StageId, intent_id: str) -> Intent | None:
        """Return an intent that no reconcile has consumed yet."""
        item = self._table.get(keys.intent(stage, intent_id))
        return None if item is None else items.record_of(item, Intent)
