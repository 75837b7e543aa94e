"""Stages and their targets as the ledger keeps them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from longshore.domain.configuration import Mode, StageImage, StageSpec
from longshore.domain.deployments import DeploymentRecord, Leg, LegState
from longshore.domain.failures import Failure, StoppedTask
from longshore.domain.holds import Allowance, Hold, Pin, Veto, Would
from longshore.domain.intents import Intent
from longshore.domain.places import ServiceRef, StageId
from longshore.domain.releases import Release
from longshore.domain.stop_switch import NEVER_TURNED, Freeze, StopSwitch

MOST_EARLIER = 10
"""Earlier releases kept a stage, to which a person can go back."""

MOST_VETOES = 20
"""Vetoes kept a stage. The oldest go first: a release that old is held by the rule that nothing
moves backwards by itself. That does not hold for what a person vetoes, which may never have run, so
those stay longest."""

MOST_GIVEN = 15
"""Vetoes that people can give a stage, so that there is room for those that failures leave."""

MOST_KEPT_IMAGES = 80
"""Images of all vetoed releases together, and of all earlier ones: a stage that grew too large for
its item could not go back."""


@dataclass(frozen=True, slots=True)
class StageRecord:
    """A stage's state; its `version` is the generation that every ECS write is checked against.

    `config` is the configuration that was adopted last, `follows` how that one chooses images.
    `live` is what the stage was last brought to, `stable` the last release that was verified,
    `earlier` those that were before it, newest first, `found` the newest images that ran when it
    was adopted, where no release is known to be live.
    `hold` is why Longshore itself keeps something back, `paused` why a person does, which lasts
    till they say `resume`: neither takes the other's place. `pin` is the release that a person has
    it stay on. `trouble` says why what the stage
    should run cannot be found out at present; it keeps nothing back and ends by itself. `due_at` is
    the next moment at which the stage must be looked at, `turn_at` the one before which others have
    the tokens for calls to ECS.
    `observed` says that the configuration adopted last only observes, `would` is what would be
    deployed then, as it was told last.
    `ledger` names the ledger it was written to: in another one it is a copy from a backup.
    """

    id: StageId
    config: int = 0
    follows: tuple[StageImage, ...] = ()
    live: Release | None = None
    stable: Release | None = None
    earlier: tuple[Release, ...] = ()
    found: Release | None = None
    current: int | None = None
    latest: int = 0
    vetoes: tuple[Veto, ...] = ()
    hold: Hold | None = None
    paused: Hold | None = None
    pin: Pin | None = None
    allowance: Allowance | None = None
    trouble: str | None = None
    observed: bool = False
    would: Would | None = None
    notices: int = 0
    due_at: datetime | None = None
    turn_at: datetime | None = None
    ledger: str = ""
    version: int = 0

    @property
    def verified(self) -> tuple[Release, ...]:
        """The releases that were verified in this stage, newest first."""
        return ((self.stable,) if self.stable else ()) + self.earlier

    def proving(self, release: Release | None) -> Self:
        """Return the stage with another stable release; those from before stay known."""
        content = release.content if release else None
        others = tuple(known for known in self.verified if known.content != content)
        earlier = others[: _fitting(others, MOST_EARLIER)]
        return replace(self, stable=release, earlier=earlier)

    def allows(self, release: Release) -> bool:
        """Whether a person let this release through."""
        return self.allowance is not None and self.allowance.content == release.content

    def vetoing(self, veto: Veto) -> Self:
        """Return the stage with one more veto, in the place of an older one of the same release."""
        others = [known for known in self.vetoes if known.content != veto.content]
        newest_first = [veto, *_given_first(reversed(others))]
        kept = newest_first[: _fitting([known.release for known in newest_first], MOST_VETOES)]
        in_order = (known for known in (*others, veto) if known in kept)
        return replace(self, vetoes=tuple(in_order))

    def without_veto(self, release: Release) -> Self:
        """Return the stage without a veto of this release."""
        left = tuple(veto for veto in self.vetoes if not veto.covers(release))
        return replace(self, vetoes=left)

    def veto_of(self, release: Release) -> Veto | None:
        """Return the veto that covers a release."""
        return next((veto for veto in self.vetoes if veto.covers(release)), None)

    @property
    def ends(self) -> tuple[datetime, ...]:
        """When what people asked for ends by itself, in no order."""
        asked = (self.pin, self.paused, *self.vetoes)
        return tuple(each.until for each in asked if each is not None and each.until is not None)


def _given_first(vetoes: Iterable[Veto]) -> list[Veto]:
    """Return vetoes in their order, those that people gave before the others."""
    return sorted(vetoes, key=lambda veto: not veto.actor)


def _fitting(releases: Sequence[Release], most: int) -> int:
    """Return how many of these releases there is room for, `most` at most and one at least."""
    room, count = MOST_KEPT_IMAGES, 0
    for release in releases[:most]:
        room -= len(release.images)
        if room < 0 and count:
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Stable:
    """The revision a target was last verified on, with the digests it runs by alias."""

    revision: str
    digests: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration that ECS was asked for, and of which no answer was kept yet."""

    family: str
    fingerprint: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """A target's state; its legs and words belong to the deployment whose number is `deployment`.

    `astray` says that an earlier deployment took the target from its stable revision and nothing
    brought it back: one that was superseded, or whose way back failed. `stopped` is the last task
    of the rollout that stopped, kept from an event: ECS forgets stopped tasks within the hour.
    `sought` outlives deployments: a revision may exist that nobody would find again. `config` is
    the configuration that the target was adopted with, also where there was nothing to adopt.
    `seen` is the ECS deployment that an observing stage has read last.
    """

    stage: StageId
    service: ServiceRef
    stable: Stable | None = None
    deployment: int | None = None
    forward: Leg = field(default_factory=Leg)
    backward: Leg | None = None
    stopped: StoppedTask | None = None
    failure: Failure | None = None
    astray: bool = False
    sought: tuple[Registration, ...] = ()
    config: int = 0
    seen: str | None = None
    ledger: str = ""
    version: int = 0

    def within(self, deployment: int) -> Self:
        """Return the target as it stands in a deployment: not moved yet where that is a new one."""
        if self.deployment == deployment:
            return self
        return replace(
            self,
            deployment=deployment,
            astray=self.left_astray,
            forward=Leg(),
            backward=None,
            stopped=None,
            failure=None,
        )

    def going(self, leg: Leg, *, back: bool) -> Self:
        """Return the target with one of its ways as it is now."""
        return replace(self, backward=leg) if back else replace(self, forward=leg)

    def seeking(self, asked: Registration) -> Self:
        """Return the target with a registration whose answer is waited for."""
        return replace(self, sought=(*self.found(asked.fingerprint).sought, asked))

    def found(self, *fingerprints: str) -> Self:
        """Return the target without registrations of which is known what became of them."""
        left = tuple(asked for asked in self.sought if asked.fingerprint not in fingerprints)
        return replace(self, sought=left)

    @property
    def must_return(self) -> bool:
        """Whether a deployment that fails has to bring it back; what others moved is theirs."""
        if self.forward.state in {LegState.GONE, LegState.REPLACED}:
            return False
        return self.astray or self.forward.moved

    @property
    def elsewhere(self) -> bool:
        """Whether the deployment it was in last left it to another hand, or without a service."""
        leg = self.backward or self.forward
        return leg.state in {LegState.GONE, LegState.REPLACED}

    @property
    def left_astray(self) -> bool:
        """Whether the deployment it was in last left it on what was never verified."""
        returned = self.backward is not None and self.backward.state.good
        verified = self.stable is not None and self.stable.revision == self.forward.revision
        return self.must_return and not returned and not verified


