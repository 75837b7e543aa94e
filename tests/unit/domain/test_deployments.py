"""Which phases and legs are at their end."""

import pytest

from longshore.domain.deployments import Leg, LegState, Phase

ENDS = {Phase.SUCCEEDED, Phase.FAILED, Phase.ROLLED_BACK, Phase.SUPERSEDED, Phase.ABORTED}


@pytest.mark.parametrize("phase", Phase)
def test_a_phase_is_terminal_or_something_follows(phase: Phase) -> None:
    assert phase.terminal == (phase in ENDS)


@pytest.mark.parametrize("state", LegState)
def test_only_what_is_over_can_be_good(state: LegState) -> None:
    assert state.over or not state.good


def test_a_leg_has_moved_its_service_once_the_call_may_have_been_made() -> None:
    assert not Leg(LegState.REGISTERING).moved
    assert Leg(LegState.CALLING).moved
    assert Leg(LegState.FAILED, ecs_deployment_id="ecs-svc/1").moved
