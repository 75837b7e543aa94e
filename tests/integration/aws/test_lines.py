"""Lines at token buckets: who waits, who knows of it, held against the fake and DynamoDB."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from longshore.aws import keys
from longshore.aws.calls import AwsCall
from longshore.aws.clients import Clients
from longshore.aws.gate import Gate, Perform
from longshore.aws.ledger import DynamoStageLedger
from longshore.aws.table import Table
from longshore.decide.pacing import LONGEST_LINE
from longshore.domain.errors import Conflict, Paced
from longshore.domain.places import Home
from longshore.domain.rates import ApiClass, Rate
from longshore.usecases.ports import Token
from tests.support.builders import HOME
from tests.support.fakes import NOON
from tests.support.ledgers import TABLE, DynamoWorld, LedgerWorld

SECOND = timedelta(seconds=1)
RATE = Rate(20, SECOND)
MANY = 50
"""More tokens than are ever waited for together."""


def token(after: timedelta = timedelta(), **more: Any) -> Token:  # noqa: ANN401  fields by name
    return replace(Token(HOME, ApiClass.REGISTER, RATE, NOON + after), **more)


def test_each_stands_behind_the_one_before(world: LedgerWorld) -> None:
    first = NOON + 2 * SECOND

    turns = [world.ledger.stand_in_line(token(), first, wanted) for wanted in (1, 3, MANY, 1)]

    assert [turn - NOON for turn in turns] == [2 * SECOND, 5 * SECOND, 15 * SECOND, 16 * SECOND]


def test_a_line_that_is_over_begins_anew(world: LedgerWorld) -> None:
    world.ledger.stand_in_line(token(), NOON, 3)

    later = NOON + 3 * SECOND
    assert world.ledger.stand_in_line(token(3 * SECOND), later, 1) == later


@pytest.mark.parametrize(
    "elsewhere",
    [{"calls": ApiClass.UPDATE}, {"home": Home(HOME.partition, HOME.account, "eu-west-1")}],
)
def test_each_region_and_class_has_its_own_line(
    world: LedgerWorld, elsewhere: dict[str, Any]
) -> None:
    world.ledger.stand_in_line(token(), NOON, 3)

    assert world.ledger.stand_in_line(token(**elsewhere), NOON, 1) == NOON


def test_who_has_not_waited_steps_behind_who_has(world: LedgerWorld) -> None:
    world.ledger.expect_tokens(token(), 1, waited=False)
    world.ledger.stand_in_line(token(), NOON, 3)

    with pytest.raises(Paced):
        world.ledger.expect_tokens(token(), 1, waited=False)
    world.ledger.expect_tokens(token(), 1, waited=True)
    world.ledger.expect_tokens(token(4 * SECOND), 1, waited=False)


def test_environments_stand_in_one_line(dynamo: DynamoWorld) -> None:
    turns = [dynamo.fresh_ledger().stand_in_line(token(), NOON, 1) for _ in range(3)]

    assert [turn - NOON for turn in turns] == [timedelta(), SECOND, 2 * SECOND]
    item = dynamo.get(keys.line(HOME, ApiClass.REGISTER))
    assert item is not None
    assert (item["kind"], item["schema"]) == ({"S": "line"}, {"N": "1"})


def test_a_line_that_a_broken_clock_made_begins_anew(dynamo: DynamoWorld) -> None:
    dynamo.ledger.stand_in_line(token(), NOON + LONGEST_LINE, 1)

    assert dynamo.fresh_ledger().stand_in_line(token(), NOON, 1) == NOON


def test_what_is_known_costs_no_call(dynamo: DynamoWorld) -> None:
    dynamo.ledger.stand_in_line(token(), NOON, 3)
    calls = len(dynamo.calls.calls)

    with pytest.raises(Paced):
        dynamo.ledger.expect_tokens(token(), 1, waited=False)

    assert len(dynamo.calls.calls) == calls


def test_who_loses_the_race_for_an_empty_line_comes_when_the_next_token_does(
    clients: Clients,
) -> None:
    def passage(call: AwsCall, perform: Perform) -> object:
        del perform
        raise Conflict(f"{call.action}: another writer was first")

    racing = DynamoStageLedger(Table(Gate(passage), clients.dynamodb, TABLE))

    assert racing.stand_in_line(token(), NOON + SECOND, 2) == NOON + 2 * SECOND
