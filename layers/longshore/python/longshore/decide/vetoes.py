"""Decide on a veto that a person gives, and on the end of one."""

from longshore.decide.promotion import Stay, declined
from longshore.decide.word import standing
from longshore.domain.holds import Veto
from longshore.domain.releases import Release
from longshore.domain.stages import MOST_GIVEN, StageSnapshot


def decide_veto(snapshot: StageSnapshot, veto: Veto) -> Stay | None:
    """Return why a veto cannot be given, or changes nothing; None where it can be.

    A veto never moves a stage, so what the stage is on, on its way to, or pinned to has none.
    """
    stage, there = snapshot.stage, standing(snapshot)
    if stage.pin is not None and veto.covers(stage.pin.release):
        return declined(f"the stage is {stage.pin.told}: `longshore unpin` it first")
    if snapshot.deployment is not None and veto.covers(snapshot.deployment.release):
        return declined(
            f"{there} is on its way as {snapshot.deployment.name}: `longshore abort` ends that and "
            "vetoes it"
        )
    if stage.live is not None and veto.covers(stage.live):
        return declined(f"{stage.live} is live: `longshore rollback` leaves it and vetoes it")
    known = next((each for each in stage.vetoes if each.content == veto.content), None)
    if known is not None and (known.until is None or known.until == veto.until):
        return Stay(f"{known.release} is vetoed already: {known.told}")
    if known is None and sum(bool(each.actor) for each in stage.vetoes) >= MOST_GIVEN:
        return declined(
            f"people have vetoed {MOST_GIVEN} releases of this stage already: `longshore unveto` "
            "one of them first, or `longshore pin` the release that shall stay"
        )
    return None


def vetoes_of(snapshot: StageSnapshot, release: Release) -> tuple[Veto, ...]:
    """Return the vetoes that say no to just this release, or to these images of one."""
    return tuple(veto for veto in snapshot.stage.vetoes if veto.content == release.content)
