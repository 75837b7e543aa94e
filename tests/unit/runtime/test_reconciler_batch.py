import json
from dataclasses import replace

import pytest

from longshore.domain.places import StageId
from longshore.domain.stages import StageSnapshot
from longshore.domain.wakeups import Hint, Wakeup
from longshore.events.messages import encode_wakeup
from longshore.runtime.batch import BatchFailedError
from longshore.runtime.reconciler import reconcile_batch
from tests.support.fakes import InMemoryStageLedger
from tests.support.harbour import Harbour
from tests.support.runtime import Written, sqs_event

GOOD, BAD = StageId("checkout", "good"), StageId("checkout", "bad")


class Ledger(InMemoryStageLedger):
    """A ledger that knows no stage, and breaks when asked about one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[StageId] = []

    def read_stage(self, stage: StageId) -> StageSnapshot | None:
        self.read.append(stage)
        if stage == BAD:
            raise RuntimeError("nobody expected this")
        return super().read_stage(stage)


class World:
    def __init__(self) -> None:
        self.ledger = Ledger()
        self.written = Written()
        self.ports = replace(Harbour().ports, ledger=self.ledger)

    def reconcile(self, *messages: tuple[str, str, StageId]) -> object:
        event = sqs_event(
            *((number, body) for number, body, _ in messages),
            groups=[str(stage) for _, _, stage in messages],
        )
        return reconcile_batch(event, self.ports, self.written.journal)


def wakeup(stage: StageId, *events: str) -> str:
    return encode_wakeup(Wakeup(stage, frozenset({Hint.REGISTRY}), events))


def test_the_messages_of_one_stage_make_one_reconcile() -> None:
    world = World()
    other = StageId("checkout", "other")

    answered = world.reconcile(
        ("1", wakeup(GOOD, "e1"), GOOD),
        ("2", wakeup(other, "e2"), other),
        ("3", wakeup(GOOD, "e3"), GOOD),
    )

    assert answered == {"batchItemFailures": []}
    assert world.ledger.read == [GOOD, other]
    assert {event for event, _ in world.ledger.state.outcomes} == {"e1", "e2", "e3"}
    first = world.written.lines[0]
    assert (first["message"], first["stage"]) == ("reconciled", "checkout/good")
    assert [end["event"] for end in first["outcomes"]] == ["e1", "e3"]


def test_what_nobody_expected_brings_exactly_that_stage_again() -> None:
    world = World()

    answered = world.reconcile(
        ("1", wakeup(BAD, "e1"), BAD),
        ("2", wakeup(GOOD, "e2"), GOOD),
        ("3", wakeup(BAD, "e3"), BAD),
    )

    assert answered == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}
    assert world.ledger.read == [BAD, GOOD]


def test_a_batch_of_nothing_but_failure_is_an_error() -> None:
    with pytest.raises(BatchFailedError):
        World().reconcile(("1", wakeup(BAD), BAD))


@pytest.mark.parametrize("body", ["{", "{}", '{"clock":"tick"}', '{"wakeup":{"schema":1}}'])
def test_a_malformed_message_ends_and_the_rest_of_its_stage_goes_on(
    body: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()

    answered = world.reconcile(("1", body, GOOD), ("2", wakeup(GOOD, "e1"), GOOD))

    assert answered == {"batchItemFailures": []}
    assert world.ledger.read == [GOOD]
    rejected = world.written.lines[0]
    assert (rejected["message"], rejected["message_id"]) == ("message rejected", "1")
    assert json.loads(capsys.readouterr().out)["MessagesRejected"] == [1.0]


def test_nothing_but_malformed_messages_reconciles_nothing() -> None:
    world = World()

    assert world.reconcile(("1", "{", GOOD)) == {"batchItemFailures": []}
    assert world.ledger.read == []


def test_a_stage_is_never_worked_on_in_the_group_of_another() -> None:
    world = World()

    world.reconcile(("1", wakeup(GOOD), StageId("checkout", "other")))

    assert world.ledger.read == []
    assert "came in the message group checkout/other" in world.written.lines[0]["reason"]


def test_a_message_of_a_newer_version_is_kept_for_it() -> None:
    world = World()
    newer = json.loads(wakeup(GOOD))
    newer["wakeup"]["schema"] = 2

    other = StageId("checkout", "other")
    answered = world.reconcile(
        ("1", json.dumps(newer), GOOD), ("2", wakeup(other), other), ("3", wakeup(GOOD), GOOD)
    )

    assert answered == {"batchItemFailures": [{"itemIdentifier": "1"}, {"itemIdentifier": "3"}]}
    assert world.ledger.read == [other]
