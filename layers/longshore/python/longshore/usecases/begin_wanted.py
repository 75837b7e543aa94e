"""Begin a deployment that was asked for by name, or say why it does not begin."""

from dataclasses import dataclass, replace

from longshore.decide.promotion import Deploy, Stay
from longshore.domain.actors import name_actor
from longshore.domain.deployments import Trigger, TriggerKind
from longshore.domain.holds import Hold, HoldKind
from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventName, EventOutcome, Outcome
from longshore.domain.stages import StageRecord
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round
from longshore.usecases.start_deployment import start_deployment
from longshore.usecases.write_word import tell_besides


@dataclass(frozen=True, slots=True)
class Left:
    """What a person's word leaves of a stage, apart from the deployment that it begins.

    `told` is what is said of the `stage` besides the `hold` that the word leaves.
    """

    stage: StageRecord
    hold: HoldKind | None = None
    told: tuple[tuple[EventName, str], ...] = ()


def begin_wanted(round_: Round, intent: Intent, move: Deploy, left: Left) -> None:
    """Begin a deployment by a person's word, and write down in the same step that it was heard.

    Where that leaves a hold, it is told; a stage that a person keeps already stays kept as it was.
    """
    reason = f"{name_actor(intent.actor)}: {intent.reason}"
    kind = TriggerKind(intent.kind) if intent.origin is None else TriggerKind.PIPELINE
    heard = Changes(stage=left.stage.without_veto(move.release), consumed=(intent,))
    for event, words in left.told:
        heard = tell_besides(round_, heard, event, words)
    if left.hold is not None and left.stage.paused is None:
        heard = _held(round_, heard, Hold(left.hold, reason, intent.at))
    trigger = Trigger(kind, intent.actor, (intent.id,), intent.origin)
    named = replace(move, reason=f"{move.reason}; {reason}")
    start_deployment(round_, named, trigger, heard)


def decline(round_: Round, intent: Intent, stay: Stay, hold: HoldKind | None = None) -> None:
    """End a wish that begins nothing; it may leave a hold all the same."""
    changes, end, reason = Changes(consumed=(intent,)), stay.outcome, stay.reason
    if hold is not None and round_.stage.paused is None:
        words = f"{name_actor(intent.actor)}: {intent.reason}"
        changes = _held(round_, changes, Hold(hold, words, intent.at))
        end, reason = Outcome.APPLIED, f"{reason}, and is kept there until somebody resumes it"
    outcome = EventOutcome(intent.id, intent.stage, end, reason, round_.now, stay.deployment)
    round_.commit(replace(changes, outcomes=(outcome,)))


def _held(round_: Round, heard: Changes, hold: Hold) -> Changes:
    stage = replace(heard.stage or round_.stage, paused=hold)
    return tell_besides(round_, replace(heard, stage=stage), EventName.STAGE_HELD, hold.told)
