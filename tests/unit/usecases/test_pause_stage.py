"""A person's pause keeps back what comes by itself, stops nothing, and ends by a person's word."""

from dataclasses import replace
from datetime import timedelta

from longshore.domain.deployments import Phase
from longshore.domain.errors import NotPermitted
from longshore.domain.holds import HoldKind
from longshore.domain.intents import IntentKind
from longshore.domain.outcomes import EventName, Outcome
from longshore_local.ecs.images import Runs
from tests.support.builders import make_digest
from tests.support.harbour import Harbour
from tests.support.voyages import CRASH, MAIN, make_harbour, of_digest


def paused(reason: str = "freeze") -> Harbour:
    harbour = make_harbour()
    harbour.ask(IntentKind.PAUSE, reason)
    harbour.run(minutes=1)
    return harbour


def test_a_paused_stage_says_why_it_does_not_move_and_ships_when_it_is_resumed() -> None:
    harbour = paused("freeze until Monday")

    harbour.push(2)
    harbour.run(minutes=40)
    hold = harbour.snapshot.stage.paused

    assert hold is not None
    assert (hold.kind, hold.release) == (HoldKind.PAUSED, None)
    assert hold.reason == "arn:of:somebody paused it: freeze until Monday"
    assert harbour.running() == MAIN
    assert set(harbour.ends().values()) >= {Outcome.HELD}
    assert harbour.ecs.writes() == []

    harbour.ask(IntentKind.RESUME, "Monday")
    harbour.run(minutes=5)

    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.paused is None
    assert harbour.told()[1:4] == [
        EventName.STAGE_PAUSED,
        EventName.STAGE_RESUMED,
        EventName.DEPLOYMENT_STARTED,
    ]


def test_what_is_under_way_goes_on_and_is_not_overtaken() -> None:
    harbour = make_harbour()
    harbour.push(2)
    harbour.run(minutes=0.1)
    assert harbour.snapshot.deployment is not None

    harbour.ask(IntentKind.PAUSE)
    harbour.push(3)
    harbour.run(minutes=30)

    assert harbour.deployment(1).phase is Phase.SUCCEEDED
    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.latest == 1


def test_what_fails_is_taken_back_and_the_pause_stays() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=0.1)

    harbour.ask(IntentKind.PAUSE)
    harbour.run(minutes=50)

    assert harbour.deployment(1).phase is Phase.ROLLED_BACK
    assert harbour.snapshot.stage.paused is not None
    assert harbour.running() == MAIN


def test_what_a_person_asks_for_passes_a_pause_which_stays() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    harbour.run(minutes=50)
    harbour.conduct[make_digest(2)] = Runs()
    harbour.ask(IntentKind.PAUSE)
    harbour.run(minutes=1)

    harbour.retry()
    harbour.run(minutes=10)
    harbour.push(3)
    harbour.run(minutes=20)

    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.paused is not None


def test_a_configuration_that_is_to_be_deployed_passes_a_pause_which_stays() -> None:
    harbour = paused()
    harbour.push(2)
    harbour.run(minutes=1)

    harbour.apply(replace(harbour.spec, deadline=timedelta(minutes=31)), deploy=True)
    harbour.run(minutes=10)

    assert harbour.running() == of_digest(2)
    assert harbour.snapshot.stage.paused is not None


def test_who_pauses_has_the_last_word_over_a_retry_that_has_not_begun() -> None:
    harbour = make_harbour()
    harbour.push(2, conduct=CRASH)
    while not _is_returning(harbour):
        harbour.run(minutes=0.2)
    harbour.conduct.clear()

    harbour.retry()
    harbour.run(minutes=0.01)
    assert harbour.snapshot.stage.allowance is not None
    harbour.ask(IntentKind.PAUSE)
    harbour.run(minutes=60)

    assert harbour.snapshot.stage.latest == 1
    assert harbour.running() == MAIN


def _is_returning(harbour: Harbour) -> bool:
    flight = harbour.snapshot.deployment
    return flight is not None and flight.phase is Phase.ROLLING_BACK


def test_what_is_so_already_changes_and_tells_nothing() -> None:
    harbour = make_harbour()
    told = len(harbour.told())

    nothing = harbour.ask(IntentKind.RESUME)
    harbour.run(minutes=1)
    assert harbour.ends()[nothing] == Outcome.DUPLICATE
    assert len(harbour.told()) == told

    first, second = harbour.ask(IntentKind.PAUSE, "one"), harbour.ask(IntentKind.PAUSE, "two")
    harbour.run(minutes=1)
    ends = harbour.ends()

    assert (ends[first], ends[second]) == (Outcome.APPLIED, Outcome.DUPLICATE)
    assert harbour.snapshot.stage.paused is not None
    assert harbour.snapshot.stage.paused.reason.endswith(": one")
    assert harbour.told()[told:] == [EventName.STAGE_PAUSED]


def test_the_last_word_counts_also_where_both_are_heard_at_once() -> None:
    harbour = make_harbour()

    harbour.ask(IntentKind.PAUSE)
    harbour.ask(IntentKind.RESUME)
    harbour.push(2)
    harbour.run(minutes=5)

    assert harbour.running() == of_digest(2)


def test_a_pause_is_heard_although_the_registry_may_not_be_read() -> None:
    harbour = make_harbour()
    harbour.registry.failure = NotPermitted("role R may not ecr:DescribeImages on checkout")

    harbour.ask(IntentKind.PAUSE)
    harbour.run(minutes=1)

    assert harbour.snapshot.stage.paused is not None
    assert harbour.snapshot.intents == ()
