"""Decide what becomes of a release that a pipeline asks for.

A pipeline is no person: what it asks for passes nothing that keeps a release back, and goes no way
back. Executions overtake one another, are retried and run late; the newest release wins all the
same, as it does among pushes.
"""

from dataclasses import replace

from longshore.decide.promotion import Deploy, HoldBack, Stay, decide_move
from longshore.domain.outcomes import Outcome
from longshore.domain.releases import Release
from longshore.domain.stages import StageSnapshot

BY_HAND = "; to go there on purpose: `longshore deploy`"


def decide_pipeline(snapshot: StageSnapshot, wanted: Release) -> Deploy | Stay:
    """Decide on a release as on a policy's choice; what is kept back is declined, not waited for.

    A pipeline that waits holds up what comes after it, and nobody sees why.
    """
    match decide_move(snapshot, wanted):
        case Deploy(reason=reason):
            return Deploy(wanted, f"a pipeline asked for {wanted}: {reason}")
        case HoldBack(reason=reason):
            return Stay(reason + BY_HAND, Outcome.REJECTED)
        case Stay(outcome=Outcome.DUPLICATE) as stay:
            return stay
        case Stay() as stay:
            return replace(stay, outcome=Outcome.REJECTED)
