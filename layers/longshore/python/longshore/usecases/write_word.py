"""Write down what a person's word makes of a stage, in the step in which it is heard."""

from dataclasses import replace

from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventName, EventOutcome, Outcome
from longshore.domain.stages import StageRecord
from longshore.usecases.outbox import announce_stage
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round


def write_word(
    round_: Round, intent: Intent, stage: StageRecord, told: EventName, reason: str
) -> None:
    """Keep the stage as the word leaves it, tell that, and end the wish."""
    heard = tell_besides(round_, Changes(stage=stage, consumed=(intent,)), told, reason)
    outcome = EventOutcome(intent.id, intent.stage, Outcome.APPLIED, reason, round_.now)
    round_.commit(replace(heard, outcomes=(outcome,)))


def tell_besides(round_: Round, changes: Changes, told: EventName, reason: str) -> Changes:
    """Return the changes with one more thing that is told of the stage in the same step."""
    stage, announced = announce_stage(changes.stage or round_.stage, told, reason, round_.now)
    return replace(changes, stage=stage, announcements=(*changes.announcements, announced))