@dataclass(frozen=True, slots=True)
class StageSnapshot:
    """All that the ledger knows of a stage at one moment, read consistently.

    `ledger` is the name of the ledger that it was read from, `applied_in` the name of the one that
    its configuration was written to. `since` is the first of the configurations in a row that have
    had the stage. `switch` is the installation's stop switch.
    """

    stage: StageRecord
    spec: StageSpec
    config: int
    deploy_wanted: bool
    applied_by: str
    applied_at: datetime
    targets: tuple[TargetRecord, ...] = ()
    deployment: DeploymentRecord | None = None
    intents: tuple[Intent, ...] = ()
    ledger: str = ""
    applied_in: str = ""
    since: int = 0
    switch: StopSwitch = NEVER_TURNED

    @property
    def restored(self) -> bool:
        """Whether what is known is from before a restore; an older version kept no name.

        A stage that has no record yet may have had one: then its configuration is what is known.
        """
        written_to = self.stage.ledger if self.stage.version else self.applied_in
        return written_to not in {"", self.ledger}

    @property
    def came_back(self) -> bool:
        """Whether the stage had left the configuration: others may have moved it meanwhile.

        Its first adoption may have got no further than its targets.
        """
        targets = (self.target(spec.service) for spec in self.spec.targets)
        adopted = (self.stage.config, *(target.config for target in targets))
        return any(0 < config < self.since for config in adopted)

    @property
    def observing(self) -> bool:
        """Whether the configuration in force only observes the stage."""
        return self.spec.mode is Mode.OBSERVE

    @property
    def freeze(self) -> Freeze | None:
        """The freeze that the stage is under, None where there is none."""
        return self.switch.over(self.stage.id)

    @property
    def unobserved(self) -> bool:
        """Whether the stage was only observed till now: others have moved it as they liked.

        A deployment from before that, if it is still under way, knows better where things are.
        """
        return self.stage.observed and not self.observing and self.deployment is None

    def target(self, service: ServiceRef) -> TargetRecord:
        """Return a target's record, a fresh one where the ledger has none yet."""
        known = (target for target in self.targets if target.service == service)
        return next(known, TargetRecord(stage=self.stage.id, service=service))
