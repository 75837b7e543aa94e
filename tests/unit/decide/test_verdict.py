"""The verdict is that of our deployment, by its id."""

from dataclasses import replace
from datetime import datetime

import pytest

from longshore.decide import verdict
from longshore.decide.verdict import STALE_FOR, may_call_again, still_there
from longshore.domain.deployments import Leg, LegState
from longshore.domain.observations import EcsDeployment, EcsService, RolloutState
from tests.support.fakes import NOON

OLD, NEW, OTHER = "arn:x/web:1", "arn:x/web:2", "arn:x/web:3"
CALLING = Leg(LegState.CALLING, revision=NEW, origins=(OLD,), present=("ecs-svc/1",))
ROLLING = replace(CALLING, state=LegState.ROLLING, ecs_deployment_id="ecs-svc/2")


def judge(leg: Leg, service: EcsService | None, now: datetime = NOON) -> Leg:
    return verdict.judge(leg, service, now)


def make_service(*deployments: EcsDeployment, desired: int = 2) -> EcsService:
    return EcsService("ACTIVE", "ECS", "ROLLING", desired, NEW, deployments)


def make_entry(
    number: int,
    revision: str,
    rollout: RolloutState = RolloutState.IN_PROGRESS,
    *,
    primary: bool = True,
) -> EcsDeployment:
    return EcsDeployment(f"ecs-svc/{number}", revision, primary, rollout)


@pytest.mark.parametrize(
    ("rollout", "expected"),
    [
        (RolloutState.IN_PROGRESS, LegState.ROLLING),
        (RolloutState.COMPLETED, LegState.COMPLETED),
        (RolloutState.FAILED, LegState.FAILED),
    ],
)
def test_the_rollout_state_of_our_deployment_decides(
    rollout: RolloutState, expected: LegState
) -> None:
    assert judge(ROLLING, make_service(make_entry(2, NEW, rollout))).state is expected


def test_a_stable_service_after_a_breakers_rollback_is_a_failure() -> None:
    service = make_service(
        make_entry(3, OLD, RolloutState.COMPLETED),
        make_entry(2, NEW, RolloutState.FAILED, primary=False),
    )

    assert judge(ROLLING, service).state is LegState.FAILED


def test_our_deployment_gone_and_the_old_revision_back_is_a_failure() -> None:
    service = make_service(make_entry(3, OLD, RolloutState.COMPLETED))
    leg = replace(ROLLING, unseen_since=NOON - STALE_FOR)

    judged = judge(leg, service)

    assert judged.state is LegState.FAILED
    assert "taken back to web:1" in judged.reason


def test_what_was_under_way_at_the_call_may_be_what_the_breaker_goes_back_to() -> None:
    """It was completed between the look and the call, and is the last that was."""
    before = make_service(
        make_entry(1, OTHER), make_entry(0, OLD, RolloutState.COMPLETED, primary=False)
    )
    leg = replace(ROLLING, origins=before.origins, unseen_since=NOON - STALE_FOR)
    assert before.origins == (OLD, OTHER)

    for revision in (OLD, OTHER):
        taken_back = make_service(make_entry(3, revision, RolloutState.COMPLETED))
        assert judge(leg, taken_back).state is LegState.FAILED


def test_many_quick_looks_without_our_deployment_are_no_verdict() -> None:
    judged = ROLLING
    for _ in range(5):
        judged = judge(judged, make_service(make_entry(1, OLD)))

    assert (judged.state, judged.unseen_since) == (LegState.ROLLING, NOON)


def test_another_revision_in_our_place_was_someone_else() -> None:
    service = make_service(make_entry(3, OTHER), make_entry(2, NEW, primary=False))

    assert judge(ROLLING, service).state is LegState.REPLACED


def test_a_forced_redeployment_of_our_revision_is_followed() -> None:
    service = make_service(make_entry(3, NEW), make_entry(2, NEW, primary=False))

    judged = judge(ROLLING, service)

    assert (judged.state, judged.ecs_deployment_id) == (LegState.ROLLING, "ecs-svc/3")


def test_a_forced_redeployment_that_is_over_is_judged_at_once() -> None:
    forced = make_entry(3, NEW, RolloutState.COMPLETED)
    service = make_service(forced, make_entry(2, NEW, primary=False))

    assert judge(ROLLING, service).state is LegState.COMPLETED


