"""A stage whose choice cannot be found out: told once, ended by itself."""

from dataclasses import replace

from longshore.domain.outcomes import EventName
from longshore.usecases.outbox import announce_stage
from longshore.usecases.ports import Changes
from longshore.usecases.round import Round


def tell_trouble(round_: Round, reason: str) -> None:
    """Record why the stage cannot be read, and tell it unless that has been told."""
    if round_.stage.trouble == reason:
        return
    stage = replace(round_.stage, trouble=reason)
    stage, told = announce_stage(stage, EventName.STAGE_HELD, reason, round_.now)
    round_.commit(Changes(stage=stage, announcements=(told,)))


def end_trouble(round_: Round) -> None:
    """Forget the trouble once everything could be read again."""
    if round_.stage.trouble is not None:
        round_.commit(Changes(stage=replace(round_.stage, trouble=None)))
