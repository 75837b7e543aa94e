"""`deploy`, `rollback` and `retry` with `--watch`: the deployment that answers is followed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from longshore.aws import items, keys
from longshore.domain.deployments import Phase, Trigger, TriggerKind
from longshore.domain.holds import Allowance
from longshore.domain.outcomes import EventOutcome, Outcome
from tests.unit.cli.conftest import ACTOR, World
from tests.unit.cli.records import BAD, GOOD, STAGE, deployment, stage

RETRY = ("retry", "shop/staging", "--reason", "again", "--watch")


@dataclass
class Reconciler:
    """Does to the ledger what a reconcile does when it hears a wish."""

    world: World
    keep: Callable[..., None]
    steps: list[Callable[[], None]]

    @property
    def intent(self) -> str:
        return str(self.world.control.heard[-1].body["id"])

    def consume(self, *, outcome: Outcome = Outcome.APPLIED, reason: str = "heard") -> None:
        """Take the wish out of the ledger and say what came of it."""
        key = items.key_of(keys.intent(STAGE, self.intent))
        self.world.table.client.delete_item(TableName=self.world.table.name, Key=key)
        end = EventOutcome(self.intent, STAGE, outcome, reason, datetime.now(UTC))
        item = items.outcome_item(end)
        self.world.table.client.put_item(TableName=self.world.table.name, Item=item)

    def begin(self, kind: TriggerKind, number: int = 1) -> None:
        """Begin the deployment that answers the wish."""
        self.consume()
        begun = deployment(Phase.PROGRESSING, number, trigger=self.trigger(kind))
        self.keep(stage(current=number, latest=number), begun)

    def trigger(self, kind: TriggerKind) -> Trigger:
        return Trigger(kind, ACTOR, (self.intent,))

    def end(self, kind: TriggerKind, phase: Phase, number: int = 1) -> None:
        """End it."""
        ended = deployment(phase, number, trigger=self.trigger(kind))
        self.keep(stage(latest=number), ended)


@pytest.fixture
def reconciler(
    applied: World, keep: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Reconciler:
    made = Reconciler(applied, keep, [])

    def sleep(_: float) -> None:
        assert made.steps, "it waits for what never comes"
        made.steps.pop(0)()

    monkeypatch.setattr("longshore_cli.pace.sleep", sleep)
    keep(stage())
    return made


@pytest.mark.parametrize(
    ("phase", "code"), [(Phase.SUCCEEDED, 0), (Phase.ROLLED_BACK, 4), (Phase.FAILED, 3)]
)
def test_retry_waits_until_it_is_heard_and_ends_as_its_deployment_ends(
    applied: World, reconciler: Reconciler, phase: Phase, code: int
) -> None:
    reconciler.steps += [
        lambda: None,
        lambda: reconciler.begin(TriggerKind.RETRY),
        lambda: reconciler.end(TriggerKind.RETRY, phase),
    ]

    result = applied.run(*RETRY)

    assert result.exit_code == code
    assert "shop/staging is looked at again" in result.stdout
    assert result.stdout.count("has not heard it yet: waiting to be heard") == 1
    assert "by retry by ana" in result.stdout
    assert f"shop/staging#1 {phase}" in result.stdout


def test_an_older_deployment_is_not_the_answer(applied: World, reconciler: Reconciler) -> None:
    reconciler.keep(stage(current=1, latest=1), deployment(Phase.PROGRESSING))
    reconciler.steps += [
        lambda: reconciler.begin(TriggerKind.RETRY, 2),
        lambda: reconciler.end(TriggerKind.RETRY, Phase.SUCCEEDED, 2),
    ]

    result = applied.run(*RETRY, "-o", "json")

    shown = json.loads(result.stdout)
    assert (result.exit_code, shown["exit_status"]) == (0, 0)
    assert shown["deployment"]["number"] == 2
    assert shown["intent"] == reconciler.intent


def test_what_was_heard_and_has_not_begun_is_waited_for(
    applied: World, reconciler: Reconciler
) -> None:
    def hear() -> None:
        reconciler.consume()
        allowance = Allowance(BAD.content, reconciler.trigger(TriggerKind.RETRY))
        reconciler.keep(stage(allowance=allowance, trouble="the registry is away"))

    reconciler.steps += [
        hear,
        lambda: reconciler.begin(TriggerKind.RETRY),
        lambda: reconciler.end(TriggerKind.RETRY, Phase.SUCCEEDED),
    ]

    result = applied.run(*RETRY)

    assert result.exit_code == 0
    assert "its deployment is about to begin: the registry is away" in result.stdout


def test_a_retry_that_lets_nothing_through_is_nothing_to_do(
    applied: World, reconciler: Reconciler
) -> None:
    reconciler.steps.append(reconciler.consume)

    result = applied.run(*RETRY)

    assert result.exit_code == 7
    assert "shop/staging begins no deployment for it: nothing is kept back" in result.stderr


def test_a_retry_of_what_is_on_its_way_follows_that(applied: World, reconciler: Reconciler) -> None:
    reconciler.keep(stage(current=1, latest=1), deployment(Phase.PROGRESSING))
    reconciler.steps += [
        reconciler.consume,
        lambda: reconciler.keep(stage(latest=1), deployment(Phase.SUCCEEDED)),
    ]

    assert applied.run(*RETRY).exit_code == 0


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Outcome.REJECTED, 3), (Outcome.SUPERSEDED, 3), (Outcome.DUPLICATE, 7), (Outcome.APPLIED, 0)],
)
def test_a_deploy_that_is_declined_says_why(
    applied: World, reconciler: Reconciler, outcome: Outcome, code: int
) -> None:
    applied.push("shop", "v2", content="two")
    reconciler.steps.append(lambda: reconciler.consume(outcome=outcome, reason="the image is gone"))

    result = applied.run("deploy", "shop/staging", "v2", "--watch", "-o", "ndjson")

    first, *_, last = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == code
    assert "begins no deployment for it: the image is gone" in result.stderr
    assert "next: longshore status shop/staging" in result.stderr
    assert (first["kind"], first["held"]) == ("asked", True)
    assert (last["kind"], last["exit_status"], last["deployment"]) == ("end", code, None)


def test_a_deploy_is_followed(applied: World, reconciler: Reconciler) -> None:
    applied.push("shop", "v2", content="two")
    reconciler.steps += [
        lambda: reconciler.begin(TriggerKind.DEPLOY),
        lambda: reconciler.end(TriggerKind.DEPLOY, Phase.SUCCEEDED),
    ]

    result = applied.run("deploy", "shop/staging", "v2", "--watch")

    assert result.exit_code == 0
    assert "shop/staging is being brought to v2" in result.stdout
    assert "shop/staging#1 succeeded" in result.stdout


def test_a_rollback_that_succeeds_is_0(applied: World, reconciler: Reconciler) -> None:
    reconciler.keep(stage(live=BAD, stable=BAD, earlier=(GOOD,)))
    reconciler.steps += [
        lambda: reconciler.begin(TriggerKind.ROLLBACK),
        lambda: reconciler.end(TriggerKind.ROLLBACK, Phase.SUCCEEDED),
    ]

    result = applied.run("rollback", "shop/staging", "--reason", "wrong", "--watch")

    assert result.exit_code == 0
    assert "shop/staging goes back from 1.5.0" in result.stdout


@pytest.mark.usefixtures("reconciler")
def test_the_time_that_is_waited_to_be_heard_counts(
    applied: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("longshore_cli.pace.monotonic", lambda: 10.0**9)

    result = applied.run(*RETRY, "--timeout", "1m")

    assert result.exit_code == 5
    assert "next: longshore watch shop/staging" in result.stderr


def test_without_watch_ndjson_is_the_one_document(applied: World) -> None:
    result = applied.run(*RETRY[:-1], "-o", "ndjson")

    (line,) = result.stdout.splitlines()
    assert json.loads(line)["reason"] == "again"
