"""What the command reads in the ledger. It only ever reads: intents go through control."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches

from longshore.aws import items, keys
from longshore.aws.configurations import DynamoConfigurationStore
from longshore.aws.directory import DynamoDirectory
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.pushes import DynamoPushRecords
from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.aws.table import Table
from longshore.aws.timelines import DynamoTimelineStore
from longshore.domain.configuration import Configuration
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.executions import Timeline
from longshore.domain.origins import BuiltImage
from longshore.domain.outcomes import EventOutcome
from longshore.domain.pipelines import ExecutionRef
from longshore.domain.places import Home, ServiceRef, StageId
from longshore.domain.pushes import PushLink, PushRecord
from longshore.domain.stages import StageSnapshot
from longshore.domain.stop_switch import StopSwitch
from longshore.usecases.lookups import services_of
from longshore_cli.access import Access
from longshore_cli.errors import CommandError
from longshore_cli.installation import Installation

_ANY_NUMBER = 9_999_999_999
"""No deployment has a higher number: its key has ten digits."""


class LedgerView:
    """The ledger of an installation, for reading."""

    def __init__(self, access: Access, installation: Installation) -> None:
        """Read with the caller's own credentials: dynamodb:GetItem, BatchGetItem, Query."""
        self._table = Table(access.gate, access.clients.dynamodb, installation.table)
        self._directory = DynamoDirectory(self._table)
        self._stages = DynamoStageLedger(self._table)
        self._switch = DynamoStopSwitch(self._table)
        self._configurations = DynamoConfigurationStore(self._table)
        self._timelines = DynamoTimelineStore(self._table)
        self._pushes = DynamoPushRecords(self._table)

    def in_force(self, application: str) -> tuple[int, Configuration | None]:
        """Return the number in force, 0 before the first, and what it stands for.

        The configuration is None before the first one, and where it is lost.
        """
        number = self._configurations.pointer(application).number
        return number, self._configurations.configuration(application, number) if number else None

    def switch(self) -> StopSwitch:
        """Return the stop switch as it is now."""
        return self._switch.read().at(datetime.now(UTC))

    def stages(self) -> Sequence[StageId]:
        """Return every stage of the installation, in order."""
        return self._directory.all_stages()

    def overdue(self, kind: str, before: datetime) -> Sequence[datetime]:
        """Return since when each timer of a kind waits: `stage`, `execution` or `outbox`."""
        found = self._directory.due_items(kind, before)
        return [datetime.fromtimestamp(int(item["due_at"]["N"]), UTC) for item in found]

    def owner(self, service: ServiceRef) -> StageId | None:
        """Return the stage that owns a service, None when nobody does.

        A claim alone is no ownership: the owner's configuration in force must have the service.
        """
        claim = self._configurations.owner(service)
        current = self.in_force(claim.stage.application)[1] if claim else None
        return services_of(current).get(service) if current else None

    def snapshot(self, stage: StageId) -> StageSnapshot | None:
        """Return a stage as it is now, None when no configuration in force has it."""
        try:
            found = self._stages.read_stage(stage)
        except LookupError as error:
            if isinstance(error, KeyError | IndexError):  # a defect, nothing to say to people
                raise
            raise CommandError(str(error), next_step="longshore apply FILE") from None
        now = datetime.now(UTC)
        return found and replace(found, switch=found.switch.at(now))

    def existing(self, stage: StageId) -> StageSnapshot:
        """Return a stage as it is now; raise CommandError that names close ones without it."""
        snapshot = self.snapshot(stage)
        if snapshot is not None:
            return snapshot
        known = [str(each) for each in self.stages()]
        close = get_close_matches(str(stage), known, n=3)
        meant = f"; did you mean {', '.join(close)}?" if close else ""
        raise CommandError(f"there is no stage {stage}{meant}", next_step="longshore status")

    def latest_deployment(self, snapshot: StageSnapshot) -> DeploymentRecord | None:
        """Return the deployment under way or, where none is, the one before."""
        if snapshot.deployment is not None or snapshot.stage.latest == 0:
            return snapshot.deployment
        return self.deployment(snapshot.stage.id, snapshot.stage.latest)

    def deployment(self, stage: StageId, number: int) -> DeploymentRecord | None:
        """Return a deployment by its number, None when the ledger has none."""
        item = self._table.get(keys.deployment(stage, number))
        return None if item is None else items.record_of(item, DeploymentRecord)

    def outcome(self, stage: StageId, event: str) -> EventOutcome | None:
        """Return what came of an event or a wish, None as long as nothing did."""
        item = self._table.get(keys.outcome(stage, event))
        return None if item is None else items.record_of(item, EventOutcome)

    def outcomes(self, stage: StageId, most: int) -> Sequence[EventOutcome]:
        """Return the newest ends of events of a stage, newest first, at most `most`.

        They lie in no order of time, so all that the ledger keeps, for thirty days, are read.
        """
        found = self._table.query(
            {
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": items.text(keys.outcomes_partition(stage))},
            }
        )
        ends = [items.record_of(item, EventOutcome) for item in found]
        return sorted(ends, key=lambda end: (end.at, end.event), reverse=True)[:most]

    def deployments(
        self, stage: StageId, most: int, *, up_to: int = _ANY_NUMBER
    ) -> Sequence[DeploymentRecord]:
        """Return the newest deployments of a stage, newest first, at most `most` (1 to 1000)."""
        reply = self._table.gate.call(
            self._table.client.query,
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk AND sk <= :last",
            ExpressionAttributeValues={
                ":pk": items.text(keys.deployments_partition(stage)),
                ":last": items.text(keys.deployment(stage, up_to).sk),
            },
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=most,
        )
        return [items.record_of(item, DeploymentRecord) for item in reply["Items"]]

    # ── from what runs back to the push ───────────────────────────────────────────────────────

    def stage_of_ecs_deployment(self, home: Home, ecs_deployment_id: str) -> StageId | None:
        """Return the stage whose deployment ECS knows by this id, for as long as it is known."""
        return self._directory.stage_of_ecs_deployment(home, ecs_deployment_id)

    def built(self, digest: str) -> BuiltImage | None:
        """Return which build named a digest, None where none did."""
        return self._timelines.image(digest)

    def timeline(self, execution: ExecutionRef) -> Timeline | None:
        """Return what is kept of an execution, None where nothing is, or not any more."""
        return self._timelines.read(execution).timeline

    def push_link(self, execution: str) -> PushLink | None:
        """Return which push started an execution, `pipeline:id`, or a build."""
        return self._pushes.link(execution)

    def push(self, name: str) -> PushRecord | None:
        """Return a push by the hash of its delivery, None where it is not kept any more."""
        return self._pushes.read(name)
