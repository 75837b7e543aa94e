"""The real ledger on DynamoDB in memory, and a window into its table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from longshore.aws import keys
from longshore.aws.codec import decode
from longshore.aws.gate import Gate
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.table import Table
from longshore.domain.configuration import Configuration
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.intents import Intent
from longshore.domain.outcomes import Announcement, EventOutcome
from longshore.domain.places import ServiceRef
from longshore.domain.stages import StageRecord, TargetRecord
from longshore.usecases.ports import StageLedger
from tests.simulation.cloud.clients import MemoryClients
from tests.simulation.cloud.dynamodb import DynamoDb
from tests.support.builders import HOME, STAGE
from tests.support.fakes import FakeClock
from tests.support.ledgers import TABLE, DynamoWorld

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View:
    """All records of one stage; deployments by number, announcements by subject and sequence.

    `timer` is what the index of timers knows of the stage, in epoch seconds.
    """

    stage: StageRecord
    targets: Mapping[ServiceRef, TargetRecord]
    deployments: Mapping[int, DeploymentRecord]
    outcomes: Mapping[str, EventOutcome]
    announcements: Mapping[tuple[str, int], Announcement]
    timer: int | None


class Vault:
    """The ledger's table: workers write to it, people bring configurations and wishes."""

    def __init__(self, clock: FakeClock) -> None:
        self.name = "ledger-1"
        self._dynamodb = DynamoDb(clock.now, lambda *_: None)
        self._world = DynamoWorld(MemoryClients({"dynamodb": self._dynamodb}, HOME.region))
        self._backup = self._dynamodb.snapshot(TABLE)
        self._known: dict[tuple[str, type], object] = {}

    def worker(self) -> StageLedger:
        """Return the ledger as one more worker has it."""
        # A table of its own for each: by that DynamoDB tells two writers of the same apart.
        return DynamoStageLedger(Table(Gate(), self._world.client, TABLE), self.name)

    def install(self, configuration: Configuration) -> None:
        """Put a configuration in force."""
        self._world.install(configuration)

    def wish(self, intent: Intent) -> None:
        """Keep what a person wants."""
        self._world.wish(intent)

    def back_up(self) -> None:
        """Remember what the table holds."""
        self._backup = self._dynamodb.snapshot(TABLE)

    def restore(self) -> None:
        """Go on with what was backed up last, under another name, as the runbook says."""
        self._dynamodb.restore(TABLE, self._backup)
        self.name = f"ledger-{int(self.name.removeprefix('ledger-')) + 1}"

    def view(self) -> View:
        """Return what is kept of the stage."""
        announcements = self._records("outbox", Announcement)
        stage, timer = self._stage()
        return View(
            stage,
            {each.service: each for each in self._records("target", TargetRecord)},
            {each.number: each for each in self._records("deployment", DeploymentRecord)},
            {each.event: each for each in self._records("outcome", EventOutcome)},
            {(each.subject, each.sequence): each for each in announcements},
            timer,
        )

    def _stage(self) -> tuple[StageRecord, int | None]:
        item = self._world.get(keys.stage(STAGE))
        if item is None:
            return StageRecord(STAGE), None
        timer = item.get("due_at")
        return self._record(item["body"]["S"], StageRecord), int(timer["N"]) if timer else None

    def _records(self, kind: str, record: type[T]) -> Iterator[T]:
        for item in self._dynamodb.items(TABLE):
            if item["kind"] == {"S": kind}:
                yield self._record(str(item["body"]["S"]), record)

    def _record(self, body: str, kind: type[T]) -> T:
        """Return a record; most are what they were when they were last looked at."""
        known = self._known.get((body, kind))
        if known is None:
            known = self._known[body, kind] = decode(body, kind)
        return cast("T", known)
