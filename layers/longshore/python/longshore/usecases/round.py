"""One look at one stage: the ports, what the ledger said, and what has been seen so far.

A round is worked on by one writer, the message group of its stage. It holds the newest snapshot;
each transition goes through `commit`, so that what is decided next stands on what was written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from longshore.domain.alarms import Alarm
from longshore.domain.deployments import Leg
from longshore.domain.errors import LongshoreError
from longshore.domain.observations import EcsService
from longshore.domain.places import Home, ServiceRef
from longshore.domain.rates import PUBLISHED, ApiClass, Rates
from longshore.domain.stages import StageRecord, StageSnapshot, TargetRecord
from longshore.usecases.alarm_ports import Alarms
from longshore.usecases.ports import (
    Changes,
    Clock,
    Ecs,
    EcsDeploymentLink,
    KnownRevision,
    Registry,
    StageLedger,
    Token,
    Wakeups,
)

SLICE = 10
"""Targets worked on in one round: what one DescribeServices call shows."""

A_WRITE = 49
"""Records of a list that are written together: a transaction has 100 items, one is the stage, and
each record may have an outcome beside it."""

TIME_FOR_A_CALL = timedelta(seconds=25)
"""Time that must be left before an ECS write: more than its time-outs, so that no call of ours can
still be under way when the message becomes visible again."""

TIME_FOR_A_LOOK = timedelta(seconds=45)
"""Time that must be left before ECS is looked at: three attempts of ten seconds, the pauses between
them, and what follows. Where ECS answers nobody, the stages of one batch would else wait for it one
after another until the function's time is over, and their messages end among the dead letters."""


class OutOfTimeError(LongshoreError):
    """Too little time is left in this invocation for a look or a write; the next one goes on."""


class NotShownYetError(LongshoreError):
    """A revision may have been registered a moment ago, and ECS does not list it yet."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What a reconcile needs of the world, and how fast it may call ECS."""

    ledger: StageLedger
    registry: Registry
    ecs: Ecs
    wakeups: Wakeups
    clock: Clock
    alarms: Alarms
    rates: Rates = PUBLISHED


@dataclass(slots=True)
class Round:
    """The state of one reconcile of one stage.

    `ecs_writes` counts what ECS did for it. `again_in` is when to go on with what is left,
    `turn_in` when its turn comes at a line that it stood in before;
    `alarms` are those of the stage, once they have been read.
    `searching` says that something is looked for that ECS does not show, or has not begun, yet.
    """

    ports: Ports
    snapshot: StageSnapshot
    now: datetime
    changed: bool = False
    ecs_writes: int = 0
    observed: dict[ServiceRef, EcsService | None] = field(default_factory=dict)
    again_in: timedelta | None = None
    turn_in: timedelta | None = None
    searching: bool = False
    alarms: Mapping[str, Alarm] | None = None

    @property
    def stage(self) -> StageRecord:
        """The stage as last written."""
        return self.snapshot.stage

    @property
    def home(self) -> Home:
        """Where the stage's targets are: all of them in one account and region."""
        return self.snapshot.spec.targets[0].service.home

    def commit(self, changes: Changes) -> None:
        """Write a transition; the round goes on from it."""
        self.snapshot = self.ports.ledger.commit(self.snapshot, self._signed(changes))
        self.changed = True

    def set_timer(self, due_at: datetime | None) -> None:
        """Write when the stage must be looked at next; it is no further for that."""
        timed = Changes(stage=replace(self.stage, due_at=due_at))
        self.snapshot = self.ports.ledger.commit(self.snapshot, self._signed(timed))

    @property
    def next_end(self) -> datetime | None:
        """When the next thing ends by itself that a person asked for; None where nothing does."""
        return self._next_end(self.stage)

    def _next_end(self, stage: StageRecord) -> datetime | None:
        ends = (*stage.ends, *self.snapshot.switch.ends(stage.id))
        return min((end for end in ends if end > self.now), default=None)

    def _timed(self, stage: StageRecord) -> StageRecord:
        """Return a stage whose one timer goes off at the next end, or before."""
        end = self._next_end(stage)
        if end is None or (stage.due_at is not None and stage.due_at <= end):
            return stage
        return replace(stage, due_at=end)

    def sign(self) -> None:
        """Name the ledger in a stage that an older version wrote, so that a copy of it is known."""
        stage = self.stage
        if stage.version and not stage.ledger and self.snapshot.ledger:
            signed = self._signed(Changes(stage=stage))
            self.snapshot = self.ports.ledger.commit(self.snapshot, signed)

    def observe(self, services: Iterable[ServiceRef]) -> Mapping[ServiceRef, EcsService | None]:
        """Return the services as ECS shows them, each looked at once a round; None: missing.

        Raises OutOfTimeError where too little time is left for a first look.
        """
        unseen = [service for service in services if service not in self.observed]
        if unseen:
            self._check_time_for_a_look()
            found = self.ports.ecs.describe_services(unseen)
            self.observed.update({service: found.get(service) for service in unseen})
        return self.observed

    def _check_time_for_a_look(self) -> None:
        if not self.observed and self.ports.clock.time_left() < TIME_FOR_A_LOOK:
            raise OutOfTimeError("too little time is left for a look at ECS that gets no answer")

    def target(self, service: ServiceRef) -> TargetRecord:
        """Return a target as it stands in the deployment under way."""
        target, flight = self.snapshot.target(service), self.snapshot.deployment
        return target.within(flight.number) if flight else target

    def targets(self) -> list[TargetRecord]:
        """Return every target that the configuration names, in its order."""
        return [self.target(spec.service) for spec in self.snapshot.spec.targets]

    def write_leg(
        self,
        service: ServiceRef,
        leg: Leg,
        *,
        back: bool = False,
        known: tuple[KnownRevision, ...] = (),
        before: ApiClass | None = None,
    ) -> None:
        """Record how far one way of a target has come, if the stage has not moved meanwhile.

        Where that stands `before` a call to ECS, a token for it is taken in the same write; raises
        Paced where there is none.
        """
        written = self.target(service).going(leg, back=back)
        written = written.found(*(revision.fingerprint for revision in known))
        begun = leg.ecs_deployment_id
        links = (EcsDeploymentLink(service.home, begun, self.stage.id),) if begun else ()
        token = self.token(service, before) if before else None
        self.commit(Changes(targets=(written,), revisions=known, links=links, token=token))

    def check_time(self) -> None:
        """Raise OutOfTimeError when too little is left for another ECS write."""
        if self.ports.clock.time_left() < TIME_FOR_A_CALL:
            raise OutOfTimeError("too little time is left for another ECS write")

    def token(self, service: ServiceRef, calls: ApiClass) -> Token:
        """Return the token that a call to ECS needs."""
        rate = self.ports.rates.of(calls)
        return Token(service.home, calls, rate, self.ports.clock.now())

    def _signed(self, changes: Changes) -> Changes:
        """Name the ledger in what is written, so that a copy of it is known as one.

        What a copy holds keeps its name until the stage has been adopted anew. A record that
        begins before then is a copy from its beginning.
        """
        stage, ledger = self._timed(changes.stage or self.stage), self.snapshot.ledger
        if self.snapshot.restored:
            copied = replace(stage, ledger=stage.ledger or self.snapshot.applied_in)
            return replace(changes, stage=copied)
        targets = tuple(replace(target, ledger=ledger) for target in changes.targets)
        return replace(changes, stage=replace(stage, ledger=ledger), targets=targets)

    def look_again(self, delay: timedelta) -> None:
        """Ask for another round, at the latest after `delay`."""
        self.again_in = delay if self.again_in is None else min(self.again_in, delay)
