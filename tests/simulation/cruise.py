"""A fleet under way on a world that counts every call: the clocks, and how one sees it settle.

What happens to the fleet is told by who derives from it: ECS that goes away (`outage`), or many
pushes at once (`scale`).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from tests.simulation.blackout import Blackout
from tests.simulation.fleet import Fleet
from tests.simulation.people import People
from tests.simulation.plan import Action
from tests.simulation.promises.at_rest import AtRest

TICK = timedelta(minutes=1)
SWEEP = timedelta(minutes=15)
SETTLING = timedelta(minutes=4)
AFTER_A_SWEEP = timedelta(minutes=10)
"""The tries that a sweep caused are over by then, and the next one is not near."""

ALLOWED = 1.1
"""How much of the time that the rates dictate may be used."""


class Cruise:
    """A fleet that is set up, adopted and at rest, and then lives through something."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet
        self.plan = fleet.plan()
        self.world = Blackout(self.plan)
        self.people = People(self.world)

    def set_up(self) -> None:
        """Create everything, apply it, and wait until every stage is adopted."""
        self.people.set_up()
        self.pass_time(SETTLING)
        self.people.apply_all()
        self._tick()
        self._sweep()
        self.pass_time(AFTER_A_SWEEP)
        while not self.is_over():  # what could not be adopted yet the next sweep goes on with
            assert not self.world.watch.broken
            self.pass_time(SWEEP)

    def push(self, application: int) -> None:
        """Push a newer image of one application."""
        self.people.act(Action(application, timedelta(), "push", application, 0))

    def pass_time(self, time: timedelta) -> None:
        """Let time pass, with everything that happens in it."""
        self.world.kernel.run(self.world.kernel.now + time)

    # ── clocks ──────────────────────────────────────────────────────────────────────────────

    def _tick(self) -> None:
        due = self.world.cloud.next_due()
        if due is not None and due <= self.world.kernel.now.timestamp() and not self.is_quiet():
            self.world.cloud.events.fire("TickRule")
        self.world.kernel.after(TICK, self._tick)

    def _sweep(self) -> None:
        if not self.is_quiet():
            self.world.cloud.events.fire("SweepRule")
        self.world.kernel.after(SWEEP, self._sweep)

    def is_quiet(self) -> bool:
        """Whether the clocks are spared, since each sweep would be like the one before."""
        return False

    # ── what can be seen ────────────────────────────────────────────────────────────────────

    def is_over(self) -> bool:
        """Whether nothing is under way: neither messages nor deployments nor adoptions."""
        stages = [entry.body for entry in self.world.watch.ledger.of_kind("stage")]
        adopted = len(stages) == self.fleet.applications * self.fleet.stages
        busy = any(body["current"] is not None or body["live"] is None for body in stages)
        return adopted and not busy and self.world.is_idle

    def forward(self) -> Counter[str]:
        """Return how often each service was moved forward so far."""
        found = Counter[str]()
        for (_, service, _, back), count in self.world.watch.ecs.effective.items():
            found[service] += 0 if back else count
        return found

    def check(self) -> None:
        """Look whether every stage is at its newest release, and nothing was left over."""
        world, watch = self.world, self.world.watch
        if not watch.broken:
            rest = AtRest(
                self.plan,
                world.truth,
                watch.ledger,
                world.cloud,
                watch.ears,
                world.kernel.now,
                watch.say,
            )
            rest.check(watch.woken)

    @property
    def died(self) -> int:
        """How many invocations ran out of time."""
        return sum(line.what == "dies" for line in self.world.story.lines)

    def broken(self) -> Iterator[str]:
        """Yield every promise that was broken, and every defect."""
        yield from map(str, self.world.watch.broken)
        yield from map(repr, self.world.runtime.defects)
