"""What comes before the roll, while targets roll and after it decides over the deployment too."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from longshore.decide.settlement import Fault
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.failures import Failure
from longshore.domain.holds import HoldKind
from longshore.usecases import steps
from longshore.usecases.round import Round
from longshore.usecases.step import Answer, Fails, Passed, Waits
from tests.support.builders import make_digest
from tests.support.voyages import MAIN, make_harbour, of_digest

PLACES = ("BEFORE_THE_ROLL", "WHILE_IT_ROLLS", "AFTER_THE_ROLL")

RECHECK = timedelta(minutes=2)


class Gatekeeper:
    """A step that answers as it is told, and remembers when it was asked."""

    def __init__(self, answer: Callable[[Round], Answer]) -> None:
        self.answer = answer
        self.asked: list[tuple[Phase, bool]] = []

    def __call__(self, round_: Round, deployment: DeploymentRecord) -> Answer:
        moved = any(target.forward.moved for target in round_.targets())
        self.asked.append((deployment.phase, moved))
        return self.answer(round_)


def passes(_: Round) -> Answer:
    return Passed()


def waits(round_: Round) -> Answer:
    return Waits(round_.now + RECHECK)


def fails(_: Round) -> Answer:
    return Fails(Failure("the smoke test said no."), Fault.RELEASE)


def put(monkeypatch: pytest.MonkeyPatch, place: str, *gates: Gatekeeper) -> None:
    monkeypatch.setattr(steps, place, gates)


@pytest.mark.parametrize("place", PLACES)
def test_steps_that_pass_keep_nothing_back(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    gate = Gatekeeper(passes)
    put(monkeypatch, place, gate)
    harbour = make_harbour()

    harbour.push(2)
    harbour.run(minutes=10)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert harbour.running() == of_digest(2)
    assert {moved for _, moved in gate.asked} == {place != "BEFORE_THE_ROLL"}


@pytest.mark.parametrize(
    ("place", "running"), [("BEFORE_THE_ROLL", MAIN), ("AFTER_THE_ROLL", of_digest(2))]
)
def test_a_step_that_waits_is_asked_again_by_the_timer(
    monkeypatch: pytest.MonkeyPatch, place: str, running: str
) -> None:
    gate, behind = Gatekeeper(waits), Gatekeeper(passes)
    put(monkeypatch, place, gate, behind)
    harbour = make_harbour()

    harbour.push(2)
    harbour.run(minutes=10)

    assert harbour.deployment(1).phase is Phase.PROGRESSING
    assert harbour.running() == running
    assert len(gate.asked) >= 10 // 2 - 1
    assert behind.asked == []

    gate.answer = passes
    harbour.run(minutes=10)
    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert behind.asked


def test_a_step_before_the_roll_that_fails_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, "BEFORE_THE_ROLL", Gatekeeper(fails))
    harbour = make_harbour()

    harbour.push(2)
    harbour.run(minutes=5)

    ended = harbour.deployment(1)
    assert ended.phase is Phase.FAILED
    assert ended.reason == "the smoke test said no. No service was moved."
    assert harbour.ecs.writes() == []
    assert [veto.content for veto in harbour.snapshot.stage.vetoes] == [ended.release.content]


@pytest.mark.parametrize("place", PLACES[1:])
def test_a_step_that_fails_later_takes_the_stage_back(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    put(monkeypatch, place, Gatekeeper(fails))
    harbour = make_harbour()

    harbour.push(2)
    harbour.run(minutes=20)

    ended = harbour.deployment(1)
    assert ended.phase is Phase.ROLLED_BACK
    assert ended.failure == Failure("the smoke test said no.")
    assert harbour.running() == of_digest(1)
    assert harbour.ecs.count("UpdateService") == 1 + 1
    assert harbour.snapshot.stage.vetoes[0].release.images[0].digest == make_digest(2)


def test_a_step_may_say_that_it_is_not_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    not_ours = Fails(Failure("no capacity for the task."), Fault.REQUEST)
    put(monkeypatch, "BEFORE_THE_ROLL", Gatekeeper(lambda _: not_ours))
    harbour = make_harbour()

    harbour.push(2)
    harbour.run(minutes=5)

    hold = harbour.snapshot.stage.hold
    assert hold is not None
    assert hold.kind is HoldKind.FAILED
    assert harbour.snapshot.stage.vetoes == ()
