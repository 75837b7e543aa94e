"""Decide what becomes of a release that a person wants a stage to stay on.

It stands on what the person saw: the release in place, and the one that the stage was pinned to.
Where either has changed since, they are asked to look again.
"""

from dataclasses import dataclass
from datetime import datetime

from longshore.decide.promotion import Deploy, Stay, declined
from longshore.decide.word import lacking, returning, standing
from longshore.domain.holds import until_text
from longshore.domain.releases import Release
from longshore.domain.stages import StageSnapshot


@dataclass(frozen=True, slots=True)
class Keep:
    """Stay on this release: the stage is on it, or on its way there."""

    release: Release
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw of a stage: the ids of the release in place and of the pinned one."""

    there: str | None
    pinned: str | None


def known_release(snapshot: StageSnapshot, release_id: str | None) -> Release | None:
    """Return the release in place, or a verified one, by its id."""
    known = (standing(snapshot), snapshot.stage.live, *snapshot.stage.verified)
    return next((each for each in known if each is not None and each.id == release_id), None)


def decide_pin(
    snapshot: StageSnapshot, wanted: Release, seen: Seen, until: datetime | None
) -> Deploy | Keep | Stay:
    """Decide on a release that a person pins, until a moment or for good."""
    there, pin = standing(snapshot), snapshot.stage.pin
    if refusal := returning(snapshot) or _outdated(snapshot, seen):
        return refusal
    if pin is not None and pin.covers(wanted) and pin.until == until:
        return Stay(f"the stage is {pin.told} already")
    if missing := lacking(snapshot, wanted):
        return declined(f"{wanted} has no image for {missing}, which the stage runs now")
    if there is not None and there.content == wanted.content:
        return Keep(there, f"the stage stays on {there}{until_text(until)}")
    return Deploy(wanted, f"a person pinned the stage to {wanted}{until_text(until)}")


def _outdated(snapshot: StageSnapshot, seen: Seen) -> Stay | None:
    there, pin = standing(snapshot), snapshot.stage.pin
    if (pin.release.id if pin else None) != seen.pinned:
        now = pin.told if pin else "pinned to nothing any more"
    elif (there.id if there else None) != seen.there:
        now = f"on {there or 'no release that all services share'} meanwhile"
    else:
        return None
    return declined(f"the stage is {now}: look again, and ask again if need be")
