"""Decide whether a stage moves to the release that its policies choose.

What keeps it back is asked in this order: a pin to another release, a freeze, a person's pause, a
hold, a veto, the rule that nothing goes backwards by itself. What a person lets through passes all
of them but the pin and the freeze. Every answer has a reason that a person can read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from longshore.decide.versions import parse_version
from longshore.domain.configuration import StageImage
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.holds import Hold, HoldKind
from longshore.domain.outcomes import Outcome
from longshore.domain.policies import SemverPolicy
from longshore.domain.releases import Release, ReleasedImage, short_digest
from longshore.domain.stages import StageRecord, StageSnapshot


@dataclass(frozen=True, slots=True)
class Deploy:
    """Begin a deployment of this release."""

    release: Release
    reason: str


@dataclass(frozen=True, slots=True)
class HoldBack:
    """Do not deploy this release; make it known under a name."""

    kind: HoldKind
    release: Release
    reason: str


@dataclass(frozen=True, slots=True)
class Stay:
    """There is nothing to do, or not now; `outcome` is what the asking events end as.

    `deployment` is the number of the one under way that does it already.
    """

    reason: str
    outcome: Outcome = Outcome.DUPLICATE
    deployment: int | None = None


Move = Deploy | HoldBack | Stay


def declined(reason: str) -> Stay:
    """Return that a person's word changes nothing, and why."""
    return Stay(reason, Outcome.REJECTED)


def decide_move(snapshot: StageSnapshot, candidate: Release) -> Move:
    """Decide what becomes of the policies' choice in a stage as it is."""
    stage, flight = snapshot.stage, snapshot.deployment
    if flight is not None and flight.phase is Phase.ROLLING_BACK:
        return Stay(
            f"{flight.name} is being rolled back; the choice is looked at again when that ends",
            Outcome.HELD,
        )
    if flight is not None and flight.release.content == candidate.content:
        reason = f"{candidate} is already on its way as {flight.name}"
        return Stay(reason, deployment=flight.number)
    if flight is None and stage.live is not None and stage.live.content == candidate.content:
        return Stay(_same_digest(stage.live, candidate))
    if barred := _barred(snapshot, candidate):
        return Stay(f"{candidate} waits: {barred}", Outcome.HELD)
    if stage.allows(candidate):
        return Deploy(candidate, f"a person let {candidate} through")
    return _kept_back(snapshot, candidate) or _forward(snapshot, candidate)


def _barred(snapshot: StageSnapshot, candidate: Release) -> str:
    """Say what no word of a person passes that lets a release through; empty where nothing does."""
    pin, freeze = snapshot.stage.pin, snapshot.freeze
    if pin is not None and not pin.covers(candidate):
        return pin.told
    return freeze.told if freeze is not None else ""


def _kept_back(snapshot: StageSnapshot, candidate: Release) -> Stay | None:
    stage = snapshot.stage
    for hold in (stage.paused, stage.hold):
        if hold is not None and hold.covers(candidate):
            return Stay(hold.told, Outcome.HELD)
    veto = stage.veto_of(candidate)
    if veto is not None:
        known_as = f" (vetoed as {veto.release})" if veto.release.id != candidate.id else ""
        return Stay(f"{candidate} is vetoed{known_as}: {veto.told}", Outcome.HELD)
    return None


def _forward(snapshot: StageSnapshot, candidate: Release) -> Move:
    flight = snapshot.deployment
    stage, images = snapshot.stage, snapshot.spec.images
    hold, reference = stage.hold, _reference(stage, flight)
    if flight is None and _is_lost(stage, candidate):
        return Deploy(candidate, f"{candidate} was verified last, and is not live any more")
    if hold is not None and not _is_newer_than_held(images, hold, candidate):
        return Stay(f"{candidate} is not newer; {hold.told}", Outcome.HELD)
    for image in images:
        older = reference is not None and _older(image, reference, candidate)
        if older:
            return HoldBack(HoldKind.MOVED_BACK, candidate, older)
    for veto in reversed([veto for veto in stage.vetoes if not veto.actor]):
        if not _is_newer(images, veto.release, veto.since, candidate):
            reason = f"{candidate} is not newer than {veto.release}, which is vetoed: {veto.reason}"
            return HoldBack(HoldKind.MOVED_BACK, candidate, reason)
    return Deploy(candidate, _why(flight, reference, candidate))


def _is_lost(stage: StageRecord, candidate: Release) -> bool:
    """Whether a release was verified last and something else, that nobody verified, runs now."""
    stable = stage.stable
    return stage.live is None and stable is not None and stable.content == candidate.content


def _reference(stage: StageRecord, flight: DeploymentRecord | None) -> Release | None:
    """Return what a stage must not go back from."""
    if flight is not None:
        return flight.release
    return stage.live or stage.stable or stage.found


def _is_newer_than_held(images: Sequence[StageImage], hold: Hold, candidate: Release) -> bool:
    if hold.kind is HoldKind.MOVED_BACK or hold.release is None:
        return True
    return _is_newer(images, hold.release, hold.since, candidate)


def _is_newer(
    images: Sequence[StageImage], kept: Release, since: datetime, candidate: Release
) -> bool:
    """Whether a candidate has anything newer than a release that has been kept back.

    Where that is deleted the policies choose something older, which was there then as well. What
    was pushed since is newer, also below a version that nobody wants any more.
    """
    return any(_brings_newer(image, kept, since, candidate) for image in images)


def _brings_newer(image: StageImage, kept: Release, since: datetime, candidate: Release) -> bool:
    now, then = kept.image(image.alias), candidate.image(image.alias)
    if now is None or then is None:
        return True
    if now.digest == then.digest:
        return False
    is_pushed_since = then.pushed_at is not None and then.pushed_at > since
    return is_pushed_since or not _older(image, kept, candidate)


def _older(image: StageImage, reference: Release, candidate: Release) -> str:
    """Return in words how one image would go backwards, an empty string when it would not."""
    now, then = reference.image(image.alias), candidate.image(image.alias)
    if now is None or then is None or now.digest == then.digest:
        return ""
    if isinstance(image.selection, SemverPolicy):
        by_version = _compare_versions(now, then)
        if by_version < 0:
            return (
                f"{then} is a lower version than {now}; a stage goes back only by a person's word"
            )
        if by_version > 0:
            return ""
    if now.pushed_at and then.pushed_at and then.pushed_at < now.pushed_at:
        return (
            f"{then} was pushed at {then.pushed_at:%Y-%m-%d %H:%M:%S}, before {now} "
            f"({now.pushed_at:%Y-%m-%d %H:%M:%S}); a stage goes back only by a person's word"
        )
    return ""


def _compare_versions(now: ReleasedImage, then: ReleasedImage) -> int:
    before, after = parse_version(now.tag or ""), parse_version(then.tag or "")
    if before is None or after is None:
        return 0
    return (after > before) - (after < before)


def _same_digest(live: Release, candidate: Release) -> str:
    if live.id == candidate.id:
        return f"{candidate} is live"
    digests = ", ".join(short_digest(image.digest) for image in candidate.images)
    return f"{candidate} is another name of what is live ({live}): the digest {digests} is the same"


def _why(flight: DeploymentRecord | None, reference: Release | None, candidate: Release) -> str:
    if flight is not None:
        return f"{candidate} is newer than {flight.release}, which {flight.name} was bringing"
    if reference is None:
        return f"{candidate} is the first release of this stage"
    return f"{candidate} is newer than {reference}"
