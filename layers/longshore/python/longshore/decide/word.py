"""Decide what becomes of a release that a person asks for by name.

A person's word passes holds, vetoes and the rule that nothing goes backwards by itself. It stands
on what the person saw: where the stage has moved on meanwhile, they are asked to look again.
"""

from collections.abc import Iterator

from longshore.decide.promotion import Deploy, Stay, declined
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.releases import Release
from longshore.domain.stages import StageSnapshot


def standing(snapshot: StageSnapshot) -> Release | None:
    """Return the release that a stage is on, or on its way to."""
    flight = snapshot.deployment
    return flight.release if flight is not None else snapshot.stage.live


def way_back(snapshot: StageSnapshot) -> Release | None:
    """Return the release that a rollback goes to where the person names none."""
    return next(ways_back(snapshot), None)


def ways_back(snapshot: StageSnapshot) -> Iterator[Release]:
    """Yield the releases that a rollback may go to where the person names none, newest first.

    Each was verified, is another than the present one, and was not left before.
    """
    there = standing(snapshot)
    for known in snapshot.stage.verified:
        is_other = there is None or known.content != there.content
        if is_other and not snapshot.stage.veto_of(known) and not lacking(snapshot, known):
            yield known


def lacking(snapshot: StageSnapshot, release: Release) -> str:
    """Return the images of the stage that a release has none of, in words; empty where it has all.

    The stage may have been given another image, or took it from elsewhere, since.
    """
    missing = [
        image.alias
        for image in snapshot.spec.images
        if (known := release.image(image.alias)) is None or known.repository != image.repository
    ]
    return ", ".join(missing)


def decide_deploy(snapshot: StageSnapshot, wanted: Release) -> Deploy | Stay:
    """Decide on a release that a person wants deployed; a pin to another one stands against it."""
    flight, live, pin = snapshot.deployment, snapshot.stage.live, snapshot.stage.pin
    if busy := returning(snapshot):
        return busy
    if pin is not None and not pin.covers(wanted):
        return declined(
            f"the stage is {pin.told}; to bring {wanted} all the same: `longshore pin` it in its "
            "place, or `longshore unpin` first"
        )
    if flight is not None and flight.release.content == wanted.content:
        return Stay(f"{wanted} is already on its way as {flight.name}")
    if flight is None and live is not None and live.content == wanted.content:
        return Stay(f"{wanted} is live already")
    return Deploy(wanted, f"a person asked for {wanted}")


def decide_rollback(
    snapshot: StageSnapshot, *, leaving: str | None, to: str | None
) -> Deploy | Stay:
    """Decide on a rollback from one release to another, both by id."""
    there = standing(snapshot)
    if busy := returning(snapshot):
        return busy
    if (there.id if there else None) != leaving:
        now = there or "no release that all services share"
        return declined(f"the stage is on {now} meanwhile: look again, and ask again if need be")
    release = next((known for known in snapshot.stage.verified if known.id == to), None)
    if release is None:
        return declined(f"the stage knows no verified release {to} to go back to")
    if there is not None and there.content == release.content:
        return Stay(f"the stage is on {release} already")
    if missing := lacking(snapshot, release):
        return declined(f"{release} has no image for {missing}, which the stage runs now")
    return Deploy(release, f"a person goes back from {there or 'what runs'} to {release}")


def decide_abort(snapshot: StageSnapshot, number: int | None) -> DeploymentRecord | Stay:
    """Return the deployment that a person may end, or why there is nothing to end.

    A rollback is brought to its end: what it leaves was worse.
    """
    flight = snapshot.deployment
    if flight is None:
        return declined(f"nothing is under way in {snapshot.stage.id}")
    if busy := returning(snapshot):
        return busy
    if flight.number != number:
        return declined(f"{flight.name} is under way meanwhile: look again")
    if flight.is_rollback:
        return declined(
            f"{flight.name} is a rollback, which is not aborted: deploy another release in its "
            "place if need be"
        )
    return flight


def returning(snapshot: StageSnapshot) -> Stay | None:
    """Return why a stage that is being returned takes nobody's word meanwhile."""
    flight = snapshot.deployment
    if flight is None or flight.phase is not Phase.ROLLING_BACK:
        return None
    return declined(f"{flight.name} is being rolled back: ask again when that has ended")
