"""Which states may follow one another: of a leg, and of a deployment."""

from collections.abc import Mapping

from longshore.domain.deployments import Leg, LegState, Phase

_ENDS = frozenset(state for state in LegState if state.over)
_BEGUN = frozenset(LegState) - {LegState.PLANNED}

LEG_STEPS: Mapping[LegState, frozenset[LegState]] = {
    LegState.PLANNED: frozenset(LegState),
    LegState.REGISTERING: _BEGUN,
    LegState.CALLING: _BEGUN,  # back to registering, where a call took no effect
    LegState.ROLLING: _ENDS | {LegState.ROLLING},
}

PHASE_STEPS: Mapping[Phase, frozenset[Phase]] = {
    Phase.PROGRESSING: frozenset(
        {Phase.ROLLING_BACK, Phase.SUCCEEDED, Phase.FAILED, Phase.ABORTED, Phase.SUPERSEDED}
    ),
    # Nothing supersedes a way back, and it is never itself taken back.
    Phase.ROLLING_BACK: frozenset({Phase.ROLLED_BACK, Phase.FAILED, Phase.ABORTED}),
}


def leg_may_become(before: Leg, after: Leg) -> bool:
    """Whether one way of a target may go on like this within one deployment."""
    if before.state.over:  # what had come up may be another hand's before the rest is over
        return before == after or (before.state.good and after.state is LegState.REPLACED)
    if before.state is LegState.ROLLING and before.revision != after.revision:
        return False
    return after.state in LEG_STEPS[before.state]
