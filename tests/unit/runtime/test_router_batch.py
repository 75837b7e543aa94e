import json

import pytest

from longshore.domain.errors import Throttled
from longshore.domain.places import StageId
from longshore.domain.wakeups import Hint, Wakeup
from longshore.events.messages import encode_wakeup
from longshore.runtime.router import route_batch
from longshore.usecases.route_event import RouterPorts
from tests.support.builders import HOME, STAGE, make_configuration, make_digest
from tests.support.fakes import NOON, FakeClock, InMemoryDirectory, LedgerState
from tests.support.harbour import push_event
from tests.support.runtime import Written, sqs_event
from tests.support.watch_fakes import InMemoryLooks
from tests.support.work import FakeWorkQueue

PUSH = json.dumps(push_event(make_digest(2), "main", NOON))


class World:
    def __init__(self) -> None:
        state = LedgerState()
        state.install(make_configuration())
        self.work = FakeWorkQueue()
        self.written = Written()
        self.ports = RouterPorts(
            InMemoryDirectory(state), self.work, FakeClock(), HOME, InMemoryLooks()
        )

    def route(self, *messages: tuple[str, str]) -> object:
        return route_batch(sqs_event(*messages), self.ports, self.written.journal)


def test_every_message_ends_in_one_line_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = World()

    answered = world.route(("1", PUSH), ("2", '{"clock":"sweep"}'), ("3", "{"), ("4", "{}"))

    assert answered == {"batchItemFailures": []}
    assert [(line["message_id"], line["outcome"]) for line in world.written.lines] == [
        ("1", "wake"),
        ("2", "sweep"),
        ("3", "rejected"),
        ("4", "rejected"),
    ]
    assert world.written.lines[0]["stages"] == [str(STAGE)]
    assert all(line["reason"] for line in world.written.lines)
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = [m["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"] for m in metrics]
    assert counted == ["SweepCompleted", "MessagesRejected", "MessagesRejected"]
    assert metrics[1]["reason"] == world.written.lines[2]["reason"]


def test_a_push_wakes_with_the_id_of_its_message() -> None:
    world = World()

    world.route(("1", PUSH))

    ((wakeup, message_id),) = world.work.woken
    assert (wakeup.stage, wakeup.hints, message_id) == (STAGE, frozenset({Hint.REGISTRY}), "1")


def test_a_queue_that_is_busy_brings_exactly_its_message_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = World()
    world.work.failure = Throttled("sqs:SendMessageBatch was slowed down")

    answered = world.route(("1", PUSH), ("2", "{}"))

    assert answered == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert "slowed down" in world.written.lines[0]["exception"]
    assert "SweepCompleted" not in capsys.readouterr().out


def test_a_sweep_that_did_not_wake_everybody_is_no_heartbeat(
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = World()
    world.work.failure = Throttled("sqs:SendMessageBatch was slowed down")

    world.route(("1", '{"clock":"sweep"}'), ("2", "{}"))

    assert "SweepCompleted" not in capsys.readouterr().out


def test_hostile_bodies_end_without_exception() -> None:
    world = World()
    bodies = [
        "",
        "null",
        "[" * 100_000,
        "\x00",
        '"\\ud800"',
        '{"source":"\\ud800"}',
        "NaN",
        "1e999",
    ]

    answered = world.route(*((str(index), body) for index, body in enumerate(bodies)))

    assert answered == {"batchItemFailures": []}
    assert {line["outcome"] for line in world.written.lines} == {"rejected"}


def test_a_wake_up_goes_through_to_its_stage() -> None:
    world = World()
    wakeup = Wakeup(StageId("shop", "main"), frozenset({Hint.PERSON}))

    world.route(("1", encode_wakeup(wakeup)))

    assert world.work.woken == [(wakeup, "1")]
