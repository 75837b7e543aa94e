"""What the ledger knows of the wish of a pipeline's deploy action, on DynamoDB."""

from longshore.aws import items, keys
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.table import Table
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.outcomes import EventOutcome
from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot


class DynamoJobLedger:
    """Reads, consistently, and never writes."""

    def __init__(self, table: Table) -> None:
        """Read from `table`."""
        self._table = table
        self._stages = DynamoStageLedger(table)

    def is_waiting(self, stage: StageId, wish: str) -> bool:
        """Whether no reconcile has heard the wish yet."""
        return self._table.get(keys.intent(stage, wish)) is not None

    def outcome(self, stage: StageId, wish: str) -> EventOutcome | None:
        """Return what came of a wish, None as long as nothing did."""
        item = self._table.get(keys.outcome(stage, wish))
        return None if item is None else items.record_of(item, EventOutcome)

    def deployment(self, stage: StageId, number: int) -> DeploymentRecord | None:
        """Return a deployment by its number."""
        item = self._table.get(keys.deployment(stage, number))
        return None if item is None else items.record_of(item, DeploymentRecord)

    def read_stage(self, stage: StageId) -> StageSnapshot | None:
        """Return the stage as it is; None when no configuration has it."""
        return self._stages.read_stage(stage)
