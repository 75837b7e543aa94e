"""A whole installation in memory: the real use cases between fakes, driven by a clock that jumps.

Events, wake-ups and the installation's own clock take the way they take on AWS: inbox, router,
work queue, reconcile. Time moves only in `run`, from one thing that is due to the next.
"""

import heapq
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypedDict, Unpack

from longshore.decide.word import standing, way_back
from longshore.domain.configuration import Configuration, StageSpec, TargetSpec
from longshore.domain.deployments import DeploymentRecord
from longshore.domain.intents import Intent, IntentKind, WantedImage
from longshore.domain.outcomes import EventName
from longshore.domain.places import RepositoryRef, ServiceRef
from longshore.domain.stages import StageSnapshot
from longshore.domain.wakeups import Hint, Wakeup
from longshore.events.messages import encode_wakeup
from longshore.usecases.reconcile import Reconciled, reconcile
from longshore.usecases.round import Ports
from longshore.usecases.route_event import RouterPorts, route
from longshore_local.ecs.images import CannotBePulled, Conduct, ImageBehaviour, Runs
from longshore_local.ecs.world import EcsWorld
from tests.support.alarm_fakes import InMemoryAlarms
from tests.support.builders import HOME, REPOSITORY, SERVICE, STAGE, make_digest, make_spec
from tests.support.ecs import CountedEcs, ecs_over
from tests.support.fakes import (
    NOON,
    FakeClock,
    InMemoryDirectory,
    InMemoryRegistry,
    InMemoryStageLedger,
    LedgerState,
)
from tests.support.watch_fakes import InMemoryLooks

SWEEP_EVERY = timedelta(minutes=15)
TICK_EVERY = timedelta(minutes=1)

VISIBILITY = timedelta(minutes=6)
"""After this time a message whose worker died is delivered again."""


class WorkerDied(BaseException):
    """The function's process ended between two instructions: nothing catches this."""


class More(TypedDict, total=False):
    """What some wishes have besides."""

    named: bool
    pinned: str | None
    number: int
    until: datetime | None


Message = tuple[datetime, int, str]

_TABLES = ("stages", "targets", "deployments", "intents", "outbox", "outcomes", "revisions")
"""What changes of the ledger, and what a backup keeps."""


