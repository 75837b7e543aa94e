"""One seed from its beginning to its end."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tests.simulation.people import People
from tests.simulation.plan import SWEEP, Plan
from tests.simulation.promises.at_rest import AtRest
from tests.simulation.promises.broken import Broken
from tests.simulation.promises.ledger_view import seekers
from tests.simulation.story import Story
from tests.simulation.truth import LONG_AGO
from tests.simulation.weather import Weather
from tests.simulation.world import Sky, World

SETTLING = timedelta(minutes=4)
TICK = timedelta(minutes=1)
MOST_SKEW = 600
"""Seconds by which a router's clock may be ahead: so much earlier a timer may seem due."""

LAST_ANSWERS = timedelta(minutes=2)
"""In which the last answer that was lost is given up."""

SWEEPS_AT_REST = 12
"""Enough for what is under way when the faults stop: two deadlines, and ECS's own time."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a seed."""

    seed: int
    broken: Broken | None
    calls: int
    faults: int
    struck: int
    pushes: int
    trace: str
    story: Story


class Voyage:
    """Runs a plan in a world."""

    def __init__(
        self,
        plan: Plan,
        *,
        without: frozenset[int] = frozenset(),
        muted: frozenset[int] = frozenset(),
        sky: Sky | None = None,
        validated: bool = False,
    ) -> None:
        self.plan = plan
        drawn = partial(Weather, plan.climate, plan.seed, muted=muted)
        self.world = World(plan, sky=sky or drawn, validated=validated)
        self.people = People(self.world)
        self._actions = [action for action in plan.actions if action.number not in without]
        self._ticking = self._sweeping = True
        self._last_due = 0

    def run(self) -> Result:
        """Live through the seed; return what came of it."""
        for part in (self._set_up, self._live, self._rest, self._late_arrivals, self._quiet):
            if not self.world.watch.broken:
                part()
        world = self.world
        broken = next(iter(world.watch.broken), None)
        return Result(
            seed=self.plan.seed,
            broken=broken,
            calls=world.passage.calls,
            faults=sum(world.story.counts.values()),
            struck=world.weather.faults,
            pushes=sum("push" in action.verb for action in self._actions),
            trace=world.story.trace,
            story=world.story,
        )

    # ── the parts ───────────────────────────────────────────────────────────────────────────

    def _set_up(self) -> None:
        self.people.set_up()
        self._pass(SETTLING)
        if self.plan.stormy:
            self._let_loose()
        self.people.apply_all()
        self.world.kernel.after(self.plan.first_backup, self.world.keep_snapshot)
        self.world.kernel.after(TICK, self._tick)
        self.world.kernel.after(TICK + self.plan.first_sweep, self._sweep)
        self._pass(3 * TICK)

    def _let_loose(self) -> None:
        """Let the weather begin."""
        world = self.world
        world.weather.began, world.calm = world.kernel.now, False
        for what, window in world.weather.outages():
            world.kernel.after(window.begins, partial(world.tell, "weather", f"{what} is down"))
            world.kernel.after(window.ends, partial(world.tell, "weather", f"{what} is back"))
        upgrade = self.plan.climate.upgrade
        if upgrade is not None:
            world.kernel.after(upgrade.begins, partial(world.upgrade, newer=True))
            world.kernel.after(upgrade.ends, partial(world.upgrade, newer=False))

    def _live(self) -> None:
        world = self.world
        if not self.plan.stormy:
            self._let_loose()
        for action in self._actions:
            world.kernel.after(action.after, partial(self.people.act, action))
        self._pass(self.plan.lasts)

    def _rest(self) -> None:
        """Let the faults stop, and everything come to its end."""
        world = self.world
        world.weather.began = None
        world.tell("weather", "the faults stop")
        self._pass(LAST_ANSWERS)
        world.calm = True
        for _ in range(SWEEPS_AT_REST):
            world.redrive()
            self._pass(SWEEP)
            if self._is_settled():
                break
        self._check()

    def _late_arrivals(self) -> None:
        """What is still on its way arrives, up to a day late, and must change nothing for worse."""
        if not self.world.is_expecting:
            return
        self._sweeping = False  # a hundred quiet sweeps would show no more than one
        self.world.kernel.run(self.world.last_arrival)
        self._fire("SweepRule")
        for _ in range(SWEEPS_AT_REST):
            self._pass(SWEEP)
            if self._is_settled():
                break
        self._check()

    def _quiet(self) -> None:
        """One more sweep, which must write nothing."""
        self._ticking = self._sweeping = False
        watch = self.world.watch
        watch.written.clear()
        self._fire("SweepRule")
        self._pass(2 * TICK)
        # Tasks that crash for ever go on telling of it, and each such event ends with an outcome.
        written = [what for what in watch.written if not what.startswith("outcomes#")]
        if written:
            watch.say("bounds", f"a quiet sweep wrote {', '.join(written)}")

    # ── clocks ──────────────────────────────────────────────────────────────────────────────

    def _tick(self) -> None:
        """Tick each minute.

        Ticks with nothing due in sight only read, and are left out; of those that find the same
        thing due as the one before, two in three are.
        """
        if not self._ticking:
            return
        due, now = self.world.cloud.next_due(), self.world.kernel.now
        ahead = MOST_SKEW if self.plan.climate.skewed else 0
        if due is not None and due <= now.timestamp() + ahead:
            if due != self._last_due or now.minute % 3 == 0:
                self._fire("TickRule")
            self._last_due = due
        self.world.kernel.after(TICK, self._tick)

    def _sweep(self) -> None:
        if not self._sweeping:
            return
        self.world.keep_snapshot()
        self._fire("SweepRule")
        self.world.kernel.after(SWEEP, self._sweep)

    def _fire(self, rule: str) -> None:
        self.world.arrive(partial(self.world.cloud.events.fire, rule))

    def _pass(self, time: timedelta) -> None:
        self.world.kernel.run(self.world.kernel.now + time)

    # ── the end ─────────────────────────────────────────────────────────────────────────────

    def _is_settled(self) -> bool:
        ledger, left_out = self.world.watch.ledger, self.world.truth.left_out
        seeking = next(seekers(ledger, left_out), None) is not None
        stages = [e for e in ledger.of_kind("stage") if str(e.body["id"]) not in left_out]
        busy = any(e.body["current"] is not None or e.due_at is not None for e in stages)
        waiting = any(entry.due_at is not None for entry in ledger.of_kind("outbox"))
        idle = self.world.is_idle and not self.world.has_dead_letters and self.world.is_whole
        return idle and not (busy or waiting or seeking)

    def _check(self) -> None:
        world = self.world
        if world.watch.broken:
            return
        rest = AtRest(
            self.plan,
            world.truth,
            world.watch.ledger,
            world.cloud,
            world.watch.ears,
            world.kernel.now,
            world.watch.say,
        )
        rest.check(world.watch.woken)
        world.jobs.check_at_rest()
        world.starts.check_at_rest()
        if self.plan.slack and world.truth.restored_at == LONG_AGO:
            world.channels.check_at_rest(world.watch.ledger)
