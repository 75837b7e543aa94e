"""A stage's part of the ledger, on DynamoDB."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from longshore.aws import items, keys
from longshore.aws.buckets import Buckets, bucket_key, bucket_of, paced
from longshore.aws.errors import ConditionsFailed, Contended
from longshore.aws.items import record_of
from longshore.aws.lines import Lines
from longshore.aws.table import MOST_WRITES, Table
from longshore.aws.transactions import outcome_write, writes_of
from longshore.aws.transitions import after
from longshore.domain.configuration import Configuration
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.errors import Conflict, Refused
from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventOutcome, Outcome
from longshore.domain.places import Home, StageId
from longshore.domain.stages import StageRecord, StageSnapshot, TargetRecord
from longshore.usecases.ports import Changes, KnownRevision, Token

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import DeleteTypeDef, TransactWriteItemTypeDef

    from longshore.aws.items import Item

_TRIES_FOR_A_TOKEN = 8
"""Others take from the same bucket at the same moment; each of them moves it once."""

_WORTH_ASKING = 4
"""Services for which a bucket is asked for first: a look at fewer costs no more than that."""

_TRIES_TO_BEGIN = 4
"""Whatever begins looks at the stop switch in its transaction, and may meet others there."""


class DynamoStageLedger:
    """Reads a stage in two calls, three while a deployment is under way, and writes it in one.

    The first of them reads the stop switch along.

    Configurations never change once written, so an instance reads each only once, by one more call.
    """

    def __init__(self, table: Table, name: str = "") -> None:
        """Keep the ledger in `table`; `name` tells it from every copy that a backup may become."""
        self._table = table
        self._name = name
        self._configurations: dict[tuple[str, int], Configuration] = {}
        self._buckets = Buckets(table.name)
        self._lines = Lines(table)

    def read_stage(self, stage: StageId) -> StageSnapshot | None:
        """Return the stage as it is, read consistently; None when no configuration has it."""
        pointer, switch = self._table.get_all(keys.pointer(stage.application), keys.stop_switch())
        configuration = self._configuration_at(stage.application, pointer)
        spec = None if configuration is None else configuration.stage(stage)
        if configuration is None or spec is None:
            return None
        found = {item["sk"]["S"]: item for item in self._partition(keys.stage_partition(stage))}
        record = _stage(stage, found)
        return StageSnapshot(
            stage=record,
            spec=spec,
            config=configuration.number,
            deploy_wanted=configuration.deploy,
            applied_by=configuration.applied_by,
            applied_at=configuration.applied_at,
            targets=_targets(found),
            deployment=self._deployment(stage, record.current),
            intents=_intents(found),
            ledger=self._name,
            applied_in=configuration.ledger,
            since=configuration.stage_since(stage),
            switch=items.switch_in(switch),
        )

    def commit(self, snapshot: StageSnapshot, changes: Changes) -> StageSnapshot:
        """Write a transition in one transaction and return the stage after it.

        Outcomes that the transaction has no room for follow it: they depend on nothing.

        Raises:
            Conflict: a record is not the version that was read.
            Paced: the token that is asked for is not there.
            Refused: an item is larger than the ledger keeps, or there are too many.
        """
        stage = snapshot.stage
        writes = list(writes_of(self._table.name, snapshot, changes))
        if len(writes) + bool(changes.token) > MOST_WRITES:
            message = f"a transition of {stage.id} has {len(writes)} items: DynamoDB takes 100"
            raise Refused(message, "TransactionTooLarge")
        outcomes = _first_of_each(changes.outcomes)
        room = MOST_WRITES - len(writes) - bool(changes.token)
        writes += [outcome_write(self._table.name, outcome) for outcome in outcomes[:room]]
        try:
            self._write(writes, changes)
        except Conflict as error:
            or_frozen = ", or all was frozen" if changes.unfrozen else ""
            message = f"{stage.id} moved{or_frozen}, after its version {stage.version} was read"
            message += ": look again"
            raise Conflict(message) from error
        self.record_outcomes(outcomes[room:])
        return after(snapshot, changes)

    def _write(self, writes: "list[TransactWriteItemTypeDef]", changes: Changes) -> None:
        if changes.token is not None:
            self._write_with(changes.token, writes)
            return
        for _ in range(_TRIES_TO_BEGIN - 1 if changes.unfrozen else 0):
            with suppress(Contended):
                self._table.transact(writes)
                return
        self._table.transact(writes)

    def _write_with(self, token: Token, writes: "list[TransactWriteItemTypeDef]") -> None:
        for _ in range(_TRIES_FOR_A_TOKEN):
            write, bucket = self._buckets.draw(token)
            try:
                self._table.transact([*writes, write])
            except Contended:
                continue
            except ConditionsFailed as error:
                if error.held.keys() != {len(writes)}:
                    raise  # the stage moved: that goes before any token
                self._buckets.saw(token, bucket_of(error.held[len(writes)]))
            else:
                self._buckets.saw(token, bucket)
                return
        raise paced(token, token.rate.interval)

    def expect_tokens(self, token: Token, tokens: int, *, waited: bool) -> None:
        """Raise Paced where this environment knows that there are not so many tokens yet.

        One that has seen nothing of the bucket asks, where many services would else be looked at in
        vain.
        """
        if tokens >= _WORTH_ASKING and not self._buckets.has_seen(token):
            self._buckets.saw(token, bucket_of(self._table.get(bucket_key(token))))
        self._buckets.expect(token, tokens)
        if not waited and self._lines.is_there(token):
            raise paced(token, timedelta())

    def stand_in_line(self, token: Token, first: datetime, tokens: int) -> datetime:
        """Take a place for so many tokens; return when all of them should be there."""
        return self._lines.stand_in(token, first, tokens)

    def record_outcomes(self, outcomes: Sequence[EventOutcome]) -> None:
        """Keep each outcome whose (event, stage) pair has none yet."""
        writes = [outcome_write(self._table.name, each) for each in _first_of_each(outcomes)]
        for start in range(0, len(writes), MOST_WRITES):
            self._table.transact(writes[start : start + MOST_WRITES])

    def silence(self, stage: StageId) -> None:
        """Take a stage that no configuration has any more off the index of timers."""
        self._table.remove_timer(keys.stage(stage))

    def end_wishes(self, stage: StageId, reason: str, at: datetime) -> None:
        """End what people still want of a stage that no configuration has any more."""
        name = self._table.name
        found = {item["sk"]["S"]: item for item in self._partition(keys.stage_partition(stage))}
        for intent in _intents(found):
            end = EventOutcome(intent.id, stage, Outcome.REJECTED, reason, at)
            key = items.key_of(keys.intent(stage, intent.id))
            delete: DeleteTypeDef = {"TableName": name, "Key": key}
            self._table.transact([{"Delete": delete}, outcome_write(name, end)])

    def known_revision(self, home: Home, family: str, fingerprint: str) -> str | None:
        """Return the revision registered with this fingerprint, None when none is known."""
        item = self._table.get(keys.revision(home, family, fingerprint))
        return None if item is None else record_of(item, KnownRevision).revision

    def newest_deployment(self, stage: StageId) -> DeploymentRecord | None:
        """Return the deployment with the highest number, whatever the stage's record says."""
        item = self._last(keys.deployments_partition(stage))
        return None if item is None else record_of(item, DeploymentRecord)

    def newest_announcement(self, subject: str) -> int:
        """Return the highest number of a subject's announcements, 0 where there is none."""
        item = self._last(keys.outbox_partition(subject))
        return 0 if item is None else int(item["sk"]["S"])

    def _last(self, partition: str) -> "Item | None":
        """Return the last item of a partition."""
        found = self._table.query(
            {
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": items.text(partition)},
                "ScanIndexForward": False,
                "Limit": 1,
                "ConsistentRead": True,
            }
        )
        return next(iter(found), None)

    def _configuration_at(self, application: str, pointer: "Item | None") -> Configuration | None:
        if pointer is None:
            return None
        number = items.pointed_at(pointer)
        known = self._configurations.get((application, number))
        if known is None:
            known = self._configuration(application, number)
            self._configurations[application, number] = known
        return known

    def _configuration(self, application: str, number: int) -> Configuration:
        item = self._table.get(keys.configuration(application, number))
        if item is None:
            message = (
                f"configuration {number} of {application} is in force but not in the ledger: "
                "apply longshore.yaml again"
            )
            raise LookupError(message)
        return record_of(item, Configuration)

    def _partition(self, partition: str) -> "Iterable[Item]":
        return self._table.query(
            {
                "KeyConditionExpression": "pk = :pk AND sk >= :first",
                "ExpressionAttributeValues": {
                    ":pk": items.text(partition),
                    ":first": items.text(keys.STAGE),
                },
                "ConsistentRead": True,
            }
        )

    def _deployment(self, stage: StageId, number: int | None) -> DeploymentRecord | None:
        if number is None:
            return None
        item = self._table.get(keys.deployment(stage, number))
        return None if item is None else record_of(item, DeploymentRecord)


def _stage(stage: StageId, found: "Mapping[str, Item]") -> StageRecord:
    item = found.get(keys.STAGE)
    return StageRecord(stage) if item is None else record_of(item, StageRecord)


def _targets(found: "Mapping[str, Item]") -> tuple[TargetRecord, ...]:
    return tuple(
        record_of(item, TargetRecord) for key, item in found.items() if keys.is_target(key)
    )


def _intents(found: "Mapping[str, Item]") -> tuple[Intent, ...]:
    intents = (record_of(item, Intent) for key, item in found.items() if keys.is_intent(key))
    return tuple(sorted(intents, key=lambda intent: (intent.at, intent.id)))


def _first_of_each(outcomes: Iterable[EventOutcome]) -> list[EventOutcome]:
    """Return one outcome of each pair: a transaction may name an item only once."""
    unique: dict[tuple[str, StageId], EventOutcome] = {}
    for outcome in outcomes:
        unique.setdefault((outcome.event, outcome.stage), outcome)
    return list(unique.values())
