"""The stage, its ledger and an adverse world around the real use cases."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from hypothesis.stateful import RuleBasedStateMachine, rule
from hypothesis.strategies import SearchStrategy

from longshore.domain.errors import LongshoreError
from longshore.domain.observations import TaskDefinition
from longshore.domain.places import ServiceRef
from longshore.domain.rates import PUBLISHED
from longshore.domain.wakeups import Hint, Wakeup
from longshore.usecases.ports import StageLedger
from longshore.usecases.reconcile import reconcile
from longshore.usecases.round import Ports
from tests.simulation.machine.adverse_ecs import AdverseEcs, images_of
from tests.simulation.machine.registry import LaggingRegistry
from tests.simulation.machine.scenery import MOST_WAITING, SCARCE, Look, perhaps_a_look
from tests.simulation.machine.storms import Squall, Storm, Stormy
from tests.simulation.machine.vault import Vault
from tests.simulation.machine.watched import WatchedLedger
from tests.simulation.machine.witness import Witness
from tests.support.alarm_fakes import InMemoryAlarms
from tests.support.builders import STAGE
from tests.support.fakes import FakeClock, InMemoryWakeups
from tests.support.harbour import WorkerDied

MOST_ROUNDS = 12
"""In which a stage comes to rest; each goes on from where one ended, with ten services at most."""

LONG_ENOUGH, TOO_SHORT = timedelta(minutes=1), timedelta(seconds=5)

_rule = cast("Callable[..., Callable[[Callable[..., None]], Callable[..., None]]]", rule)

P = ParamSpec("P")
W = TypeVar("W", bound="World")


class World(RuleBasedStateMachine):
    """What the rules act on. After each write of a worker the witness looks at the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.vault = Vault(self.clock)
        self.storm = Storm(self._rival)
        self.registry = LaggingRegistry(self.clock, lambda: self.storm.stale)
        self.ecs = AdverseEcs(lambda: self.storm.stale)
        self.ecs.on_register, self.ecs.on_update = self._pinned, self._intended
        self.witness = Witness(self.vault.view, self.ecs)
        self.wakeups = InMemoryWakeups()
        self.waiting: list[Wakeup] = []
        self.intended: set[tuple[ServiceRef, str]] = set()
        self.configurations = self.events = 0
        self.fair = self._ports()
        self.ports = self._in_the_storm(self._ports())

    def restore(self) -> None:
        """Bring the ledger back from its backup; whoever works from then on knows its name."""
        self.vault.restore()
        self.witness.again()
        self.fair = self._ports()
        self.ports = self._in_the_storm(self._ports())

    def worker(self) -> StageLedger:
        """Return the ledger of one more worker."""
        return WatchedLedger(self.vault.worker(), self.witness)

    def look(self, look: Look | None) -> None:
        """Let a worker look at the stage, or nobody."""
        if look is None:
            return
        self.clock.left = TOO_SHORT if look.hurried else LONG_ENOUGH
        taken = [self.waiting[i] for i in sorted(set(look.picks)) if i < len(self.waiting)]
        wakeups = [*taken, Wakeup(STAGE, frozenset({look.hint}))]
        if self._reconciled(wakeups, look.squalls) and not look.again:
            self.waiting = [each for each in self.waiting if each not in taken]
        if look.to_rest:
            self._come_to_rest()
        for wakeup in self.wakeups.take():
            self._wait_for(wakeup)

    def tell(self, hint: Hint, **more: Any) -> None:
        """Let an event wake the stage, as soon as somebody takes its message."""
        self.events += 1
        self._wait_for(Wakeup(STAGE, frozenset({hint}), (f"event-{self.events}",), **more))

    def _ports(self) -> Ports:
        alarms = InMemoryAlarms(self.clock)
        return Ports(
            self.worker(), self.registry, self.ecs, self.wakeups, self.clock, alarms, SCARCE
        )

    def _in_the_storm(self, ports: Ports) -> Ports:
        names = ("ledger", "registry", "ecs", "wakeups")
        stormy: dict[str, Any] = {n: Stormy(getattr(ports, n), self.storm) for n in names}
        return replace(ports, **stormy)

    def _reconciled(self, wakeups: list[Wakeup], squalls: Mapping[int, Squall]) -> bool:
        """Reconcile in a storm; return whether the messages are done with."""
        with self.storm.over(squalls):
            try:
                assert reconcile(STAGE, wakeups, self.ports).summary
            except WorkerDied:
                return False
            except LongshoreError:
                assert any(name == "send" for name, _ in self.storm.met), "nothing else is raised"
                return False
        self._none_is_lost(wakeups)
        return True

    def _come_to_rest(self) -> None:
        """Hold that a stage has nothing to do after some looks at a world that stands still."""
        unhurried = replace(self.fair, rates=PUBLISHED)
        rounds, before = 0, None
        while self.witness.last is not before:
            before = self.witness.last
            reconcile(STAGE, [Wakeup(STAGE, frozenset({Hint.SWEEP}))], unhurried)
            rounds += 1
            assert rounds <= MOST_ROUNDS, "the stage comes to no rest"

    def _none_is_lost(self, wakeups: list[Wakeup]) -> None:
        """Hold that each event has its end, or is sent again."""
        sent = {event for wakeup, _ in self.wakeups.sent for event in wakeup.events}
        known = sent | self.witness.last.outcomes.keys()
        for wakeup in wakeups:
            assert known.issuperset(wakeup.events), f"{wakeup} has no end and comes no more"

    def _rival(self) -> None:
        hints = frozenset({Hint.SWEEP, Hint.ECS, Hint.TIMER})
        reconcile(STAGE, [Wakeup(STAGE, hints)], self.fair)
        self.witness.seen["rival"] += 1

    def _wait_for(self, wakeup: Wakeup) -> None:
        """Keep a wake-up until somebody takes it; the oldest are lost where there are too many."""
        if wakeup not in self.waiting:
            self.waiting = [*self.waiting, wakeup][-MOST_WAITING:]

    def _pinned(self, definition: TaskDefinition) -> None:
        """Hold that what is registered names images of the stage by digests that existed."""
        snapshot = self.fair.ledger.read_stage(STAGE)
        mine = [image.repository.uri for image in snapshot.spec.images] if snapshot else []
        for reference in images_of(definition):
            name, _, digest = reference.partition("@")
            if name.partition(":")[0] in mine:
                assert digest in self.registry.ever, f"registered {reference}"

    def _intended(self, service: ServiceRef, revision: str) -> None:
        target = self.witness.last.targets[service]
        ways = [way for way in (target.forward, target.backward) if way is not None]
        self.intended.update((service, way.revision or "") for way in ways if way.moved)
        assert (service, revision) in self.intended, f"{service} is moved without an intent"


def fact(
    **drawn: SearchStrategy[Any],
) -> Callable[[Callable[Concatenate[W, P], None]], Callable[..., None]]:
    """Make a rule of something that happens and, perhaps, is looked at."""

    def decorate(happen: Callable[Concatenate[W, P], None]) -> Callable[..., None]:
        @_rule(look=perhaps_a_look, **drawn)
        @wraps(happen)
        def happen_and_look(self: W, look: Look | None, *args: P.args, **given: P.kwargs) -> None:
            happen(self, *args, **given)
            self.look(look)

        return happen_and_look

    return decorate