@dataclass
class Harbour:
    """The world and the installation in it, with the verbs of the people around them."""

    spec: StageSpec = field(default_factory=make_spec)
    desired: int = 2
    breaker: bool = True
    clock: FakeClock = field(default_factory=FakeClock)
    validated: bool = True

    def __post_init__(self) -> None:
        self.conduct: dict[str, Conduct] = {}
        self.lose_events = False
        self.inbox: list[Message] = []
        self.handled: list[Reconciled] = []
        self._ids = count(1)
        self._beats = self.clock.now()
        self.state = LedgerState()
        self.ledger = InMemoryStageLedger(self.state)
        self.registry = InMemoryRegistry(self.clock)
        self.world = EcsWorld(
            clock=self.clock.now,
            images=self._image,
            emit=self.deliver,
            home=HOME,
            validated=self.validated,
        )
        self.ecs: CountedEcs = ecs_over(self.world)
        self.router = RouterPorts(
            InMemoryDirectory(self.state), self, self.clock, HOME, InMemoryLooks()
        )
        self.alarms = InMemoryAlarms(self.clock)
        self.ports = Ports(self.ledger, self.registry, self.ecs.port, self, self.clock, self.alarms)

    # ── what people do ──────────────────────────────────────────────────────────────────────

    def push(
        self,
        number: int,
        *tags: str,
        conduct: Conduct | None = None,
        repository: RepositoryRef = REPOSITORY,
    ) -> None:
        """Push an image under tags, as `docker push` does."""
        digest = make_digest(number)
        if conduct is not None:
            self.conduct[digest] = conduct
        self.registry.push(repository, digest, *(tags or ("main",)))
        for tag in tags or ("main",):
            self.deliver(push_event(digest, tag, self.clock.now(), repository))

    def open_service(self, service: ServiceRef, image: str, **more: object) -> None:
        """Create a service that runs an image, and let it settle."""
        breaker = {"enable": self.breaker, "rollback": self.breaker}
        self.world.call("CreateCluster", {"clusterName": service.cluster})
        container = {"name": "web", "image": image, "essential": True, "memory": 64}
        registered = {"family": service.name, "containerDefinitions": [container]}
        self.world.call("RegisterTaskDefinition", registered)
        self.world.call(
            "CreateService",
            {
                "cluster": service.cluster,
                "serviceName": service.name,
                "taskDefinition": service.name,
                "desiredCount": self.desired,
                "deploymentConfiguration": {"deploymentCircuitBreaker": breaker},
                **more,
            },
        )

    def apply(self, spec: StageSpec | None = None, *, deploy: bool = False) -> None:
        """Put a configuration in force and wake its stage."""
        current = self.state.in_force(STAGE.application)
        number = current.number + 1 if current else 1
        stages = ((spec or self.spec),)
        begins = not current or current.stage(stages[0].id) is None
        since = number if begins or not current else current.stage_since(stages[0].id)
        configuration = Configuration(
            STAGE.application,
            number,
            stages,
            "arn:of:applier",
            self.clock.now(),
            deploy,
            self.state.name,
            ((stages[0].id, since),),
        )
        self.state.install(configuration)
        self.send([Wakeup(STAGE, frozenset({Hint.PERSON}))])

    def retry(self, reason: str = "mended") -> None:
        """Ask for another try, as the command does."""
        self.ask(IntentKind.RETRY, reason)

    def deploy(self, number: int, tag: str | None = "main", alias: str = "app") -> str:
        """Ask for an image by its number, as `longshore deploy` does."""
        wanted = WantedImage(alias, make_digest(number), tag)
        return self.ask(IntentKind.DEPLOY, images=(wanted,))

    def roll_back(self, to: int | None = None) -> str:
        """Ask to go back from what is seen now, as `longshore rollback` does."""
        there, verified = standing(self.snapshot), self.snapshot.stage.verified
        named = (r for r in verified if to and make_digest(to) in {i.digest for i in r.images})
        chosen = next(named, way_back(self.snapshot))
        return self.ask(
            IntentKind.ROLLBACK,
            to=chosen.id if chosen else None,
            leaving=there.id if there else None,
        )

    def pin(self, image: int | None = None, *, until: datetime | None = None) -> str:
        """Ask to stay on what is seen now, or on an image by its number."""
        there, pin = standing(self.snapshot), self.snapshot.stage.pin
        images = (WantedImage("app", make_digest(image), "main"),) if image else ()
        return self.ask(
            IntentKind.PIN,
            images=images,
            to=there.id if there and not images else None,
            leaving=there.id if there else None,
            pinned=pin.release.id if pin else None,
            until=until,
        )

    def unpin(self) -> str:
        """Ask to let a pinned stage move on."""
        pin = self.snapshot.stage.pin
        return self.ask(IntentKind.UNPIN, pinned=pin.release.id if pin else "0123456789ab")

    def veto(self, image: int, *, until: datetime | None = None) -> str:
        """Ask to keep an image from the stage by its number."""
        wanted = WantedImage("app", make_digest(image))
        return self.ask(IntentKind.VETO, images=(wanted,), until=until)

    def unveto(self, image: int) -> str:
        """Ask to lift the veto of an image by its number."""
        return self.ask(IntentKind.UNVETO, images=(WantedImage("app", make_digest(image)),))

    def abort(self) -> str:
        """Ask to end the deployment that is seen under way."""
        flight = self.snapshot.deployment
        return self.ask(IntentKind.ABORT, number=flight.number if flight else 1)

    def ask(
        self,
        kind: IntentKind,
        reason: str = "because",
        *,
        images: tuple[WantedImage, ...] = (),
        to: str | None = None,
        leaving: str | None = None,
        **more: Unpack[More],
    ) -> str:
        """Ask something of the stage, as the command does; return the wish's id."""
        ledger, now = self.state.name, self.clock.now()
        wish, person = f"wish-{next(self._ids)}", "arn:of:somebody"
        intent = Intent(wish, STAGE, kind, person, reason, now, images, to, leaving, ledger, **more)
        self.state.wish(intent)
        self.send([Wakeup(STAGE, frozenset({Hint.PERSON}))])
        return intent.id

    def lose_ledger(self) -> None:
        """Lose every record but the configuration, which is applied again."""
        self.state.stages.clear()
        self.state.targets.clear()
        self.state.deployments.clear()
        self.state.outbox.clear()
        self.state.outcomes.clear()
        self.state.revisions.clear()

    def back_up(self) -> LedgerState:
        """Return a copy of the ledger as it is now."""
        copied = replace(self.state)
        for table in _TABLES:
            setattr(copied, table, dict(getattr(copied, table)))
        return copied

    def write_back(self, backup: LedgerState) -> None:
        """Write a copy's items over the ledger's own, which leaves what is newer, and say so."""
        for table in _TABLES:
            getattr(self.state, table).update(getattr(backup, table))
        self.state.name = "ledger/2"
        self.send([Wakeup(STAGE, frozenset({Hint.SWEEP}))])

    def restore(self, backup: LedgerState) -> None:
        """Put a copy in the ledger's place, under another name, and let the sweep find it."""
        vars(self.state).update(vars(backup), name="ledger/2")
        self.send([Wakeup(STAGE, frozenset({Hint.SWEEP}))])

    # ── what the installation is made of ────────────────────────────────────────────────────

    def send(self, wakeups: Sequence[Wakeup], *, delay: timedelta = timedelta()) -> None:
        for wakeup in wakeups:
            self._deliver(encode_wakeup(wakeup), self.clock.now() + delay)

    def wake(self, wakeups: Sequence[Wakeup], message_id: str) -> None:
        assert message_id
        for stage in dict.fromkeys(wakeup.stage for wakeup in wakeups):
            mine = [wakeup for wakeup in wakeups if wakeup.stage == stage]
            try:
                self.handled.append(reconcile(stage, mine, self.ports))
            except WorkerDied:
                self.send(mine, delay=VISIBILITY)

    def run(self, *, minutes: float) -> None:
        """Let time pass: deliver what is due, tick and sweep."""
        end = self.clock.now() + timedelta(minutes=minutes)
        while (due := self._next()) <= end:
            self.clock.moment = max(due, self.clock.moment)
            self.world.settle()
            self._beat()
            while self.inbox and self.inbox[0][0] <= self.clock.moment:
                _, number, body = heapq.heappop(self.inbox)
                route(body, f"message-{number}", self.router)
        self.clock.moment = end
        self.world.settle()

    # ── what can be seen ────────────────────────────────────────────────────────────────────

    @property
    def snapshot(self) -> StageSnapshot:
        found = self.ledger.read_stage(STAGE)
        assert found is not None
        return found

    def deployment(self, number: int) -> DeploymentRecord:
        return self.state.deployments[STAGE, number]

    def running(self, service: ServiceRef = SERVICE) -> str:
        """Return the image that a service's primary deployment runs."""
        found = self.ecs.port.describe_services([service])[service]
        revision = self.ecs.port.describe_revision(HOME, found.task_definition)
        containers = revision.definition["containerDefinitions"]
        assert isinstance(containers, list)
        return str(containers[0]["image"])

    def told(self) -> list[EventName]:
        return [announcement.name for announcement in self.state.announcements()]

    def ends(self) -> dict[str, str]:
        """Return what came of each event, by its id."""
        return {event: str(end.outcome) for (event, _), end in self.state.outcomes.items()}

    # ── how it moves ────────────────────────────────────────────────────────────────────────

    def _image(self, reference: str) -> ImageBehaviour:
        name, _, digest = reference.partition("@")
        path, _, tag = name.partition(":")
        repository = replace(REPOSITORY, name=path.rpartition("/")[2])
        images = self.registry.images.get(repository, {})  # ECS pulls while ECR's API is away
        if not digest:
            digest = next((found.digest for found in images.values() if tag in found.tags), "")
        conduct = self.conduct.get(digest, Runs()) if digest in images else CannotBePulled()
        return ImageBehaviour(digest or None, conduct)

    def deliver(self, event: dict[str, object]) -> None:
        """Bring an AWS event, as EventBridge does."""
        if not self.lose_events:
            self._deliver(json.dumps(event, default=str), self.clock.now())

    def _deliver(self, body: str, at: datetime) -> None:
        heapq.heappush(self.inbox, (at, next(self._ids), body))

    def _next(self) -> datetime:
        message = self.inbox[0][0] if self.inbox else datetime.max.replace(tzinfo=UTC)
        due = self.world.next_due or message
        return min(message, due, self._beats)

    def _beat(self) -> None:
        if self.clock.moment < self._beats:
            return
        self._deliver('{"clock": "tick"}', self.clock.moment)
        if (self._beats - NOON) % SWEEP_EVERY == timedelta():
            self._deliver('{"clock": "sweep"}', self.clock.moment)
        self._beats += TICK_EVERY


def push_event(
    digest: str, tag: str, at: datetime, repository: RepositoryRef = REPOSITORY
) -> dict[str, object]:
    """Return the event that ECR sends for a push."""
    return {
        "version": "0",
        "id": f"push-{tag}-{digest[-4:]}-{at:%H%M%S}",
        "detail-type": "ECR Image Action",
        "source": "aws.ecr",
        "account": HOME.account,
        "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "region": HOME.region,
        "resources": [],
        "detail": {
            "result": "SUCCESS",
            "repository-name": repository.name,
            "image-digest": digest,
            "action-type": "PUSH",
            "image-tag": tag,
        },
    }


WORKER = replace(SERVICE, name="checkout-worker")
WORKER_REPOSITORY = replace(REPOSITORY, name="checkout-worker")


def two_services() -> StageSpec:
    """Return a stage of a web and a worker service, each with an image of its own."""
    spec = make_spec()
    worker = replace(spec.images[0], alias="worker", repository=WORKER_REPOSITORY)
    return replace(
        spec, images=(*spec.images, worker), targets=(TargetSpec(SERVICE), TargetSpec(WORKER))
    )
