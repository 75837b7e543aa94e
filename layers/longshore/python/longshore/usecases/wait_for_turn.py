"""Wait for tokens in a line: who waits neither crowds at the bucket nor sleeps beside it.

A stage that finds a bucket empty takes a place behind the others and keeps the moment of its turn.
Until then it begins nothing, and looks at nothing that it would begin; what is under way is judged
as ever. A way back stands in no line.
"""

from collections.abc import Sequence
from dataclasses import replace

from longshore.decide.pacing import turn_in
from longshore.domain.configuration import TargetSpec
from longshore.domain.errors import Paced
from longshore.domain.rates import ApiClass
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round


def its_turn(round_: Round) -> bool:
    """Whether a stage may begin something; if not, the round remembers when it may."""
    round_.turn_in = turn_in(round_.stage.turn_at, round_.now)
    return round_.turn_in is None


def expect_tokens(round_: Round, specs: Sequence[TargetSpec]) -> None:
    """Raise Paced where it is known that there are no tokens for all of these targets.

    Whether a target needs a registration shows only when its revision has been looked at. So it
    may wait for a token that it does not need, once.
    """
    ledger, unregistered = round_.ports.ledger, [s for s in specs if _is_unregistered(round_, s)]
    for calls, needed in ((ApiClass.REGISTER, unregistered), (ApiClass.UPDATE, specs)):
        if needed:
            token = round_.token(needed[0].service, calls)
            ledger.expect_tokens(token, len(needed), waited=round_.stage.turn_at is not None)


def stand_in_line(round_: Round, paced: Paced, specs: Sequence[TargetSpec]) -> None:
    """Take a place for these targets behind all who wait, and come back when it is their turn."""
    token = round_.token(specs[0].service, paced.calls)
    turn_at = round_.ports.ledger.stand_in_line(token, token.at + paced.wait, len(specs))
    round_.commit(Changes(stage=replace(round_.stage, turn_at=turn_at)))
    round_.look_again(max(turn_at - token.at, round_.ports.rates.of(paced.calls).interval))


def _is_unregistered(round_: Round, spec: TargetSpec) -> bool:
    return round_.target(spec.service).forward.revision is None
