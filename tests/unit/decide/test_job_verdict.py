"""What a pipeline is told of its deploy action."""

from dataclasses import replace
from datetime import timedelta

import pytest

from longshore.decide.job_verdict import of_deployment, of_live, unheard, waiting
from longshore.domain.deployments import Phase
from longshore.domain.jobs import Fail, FailureType, GoOn, Progress, Succeed
from longshore.domain.outcomes import Outcome
from longshore.domain.releases import Release, ReleasedImage
from tests.support.builders import REPOSITORY, make_deployment, make_outcome
from tests.support.fakes import NOON

PROGRESS = Progress(NOON, NOON + timedelta(minutes=45), "job-1", asked=True)
DIGEST = "sha256:" + "ab" * 32
LIVE = Release.of([ReleasedImage("app", REPOSITORY, DIGEST, "v2", NOON)])


@pytest.mark.parametrize("phase", Phase)
def test_each_phase_has_its_answer(phase: Phase) -> None:
    deployment = replace(make_deployment(), phase=phase, reason="so it is")

    answer = of_deployment(deployment, PROGRESS, NOON, 50)

    match phase:
        case Phase.SUCCEEDED:
            assert isinstance(answer, Succeed)
        case Phase.SUPERSEDED:
            assert isinstance(answer, Fail)
            assert answer.type is FailureType.OUT_OF_SYNC
        case Phase.FAILED | Phase.ROLLED_BACK | Phase.ABORTED:
            assert answer == Fail(
                FailureType.JOB_FAILED, "checkout/production#1: so it is", "checkout/production#1"
            )
        case _:
            assert answer == GoOn(PROGRESS, f"checkout/production#1: {phase}", 50)


def test_a_success_tells_how_long_it_took() -> None:
    ended = NOON + timedelta(seconds=93)
    done = replace(make_deployment(), phase=Phase.SUCCEEDED, finished_at=ended)

    answer = of_deployment(done, PROGRESS, NOON + timedelta(hours=1), 99)

    assert isinstance(answer, Succeed)
    assert answer.variables["duration"] == "93"


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=9)])
def test_an_action_ends_at_its_time(late: timedelta) -> None:
    answer = waiting(PROGRESS, PROGRESS.until + late)

    assert isinstance(answer, Fail)
    assert answer.message.startswith("it has not ended within 45 minutes (waits for its turn")


def test_till_then_it_goes_on() -> None:
    just_before = PROGRESS.until - timedelta(seconds=1)

    assert waiting(PROGRESS, just_before) == GoOn(PROGRESS, "waits for its turn in the stage", 0)


@pytest.mark.parametrize("outcome", Outcome)
def test_only_what_was_applied_or_is_there_has_a_verdict_to_wait_for(outcome: Outcome) -> None:
    failure = unheard(make_outcome(outcome=outcome))

    if outcome in {Outcome.APPLIED, Outcome.DUPLICATE}:
        assert failure is None
    else:
        assert failure == Fail(FailureType.OUT_OF_SYNC, f"nothing was deployed: it was {outcome}")


@pytest.mark.parametrize("wanted", [(), (("app", "abababababab"),)])
def test_what_is_live_as_it_was_wanted_succeeds(wanted: tuple[tuple[str, str], ...]) -> None:
    answer = of_live(LIVE, replace(PROGRESS, wanted=wanted), NOON)

    assert isinstance(answer, Succeed)
    assert answer.variables["digest"] == DIGEST


@pytest.mark.parametrize("wanted", [("app", "cdcdcdcdcdcd"), ("other", "abababababab")])
@pytest.mark.parametrize("live", [LIVE, None])
def test_what_took_the_place_of_it_is_no_success(
    live: Release | None, wanted: tuple[str, str]
) -> None:
    answer = of_live(live, replace(PROGRESS, wanted=(wanted,)), NOON)

    there = "v2 (abababababab)" if live else "something else"
    assert answer == Fail(
        FailureType.OUT_OF_SYNC,
        f"it was live when the pipeline asked, and {there} has taken its place",
    )
