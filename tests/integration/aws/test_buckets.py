"""Tokens taken with a transition: all of it or nothing, held against the fake and DynamoDB."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from longshore.aws import keys
from longshore.aws.calls import AwsCall
from longshore.aws.clients import Clients
from longshore.aws.errors import Contended
from longshore.aws.gate import Gate, Perform
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.table import Table
from longshore.decide.pacing import RESERVE
from longshore.domain.deployments import Leg, LegState
from longshore.domain.errors import Conflict, Paced
from longshore.domain.places import Home
from longshore.domain.rates import ApiClass, Rate
from longshore.domain.stages import StageSnapshot
from longshore.usecases.ports import Changes, StageLedger, Token
from tests.support.builders import HOME, SERVICE, STAGE, make_configuration
from tests.support.fakes import NOON
from tests.support.ledgers import TABLE, DynamoWorld, LedgerWorld

SECOND = timedelta(seconds=1)
THREE = Rate(3 + RESERVE, SECOND)


def token(after: timedelta = timedelta(), **more: Any) -> Token:  # noqa: ANN401  fields by name
    return replace(Token(HOME, ApiClass.REGISTER, THREE, NOON + after), **more)


def read(world: LedgerWorld) -> StageSnapshot:
    if world.ledger.read_stage(STAGE) is None:
        world.install(make_configuration())
    snapshot = world.ledger.read_stage(STAGE)
    assert snapshot is not None
    return snapshot


def take(world: LedgerWorld, asked: Token, *, by: StageLedger | None = None) -> None:
    """Write a leg with a token, as a reconcile does before it calls ECS."""
    snapshot = read(world)
    target = replace(snapshot.target(SERVICE), forward=Leg(LegState.REGISTERING))
    (by or world.ledger).commit(snapshot, Changes(targets=(target,), token=asked))


def test_a_bucket_has_its_burst_and_then_one_an_interval(world: LedgerWorld) -> None:
    for _ in range(3):
        take(world, token())

    with pytest.raises(Paced) as caught:
        take(world, token())

    assert (caught.value.wait, caught.value.rate) == (SECOND, THREE)
    take(world, token(SECOND))
    with pytest.raises(Paced):
        take(world, token(1.5 * SECOND))
    take(world, token(10 * SECOND))


def test_without_a_token_nothing_is_written(world: LedgerWorld) -> None:
    for _ in range(3):
        take(world, token())
    before = read(world)

    with pytest.raises(Paced):
        take(world, token())

    assert read(world) == before


def test_a_stage_that_moved_takes_no_token(world: LedgerWorld) -> None:
    take(world, token())
    stale = read(world)
    world.ledger.commit(stale, Changes(stage=stale.stage))
    target = replace(stale.target(SERVICE), forward=Leg(LegState.CALLING))

    for _ in range(5):
        with pytest.raises(Conflict):
            world.ledger.commit(stale, Changes(targets=(target,), token=token()))

    take(world, token())
    take(world, token())


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"calls": ApiClass.UPDATE},
        {"home": Home(HOME.partition, HOME.account, "eu-west-1")},
        {"home": Home(HOME.partition, "210987654321", HOME.region)},
    ],
)
def test_each_account_region_and_class_has_its_own_bucket(
    world: LedgerWorld, elsewhere: dict[str, Any]
) -> None:
    for _ in range(3):
        take(world, token())

    take(world, token(**elsewhere))


def test_environments_share_a_bucket(dynamo: DynamoWorld) -> None:
    others = [dynamo.fresh_ledger() for _ in range(3)]
    for other in others:
        take(dynamo, token(), by=other)

    for other in [*others, dynamo.fresh_ledger()]:
        with pytest.raises(Paced):
            take(dynamo, token(), by=other)


def test_what_is_remembered_costs_no_further_call(dynamo: DynamoWorld) -> None:
    for _ in range(3):
        take(dynamo, token())
    transactions = dynamo.calls.count("dynamodb:TransactWriteItems")

    with pytest.raises(Paced):
        take(dynamo, token())

    assert dynamo.calls.count("dynamodb:TransactWriteItems") == transactions == 3


def test_a_broken_clock_stops_nobody(dynamo: DynamoWorld) -> None:
    take(dynamo, token(timedelta(minutes=10)))

    take(dynamo, token(), by=dynamo.fresh_ledger())

    item = dynamo.get(keys.bucket(HOME, ApiClass.REGISTER))
    assert item is not None
    assert item["full_at"] == {"N": str(int((NOON + SECOND).timestamp() * 1000))}
    assert (item["kind"], item["schema"]) == ({"S": "bucket"}, {"N": "1"})


def with_passage(clients: Clients, passage: Callable[[AwsCall, Perform], object]) -> StageLedger:
    return DynamoStageLedger(Table(Gate(passage), clients.dynamodb, TABLE))


@pytest.mark.parametrize("times", [1, 3])
def test_who_meets_another_at_the_bucket_tries_again_at_once(
    dynamo: DynamoWorld, clients: Clients, times: int
) -> None:
    met = iter(range(times))

    def passage(call: AwsCall, perform: Perform) -> object:
        if call.operation == "TransactWriteItems" and next(met, None) is not None:
            raise Contended("met another transaction")
        return perform()

    take(dynamo, token(), by=with_passage(clients, passage))

    assert read(dynamo).target(SERVICE).forward.state is LegState.REGISTERING


def test_a_bucket_that_moves_under_every_try_is_left_for_an_interval(
    dynamo: DynamoWorld, clients: Clients
) -> None:
    def passage(call: AwsCall, perform: Perform) -> object:
        if call.operation == "TransactWriteItems":
            raise Contended("met another transaction")
        return perform()

    with pytest.raises(Paced) as caught:
        take(dynamo, token(), by=with_passage(clients, passage))

    assert caught.value.wait == SECOND


def test_who_has_seen_nothing_of_a_bucket_asks_before_a_look_at_many(dynamo: DynamoWorld) -> None:
    for _ in range(3):
        take(dynamo, token())
    fresh = dynamo.fresh_ledger()

    fresh.expect_tokens(token(), 3, waited=False)
    with pytest.raises(Paced):
        fresh.expect_tokens(token(), 4, waited=False)
    with pytest.raises(Paced):
        fresh.expect_tokens(token(), 1, waited=False)
