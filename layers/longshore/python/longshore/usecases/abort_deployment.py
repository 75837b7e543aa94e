"""End a deployment under way by a person's word: veto its release and take the way back."""

from collections.abc import Sequence

from longshore.decide.promotion import Stay
from longshore.decide.settlement import Fault
from longshore.decide.word import decide_abort
from longshore.domain.actors import name_actor
from longshore.domain.failures import Failure
from longshore.domain.intents import Intent
from longshore.domain.outcomes import EventOutcome, Outcome
from longshore.usecases.begin_wanted import decline
from longshore.usecases.ports import Changes
from longshore.usecases.return_stage import begin_return
from longshore.usecases.round import Round


def hear_aborts(round_: Round, intents: Sequence[Intent]) -> None:
    """End the deployment that the person saw, or say why there is nothing to end.

    The word, the veto and the beginning of the way back are one transition.
    """
    for intent in intents:
        answer = decide_abort(round_.snapshot, intent.number)
        if isinstance(answer, Stay):
            decline(round_, intent, answer)
            continue
        reason = f"{name_actor(intent.actor)} aborted it: {intent.reason}"
        outcome = EventOutcome(
            intent.id, intent.stage, Outcome.APPLIED, reason, round_.now, answer.number
        )
        heard = Changes(consumed=(intent,), outcomes=(outcome,))
        failure = Failure(f"{reason.rstrip('.')}.")  # a sentence: what comes then follows it
        begin_return(round_, answer, failure, Fault.RELEASE, heard)
