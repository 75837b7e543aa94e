"""Do what people asked of a stage, in the order in which they did."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from longshore.domain.intents import Intent, IntentKind
from longshore.usecases.bring_back import hear_rollbacks
from longshore.usecases.bring_wanted import hear_deploys
from longshore.usecases.let_pass import hear_retries
from longshore.usecases.look_at_registry import Look
from longshore.usecases.pause_stage import hear_pauses, hear_resumes
from longshore.usecases.round import Round

_AT_ONCE: Mapping[IntentKind, Callable[[Round, Sequence[Intent]], None]] = {
    IntentKind.PAUSE: hear_pauses,
    IntentKind.RESUME: hear_resumes,
    IntentKind.ROLLBACK: hear_rollbacks,
}
_WITH_A_LOOK: Mapping[IntentKind, Callable[[Round, Sequence[Intent], Look], None]] = {
    IntentKind.RETRY: hear_retries,
    IntentKind.DEPLOY: hear_deploys,
}


def hear_wishes(round_: Round, look: Look | None = None) -> None:
    """Do what people asked; until the registry was looked at, only what needs no look.

    What was asked for after something that waits for it waits too.
    """
    for kind, wishes in groupby(round_.snapshot.intents, key=lambda intent: intent.kind):
        if hear := _AT_ONCE.get(kind):
            hear(round_, tuple(wishes))
        elif look is not None:
            _WITH_A_LOOK[kind](round_, tuple(wishes), look)
        else:
            return
