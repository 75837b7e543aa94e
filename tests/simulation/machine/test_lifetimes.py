"""Any order of facts keeps the invariants; terminal phases absorb."""

from hypothesis.stateful import run_state_machine_as_test

from longshore.domain.deployments import LegState, Phase
from longshore.domain.outcomes import Outcome
from tests.simulation.machine.profile import examples
from tests.simulation.machine.stage_machine import StageMachine

PHASES = {
    Phase.PROGRESSING,
    Phase.ROLLING_BACK,
    Phase.SUCCEEDED,
    Phase.FAILED,
    Phase.ROLLED_BACK,
    Phase.SUPERSEDED,
    Phase.ABORTED,
}
REACHED = {
    *(f"phase {phase}" for phase in PHASES),
    *(f"forward {state}" for state in LegState),
    *(f"backward {state}" for state in LegState),
    *(f"outcome {outcome}" for outcome in Outcome),
    "Conflict",
    "Paced",
    "rival",
}
"""What the examples must have come through, or the machine would prove little."""


def test_any_order_of_facts_keeps_the_invariants() -> None:
    StageMachine.seen.clear()

    run_state_machine_as_test(StageMachine, settings=examples(400, steps=40))

    assert StageMachine.seen.keys() >= REACHED
