"""What counts as live in a stage once a plan is applied, by the rules of the reconciler.

A stage that the ledger knows is not looked at anew: what another hand did to its services between
deployments changes nothing of what counts as live. Only what runs in a stage that is new, came
back, was only observed or is known from a backup is taken as right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from longshore.domain.configuration import Mode, StageSpec
from longshore.domain.deployments import DeploymentRecord, Phase
from longshore.domain.places import ServiceRef, StageId
from longshore.domain.releases import Release
from longshore.domain.stages import Stable, StageSnapshot, TargetRecord
from longshore.events.outbound import release_detail
from longshore.usecases.ports import Registry
from longshore.usecases.running_release import counted_as_live
from longshore_cli.errors import CommandError
from longshore_cli.ledger_view import LedgerView


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger has of a stage: what counts as live, what is under way, and who left it.

    `moved` are the services that another hand brought to something else since, by their names.
    """

    live: Release | None
    under_way: DeploymentRecord | None = None
    moved: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What another hand moved, in words."""
        return f"{self.live} counts as live, and another hand moved {', '.join(self.moved)} since"

    def as_json(self) -> dict[str, object]:
        """Return it for programs."""
        flight = self.under_way
        return {
            "live": release_detail(self.live) if self.live else None,
            "under_way": flight.name if flight else None,
            "moved_by_others": list(self.moved),
        }

    def has(self, chosen: Release) -> bool:
        """Whether a release is there or on its way, so that no word is needed to bring it."""
        flight = self.under_way
        there = (self.live, flight.release if flight else None)
        return any(release is not None and release.content == chosen.content for release in there)

    def why_nothing(self, chosen: Release) -> str:
        """Return why a release that is there, or on its way, is not deployed again."""
        flight = self.under_way
        if flight is not None and flight.release.content != chosen.content:
            return f"nothing is deployed: {chosen} counts as live, and {flight.name} is under way"
        if flight is not None and flight.phase is Phase.ROLLING_BACK:
            return f"nothing is deployed: {flight.name} brought {chosen} and is being rolled back"
        if flight is not None:
            return f"nothing more is deployed: {chosen} is on its way as {flight.name}"
        if self.moved:
            return (
                f"nothing is deployed: {self.told}; neither --deploy nor `longshore deploy` brings "
                "it back in this version: push something newer"
            )
        return "nothing is deployed: that is what runs"


Seen = Mapping[ServiceRef, Stable]
"""The revisions that services are on, with the digests that run there, as ECS shows them."""


def known_of(ledger: LedgerView, spec: StageSpec, seen: Seen, registry: Registry) -> Known | None:
    """Return what the ledger has of a stage, None where what runs is taken as right."""
    snapshot = _snapshot(ledger, spec.id)
    if snapshot is None or not _goes_on(snapshot, spec):
        return None
    adopted = [_adopted(snapshot, target.service, seen) for target in spec.targets]
    live = counted_as_live(snapshot.stage.live, spec.images, adopted, registry)
    flight = snapshot.deployment
    return Known(live, flight, () if flight else tuple(_moved(live, seen)))


def _snapshot(ledger: LedgerView, stage: StageId) -> StageSnapshot | None:
    try:
        return ledger.snapshot(stage)
    except CommandError:  # the configuration in force is lost, and applying is what mends that
        return None


def _goes_on(snapshot: StageSnapshot, spec: StageSpec) -> bool:
    """Whether the reconciler goes on from what it knows of a stage."""
    begins = snapshot.stage.observed and spec.mode is Mode.DEPLOY and snapshot.deployment is None
    anew = snapshot.restored or snapshot.came_back or begins
    return snapshot.stage.config > 0 and not anew


def _adopted(snapshot: StageSnapshot, service: ServiceRef, seen: Seen) -> TargetRecord:
    """Return a target as it is once it is adopted: what is known stays, what is not is read."""
    target, shown = snapshot.target(service), seen.get(service)
    if shown is None or (target.stable is None and target.deployment is not None):
        return target
    if target.stable is None:
        return replace(target, stable=shown)
    if shown.revision != target.stable.revision:
        return target
    digests = {**dict(shown.digests), **dict(target.stable.digests)}
    return replace(target, stable=Stable(shown.revision, tuple(sorted(digests.items()))))


def _moved(live: Release | None, seen: Seen) -> Sequence[str]:
    return [str(service) for service, shown in seen.items() if live and _is_other(live, shown)]


def _is_other(live: Release, shown: Stable) -> bool:
    runs = dict(shown.digests)
    return any(runs.get(image.alias, image.digest) != image.digest for image in live.images)
