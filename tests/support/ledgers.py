"""Ledgers to run one suite against: the one in memory, and DynamoDB as moto plays it."""

from typing import Protocol

from longshore.aws import items, keys
from longshore.aws.calls import AwsCall
from longshore.aws.clients import Clients
from longshore.aws.configurations import DynamoConfigurationStore
from longshore.aws.directory import DynamoDirectory
from longshore.aws.gate import Gate, Perform, Recorder
from longshore.aws.intents import DynamoIntentStore
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.outbox import DynamoOutboxStore
from longshore.aws.table import Table
from longshore.domain.configuration import Configuration
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.intents import Intent
from longshore.domain.outcomes import Announcement, EventOutcome
from longshore.domain.places import StageId
from longshore.usecases.control_ports import Owner
from longshore.usecases.lookups import lookups_of, services_of
from longshore.usecases.ports import Directory, StageLedger
from tests.support.fakes import InMemoryDirectory, InMemoryStageLedger, LedgerState

TABLE = "ledger"
LEDGER = "ledger/1"
"""The name by which a ledger is told from its backups."""


class LedgerWorld(Protocol):
    """A ledger with what others than the reconciler write to it, and windows to look inside."""

    @property
    def ledger(self) -> StageLedger: ...

    @property
    def directory(self) -> Directory: ...

    def install(self, configuration: Configuration) -> None:
        """Put a configuration in force, as the control function does."""

    def wish(self, intent: Intent) -> None:
        """Keep a wish, as the control function does."""

    def confirm(self, announcement: Announcement) -> None:
        """Take an announcement off the index, as the announcer does."""

    def outcome(self, event: str, stage: StageId) -> EventOutcome | None:
        """Return the outcome that is kept."""

    def deployment(self, stage: StageId, number: int) -> DeploymentRecord | None:
        """Return the deployment that is kept."""

    def delivery(self, announcement: Announcement) -> tuple[int, int | None]:
        """Return the attempts to send an announcement again, and when it is due, in seconds."""


class MemoryWorld:
    """The fakes."""

    def __init__(self) -> None:
        self.state = LedgerState()
        self.ledger: StageLedger = InMemoryStageLedger(self.state)
        self.directory: Directory = InMemoryDirectory(self.state)

    def install(self, configuration: Configuration) -> None:
        self.state.install(configuration)

    def wish(self, intent: Intent) -> None:
        self.state.wish(intent)

    def confirm(self, announcement: Announcement) -> None:
        self.state.outbox[announcement.subject, announcement.sequence].due_at = None

    def outcome(self, event: str, stage: StageId) -> EventOutcome | None:
        return self.state.outcomes.get((event, stage))

    def deployment(self, stage: StageId, number: int) -> DeploymentRecord | None:
        return self.state.deployments.get((stage, number))

    def delivery(self, announcement: Announcement) -> tuple[int, int | None]:
        entry = self.state.outbox[announcement.subject, announcement.sequence]
        return entry.attempts, None if entry.due_at is None else items.seconds(entry.due_at)


class TokenMemory:
    """Knows request tokens of transactions, as DynamoDB does and moto does not.

    A transaction under a known token succeeds without a second effect.
    """

    def __init__(self) -> None:
        self._done: set[str] = set()

    def __call__(self, call: AwsCall, perform: Perform) -> object:
        token = call.parameters.get("ClientRequestToken")
        if token in self._done:
            return {}
        reply = perform()
        if token is not None:
            self._done.add(token)
        return reply


class DynamoWorld:
    """The adapters on DynamoDB."""

    def __init__(self, clients: Clients) -> None:
        self.calls = Recorder(TokenMemory())
        self.client = clients.dynamodb
        self.table = Table(Gate(self.calls), self.client, TABLE)
        self.ledger: StageLedger = DynamoStageLedger(self.table, LEDGER)
        self.directory: Directory = DynamoDirectory(self.table)
        others = Table(Gate(), self.client, TABLE)  # the other functions, whose calls do not count
        self._configurations = DynamoConfigurationStore(others)
        self._intents = DynamoIntentStore(others)
        self._outbox = DynamoOutboxStore(others)
        create_table(clients)

    def fresh_ledger(self) -> StageLedger:
        """Return the ledger as a new invocation environment has it: with nothing remembered."""
        return DynamoStageLedger(self.table, LEDGER)

    def put(self, item: "items.Item") -> None:
        self.client.put_item(TableName=TABLE, Item=item)

    def get(self, key: keys.Key) -> "items.Item | None":
        reply = self.client.get_item(TableName=TABLE, Key=items.key_of(key))
        return reply.get("Item")

    def install(self, configuration: Configuration) -> None:
        number, stores = configuration.number, self._configurations
        stores.write(configuration)
        stores.write_lookups(lookups_of(configuration), number)
        claims = [
            stores.owner(service) or Owner(service, stage, number)
            for service, stage in services_of(configuration).items()
        ]
        stores.switch(stores.pointer(configuration.application), number, claims)

    def wish(self, intent: Intent) -> None:
        assert self._intents.put_once(intent)

    def confirm(self, announcement: Announcement) -> None:
        self._outbox.confirm(announcement)

    def outcome(self, event: str, stage: StageId) -> EventOutcome | None:
        item = self.get(keys.outcome(stage, event))
        return None if item is None else items.record_of(item, EventOutcome)

    def deployment(self, stage: StageId, number: int) -> DeploymentRecord | None:
        item = self.get(keys.deployment(stage, number))
        return None if item is None else items.record_of(item, DeploymentRecord)

    def delivery(self, announcement: Announcement) -> tuple[int, int | None]:
        item = self.get(keys.outbox(announcement.subject, announcement.sequence)) or {}
        due_at = item.get("due_at")
        attempts = int(item.get("attempts", {"N": "0"})["N"])
        return attempts, None if due_at is None else int(due_at["N"])


def create_table(clients: Clients, name: str = TABLE) -> None:
    """Create the ledger's table with its index, as template.yaml declares it."""
    clients.dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "due_shard", "AttributeType": "S"},
            {"AttributeName": "due_at", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": keys.DUE_INDEX,
                "KeySchema": [
                    {"AttributeName": "due_shard", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["kind", "stage"]},
            }
        ],
    )
