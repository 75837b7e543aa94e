"""The stop switch on DynamoDB: turned by who looked, and asked in the transaction that begins."""

from dataclasses import replace
from datetime import timedelta
from typing import Protocol, cast

import pytest

from longshore.aws import items
from longshore.aws.calls import AwsCall
from longshore.aws.clients import Clients
from longshore.aws.errors import Contended
from longshore.aws.gate import Gate, Perform
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.stop_switch import DynamoStopSwitch
from longshore.aws.table import Table
from longshore.domain.errors import Conflict, Throttled
from longshore.domain.stages import StageSnapshot
from longshore.domain.stop_switch import NEVER_TURNED, Freeze, StopSwitch
from longshore.usecases.ports import Changes, StageLedger
from tests.support.builders import STAGE, make_configuration
from tests.support.fakes import NOON
from tests.support.ledgers import TABLE, DynamoWorld, LedgerWorld, MemoryWorld

ON = StopSwitch(on=True, actor="arn:of:ada", reason="prices are wrong", since=NOON)


class Turn(Protocol):
    """Turns the switch of everything, and with it a scope where one is given."""

    def __call__(self, way: str, freeze: Freeze | None = None) -> StopSwitch: ...


@pytest.fixture
def turn(world: LedgerWorld) -> Turn:
    """Return what turns the switch of a world, as the control function does."""

    def wanted(way: str, freeze: Freeze | None, version: int) -> StopSwitch:
        scoped = (freeze,) if freeze else ()
        return replace(ON, on=way == "on", scoped=scoped, version=version)

    def in_memory(way: str, freeze: Freeze | None = None) -> StopSwitch:
        state = cast("MemoryWorld", world).state
        state.switch = wanted(way, freeze, state.switch.version + 1)
        return state.switch

    def on_dynamo(way: str, freeze: Freeze | None = None) -> StopSwitch:
        switch = DynamoStopSwitch(cast("DynamoWorld", world).table)
        return switch.turn(wanted(way, freeze, switch.read().version))

    return in_memory if isinstance(world, MemoryWorld) else on_dynamo


def read(world: LedgerWorld) -> StageSnapshot:
    if world.ledger.read_stage(STAGE) is None:
        world.install(make_configuration())
    snapshot = world.ledger.read_stage(STAGE)
    assert snapshot is not None
    return snapshot


def begin(ledger: StageLedger, snapshot: StageSnapshot) -> StageSnapshot:
    stage = replace(snapshot.stage, latest=snapshot.stage.latest + 1)
    return ledger.commit(snapshot, Changes(stage=stage, unfrozen=True))


def test_a_stage_is_read_with_the_switch(world: LedgerWorld, turn: Turn) -> None:
    assert read(world).switch == NEVER_TURNED

    turned = turn("on")

    assert read(world).switch == turned == replace(ON, version=1)


def test_what_begins_needs_the_switch_as_it_was_read(world: LedgerWorld, turn: Turn) -> None:
    before_any = read(world)
    turn("on")
    with pytest.raises(Conflict, match=r"turned|frozen"):
        begin(world.ledger, before_any)

    turn("off")
    between = read(world)
    assert begin(world.ledger, between).stage.latest == 1

    known = read(world)
    turn("on")
    with pytest.raises(Conflict, match=r"turned|frozen"):
        begin(world.ledger, known)
    assert read(world).stage.latest == 1


def test_what_begins_nothing_passes_a_freeze(world: LedgerWorld, turn: Turn) -> None:
    snapshot = read(world)
    turn("on")

    world.ledger.commit(snapshot, Changes(stage=replace(snapshot.stage, trouble="why")))

    assert read(world).stage.trouble == "why"


def test_the_switch_is_turned_over_what_was_read(dynamo: DynamoWorld) -> None:
    switch = DynamoStopSwitch(dynamo.table)
    assert switch.read() == NEVER_TURNED

    turned = switch.turn(ON)
    assert switch.read() == turned == replace(ON, version=1)

    with pytest.raises(Conflict):
        switch.turn(ON)
    assert switch.turn(replace(turned, on=False)).version == 2


class Busy:
    """Lets calls of one operation meet another transaction, some times in a row."""

    def __init__(self, operation: str, times: int, error: Throttled) -> None:
        self._operation, self.left, self._error = operation, times, error

    def __call__(self, call: AwsCall, perform: Perform) -> object:
        if call.operation == self._operation and self.left:
            self.left -= 1
            raise self._error
        return perform()


@pytest.mark.parametrize("times", [5, 6])
def test_deployments_that_begin_do_not_keep_a_freeze_waiting(clients: Clients, times: int) -> None:
    DynamoWorld(clients)
    busy = Busy("PutItem", times, Throttled("met another transaction"))
    switch = DynamoStopSwitch(Table(Gate(busy), clients.dynamodb, TABLE))

    if times > 5:
        with pytest.raises(Throttled):
            switch.turn(ON)
    else:
        assert switch.turn(ON).version == 1


@pytest.mark.parametrize("times", [3, 4])
def test_deployments_that_begin_at_once_meet_at_the_switch(dynamo: DynamoWorld, times: int) -> None:
    snapshot = read(dynamo)
    busy = Busy("TransactWriteItems", times, Contended("met another transaction"))
    ledger = DynamoStageLedger(Table(Gate(busy), dynamo.client, TABLE))

    if times > 3:
        with pytest.raises(Contended):
            begin(ledger, snapshot)
    else:
        assert begin(ledger, snapshot).stage.latest == 1


def test_who_begins_nothing_meets_nobody_there(dynamo: DynamoWorld) -> None:
    snapshot = read(dynamo)
    busy = Busy("TransactWriteItems", 1, Contended("met another transaction"))
    ledger = DynamoStageLedger(Table(Gate(busy), dynamo.client, TABLE))

    with pytest.raises(Contended):
        ledger.commit(snapshot, Changes(stage=snapshot.stage))


def test_items_that_dynamodb_left_out_are_not_taken_for_missing(dynamo: DynamoWorld) -> None:
    dynamo.install(make_configuration())

    def left_out(call: AwsCall, perform: Perform) -> object:
        reply = perform()
        if call.operation != "BatchGetItem":
            return reply
        return {"Responses": {}, "UnprocessedKeys": call.parameters["RequestItems"]}

    ledger = DynamoStageLedger(Table(Gate(left_out), dynamo.client, TABLE))

    with pytest.raises(Throttled, match="did not read all"):
        ledger.read_stage(STAGE)


def test_a_switch_that_an_older_version_wrote_is_read(dynamo: DynamoWorld) -> None:
    body = (
        '{"actor":"arn:of:ada","on":true,"reason":"prices are wrong",'
        '"since":"2026-11-23T12:00:00+00:00","version":3}'
    )
    item = items.switch_item(replace(ON, version=3)) | {"body": {"S": body}}
    dynamo.client.put_item(TableName=TABLE, Item=item)

    assert DynamoStopSwitch(dynamo.table).read() == replace(ON, version=3)


def test_scopes_lie_beside_everything_under_one_version(world: LedgerWorld, turn: Turn) -> None:
    freeze = Freeze(
        on=True,
        actor="arn:of:ada",
        reason="audit",
        since=NOON,
        scope=str(STAGE),
        until=NOON + timedelta(hours=1),
    )
    known = read(world)
    turned = turn("off", freeze)

    assert turned.freezes == (freeze,)
    assert read(world).freeze == freeze
    with pytest.raises(Conflict, match=r"turned|frozen"):
        begin(world.ledger, known)
