"""Do what people asked of a stage, in the order in which they did."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from longshore.decide.promotion import Stay, declined
from longshore.domain.holds import until_text
from longshore.domain.intents import BEGINNING, Intent, IntentKind
from longshore.domain.outcomes import Outcome
from longshore.usecases.abort_deployment import hear_aborts
from longshore.usecases.begin_wanted import decline
from longshore.usecases.bring_back import hear_rollbacks
from longshore.usecases.bring_wanted import hear_deploys
from longshore.usecases.let_pass import hear_retries
from longshore.usecases.look_at_registry import Look
from longshore.usecases.observe_stage import OBSERVED
from longshore.usecases.pause_stage import hear_pauses, hear_resumes
from longshore.usecases.pin_stage import hear_pins, hear_unpins
from longshore.usecases.round import Round
from longshore.usecases.veto_release import hear_unvetoes, hear_vetoes

_AT_ONCE: Mapping[IntentKind, Callable[[Round, Sequence[Intent]], None]] = {
    IntentKind.PAUSE: hear_pauses,
    IntentKind.RESUME: hear_resumes,
    IntentKind.ROLLBACK: hear_rollbacks,
    IntentKind.PIN: hear_pins,
    IntentKind.UNPIN: hear_unpins,
    IntentKind.VETO: hear_vetoes,
    IntentKind.UNVETO: hear_unvetoes,
    IntentKind.ABORT: hear_aborts,
}
_WITH_A_LOOK: Mapping[IntentKind, Callable[[Round, Sequence[Intent], Look], None]] = {
    IntentKind.RETRY: hear_retries,
    IntentKind.DEPLOY: hear_deploys,
    IntentKind.PIN: hear_pins,
}


def hear_wishes(round_: Round, look: Look | None = None, *, away: bool = False) -> None:
    """Do what people asked; until the registry was looked at, only what needs no look.

    What was asked for after something that waits for it waits too. Where the registry is `away`
    it does not: then what waits gives way to what was asked after it. What would begin something
    in a stage that only observes, or under a freeze, is declined and waits for nothing.
    """
    _end_what_is_over(round_)
    intents = round_.snapshot.intents
    for (kind, waits), wishes in groupby(intents, key=lambda wish: (wish.kind, _waits(wish))):
        some = tuple(wishes)
        if refusal := _refusal(round_, kind):
            _decline_all(round_, some, declined(refusal))
        elif not waits:
            _AT_ONCE[kind](round_, some)
        elif look is not None:
            _WITH_A_LOOK[kind](round_, some, look)
        elif away and (later := _at_once_after(intents, some[-1])) is not None:
            _give_way(round_, some, later)
        else:
            return


def _end_what_is_over(round_: Round) -> None:
    """Decline what should have ended before anybody heard it: it would begin now for nothing."""
    for wish in round_.snapshot.intents:
        if wish.until is not None and wish.until <= round_.now:
            reason = f"{wish.told}{until_text(wish.until)}, which was over before it was heard"
            decline(round_, wish, declined(reason))


def _waits(wish: Intent) -> bool:
    """Whether a wish can be heard only once the registry was looked at; a known pin can before."""
    return wish.kind in _WITH_A_LOOK and (wish.kind is not IntentKind.PIN or bool(wish.images))


def _at_once_after(intents: Sequence[Intent], wish: Intent) -> Intent | None:
    later = intents[intents.index(wish) + 1 :]
    return next((intent for intent in later if not _waits(intent)), None)


def _give_way(round_: Round, wishes: Sequence[Intent], later: Intent) -> None:
    """End wishes that nobody could look up before something else was asked for."""
    reason = f"the registry could not be read before {later.told}; ask again if need be"
    _decline_all(round_, wishes, Stay(reason, Outcome.SUPERSEDED))


def _decline_all(round_: Round, wishes: Sequence[Intent], stay: Stay) -> None:
    for wish in wishes:
        decline(round_, wish, stay)


def _refusal(round_: Round, kind: IntentKind) -> str:
    """Say why nothing of this kind may begin in the stage now; empty where it may."""
    snapshot = round_.snapshot
    if snapshot.observing and kind in BEGINNING:
        return f"{snapshot.stage.id}: {OBSERVED}"
    freeze = snapshot.freeze
    if freeze is not None and kind in {IntentKind.RETRY, IntentKind.DEPLOY}:
        return f"{freeze.told}; ask again after `longshore unfreeze {freeze.arguments}`"
    return ""
