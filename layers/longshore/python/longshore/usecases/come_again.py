"""Wake a stage again that could not be worked on, or not to the end.

Whatever carries an event goes again as often as it takes, for each event ends in each stage. What
carries nothing goes along, or a few times as one; then the sweep sees to the stage.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from longshore.decide.backoff import TRIES_FOR_NOTHING, look_after, wait_after
from longshore.domain.errors import Conflict, LongshoreError
from longshore.domain.places import StageId
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.round import OutOfTimeError, Ports, Round

LONGEST_DELAY = timedelta(minutes=15)
"""What a wake-up can be delayed at most; who has to wait longer, for a very low rate, asks anew."""

_LOOK = frozenset({Hint.ECS})


def come_again(
    wakeups: Sequence[Wakeup], error: LongshoreError, ports: Ports, round_: Round | None
) -> None:
    """Send wake-ups again, later with each try that came to nothing.

    A try that got ECS to do something counts as the first; one that only ran out of time then goes
    on at once. A lost race is over at once and waits no longer than the first time.
    """
    stage, far = wakeups[0].stage, round_ is not None and round_.ecs_writes > 0
    tried = [replace(wakeup, busy=0) for wakeup in wakeups] if far else wakeups
    for wakeup in _merged(stage, tried):
        if far and isinstance(error, OutOfTimeError):
            delay = timedelta()
        else:
            steps = 0 if isinstance(error, Conflict) else wakeup.busy
            delay = wait_after(stage, steps, ports.clock.now())
        ports.wakeups.send([replace(wakeup, busy=wakeup.busy + 1)], delay=delay)


def go_on(round_: Round, wakeups: Sequence[Wakeup]) -> None:
    """Wake a stage again for what is left of a round that ended normally.

    What is looked for in vain is looked for less and less often.
    """
    stage, now = round_.stage.id, round_.ports.clock.now()
    chain = [w.attempt for w in wakeups if not w.carries]
    looks = 0 if round_.ecs_writes else max(chain, default=0)
    search = look_after(stage, looks, now) if round_.searching else None
    turn = _next_turn(round_, wakeups)
    if turn is not None and (search is None or turn <= search):
        round_.ports.wakeups.send([Wakeup(stage, _LOOK)], delay=min(turn, LONGEST_DELAY))
    elif search is not None:
        round_.ports.wakeups.send([Wakeup(stage, _LOOK, attempt=looks + 1)], delay=search)


def _next_turn(round_: Round, wakeups: Sequence[Wakeup]) -> timedelta | None:
    """Return when to go on with what is left: at once, or when its turn comes.

    Who came too early for a turn comes again for it. An event, a sweep or a person came for
    something else: somebody is under way for the turn, unless the round that would have sent them
    came to nothing. Else each sweep of a long wait would send one more, who never ends.
    """
    came_for_it = any(w.busy or (w.hints == _LOOK and not w.carries) for w in wakeups)
    return round_.turn_in if round_.again_in is None and came_for_it else round_.again_in


def _merged(stage: StageId, wakeups: Sequence[Wakeup]) -> list[Wakeup]:
    """Return what goes again: ECS is looked at then, whatever the reason was."""
    carrying = [w for w in wakeups if w.carries]
    empty = [w for w in wakeups if not w.carries]
    hints = _LOOK.union(*(w.hints for w in empty))
    if carrying:
        return [replace(w, hints=w.hints | hints) for w in carrying]
    busy, attempt = max(w.busy for w in empty), max(w.attempt for w in empty)
    one = Wakeup(stage, hints, attempt=attempt, busy=busy)
    return [one] if busy < TRIES_FOR_NOTHING else []