def test_nobody_ran_it_when_the_desired_count_is_zero() -> None:
    service = make_service(make_entry(2, NEW, RolloutState.COMPLETED), desired=0)

    assert judge(ROLLING, service).state is LegState.UNPROVEN


@pytest.mark.parametrize("service", [None, replace(make_service(), status="INACTIVE")])
def test_a_service_that_is_gone_ends_the_leg(service: EcsService | None) -> None:
    assert judge(ROLLING, service).state is LegState.GONE


def test_after_an_unknown_reply_a_newcomer_of_our_revision_is_ours() -> None:
    service = make_service(make_entry(2, NEW), make_entry(1, OLD, primary=False))

    judged = judge(CALLING, service)

    assert (judged.state, judged.ecs_deployment_id) == (LegState.ROLLING, "ecs-svc/2")


def test_a_deployment_that_was_present_before_the_call_is_not_ours() -> None:
    leg = replace(CALLING, present=("ecs-svc/1", "ecs-svc/2"))

    assert judge(leg, make_service(make_entry(2, NEW))).ecs_deployment_id is None


def test_a_call_without_trace_may_be_made_again_once_no_look_can_be_stale() -> None:
    service = make_service(make_entry(1, OLD))
    first = judge(CALLING, service)
    later = judge(first, service, NOON + STALE_FOR)

    assert not may_call_again(CALLING, NOON)
    assert not may_call_again(first, NOON)
    assert later.state is LegState.CALLING
    assert may_call_again(later, NOON + STALE_FOR)


def test_a_call_that_took_effect_and_was_taken_back_is_not_made_again() -> None:
    service = make_service(make_entry(3, OLD))
    leg = replace(CALLING, unseen_since=NOON - STALE_FOR)

    judged = judge(leg, service)

    assert judged.state is LegState.FAILED
    assert not may_call_again(judged, NOON)


@pytest.mark.parametrize("state", [s for s in LegState if s.over or s is LegState.PLANNED])
def test_what_is_over_or_has_not_begun_stays_as_it_is(state: LegState) -> None:
    leg = replace(ROLLING, state=state)

    assert judge(leg, None) == leg


def test_a_deployment_that_is_not_primary_while_nothing_is_goes_on() -> None:
    assert judge(ROLLING, make_service(make_entry(2, NEW, primary=False))) == ROLLING


CALLED = NOON - STALE_FOR
COMPLETED = replace(ROLLING, state=LegState.COMPLETED, called_at=CALLED)
LATE = replace(ROLLING, called_at=CALLED)
FAILED = replace(LATE, state=LegState.FAILED)


@pytest.mark.parametrize(
    "primary",
    [
        make_entry(2, NEW, RolloutState.COMPLETED),
        make_entry(3, NEW),  # somebody forced a new deployment of it
        make_entry(1, OLD, RolloutState.COMPLETED),  # it was there before: a stale look
    ],
)
def test_what_came_up_and_is_there_still_stays_good(primary: EcsDeployment) -> None:
    assert still_there(COMPLETED, make_service(primary), NOON) == COMPLETED


@pytest.mark.parametrize("service", [None, make_service()])
def test_a_service_that_is_not_shown_was_taken_by_nobody(service: EcsService | None) -> None:
    assert still_there(COMPLETED, service, NOON) == COMPLETED


@pytest.mark.parametrize(
    ("leg", "revision", "expected"),
    [
        (COMPLETED, OTHER, LegState.REPLACED),
        (COMPLETED, OLD, LegState.REPLACED),
        (FAILED, OTHER, LegState.REPLACED),
        (FAILED, OLD, LegState.FAILED),  # a circuit breaker went back
        (FAILED, NEW, LegState.FAILED),
        (LATE, OTHER, LegState.REPLACED),
        (LATE, OLD, LegState.ROLLING),
        (replace(FAILED, ecs_deployment_id=None), OTHER, LegState.FAILED),  # nothing was called
        (replace(FAILED, called_at=NOON), OTHER, LegState.FAILED),  # perhaps from before the call
        (replace(FAILED, called_at=None), OTHER, LegState.FAILED),
        (replace(FAILED, state=LegState.GONE), OTHER, LegState.GONE),
    ],
)
def test_what_was_moved_since_our_call_is_another_hands(
    leg: Leg, revision: str, expected: LegState
) -> None:
    there = still_there(leg, make_service(make_entry(3, revision)), NOON)

    assert there.state is expected
    if expected is LegState.REPLACED:
        assert there.reason.startswith("another deployment took the service to web:")
