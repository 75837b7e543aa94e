"""ECS is away for most of a day, for a whole fleet, and all events with it; then it is back.

`python -m tests.simulation.outage` measures how long it takes from then on until every service has
been called for its newest release, against what the rates of ECS dictate.
"""

import argparse
import gc
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from tests.simulation.cruise import ALLOWED, SWEEP, Cruise
from tests.simulation.fleet import Fleet

LASTS = timedelta(hours=15)

PUSHES = (
    timedelta(minutes=25),
    timedelta(hours=7),
    timedelta(hours=14, minutes=10),
)
"""When images are pushed after ECS went away, one for each application every time."""

ONE_AFTER_ANOTHER = timedelta(seconds=7)
STIR = timedelta(minutes=17)
"""What a push, or the beginning of the outage, causes is over by then: a sweep and its tries."""

BEFORE_IT_ENDS = timedelta(minutes=20)

UNDER_WAY_SINCE = timedelta(seconds=15)
AT_THE_LATEST = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How an outage goes.

    Deployments may be `under_way` when it begins; who is `deaf` hears no event after it either;
    the clocks go on `ticking` while nothing happens in it, or are spared that.
    """

    under_way: bool = False
    deaf: bool = False
    ticking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of an outage; times are counted from its end.

    `dictated` is the time that the fullest bucket of ECS takes for one RegisterTaskDefinition and
    one UpdateService for each service. `begun` counts the services that had been called when ECS
    went away; `forward` the UpdateService of each that had an effect on its way forward afterwards;
    `died` the invocations that ran out of time, also while ECS was away.
    """

    services: int
    begun: int
    dictated: timedelta
    first: timedelta
    last: timedelta
    forward: Counter[str]
    calls: Counter[str]
    throttled: Counter[str]
    died: int
    dead_letters: int
    broken: Sequence[str]

    @property
    def allowed(self) -> timedelta:
        """The time that it may take: the next sweep, and a little more than the rates dictate."""
        return SWEEP + ALLOWED * self.dictated

    @property
    def is_good(self) -> bool:
        """Whether it ended by itself, in time, with one call for each service."""
        each_once = len(self.forward) == self.services and set(self.forward.values()) == {1}
        nothing_lost = not (self.died or self.dead_letters or self.broken)
        return each_once and nothing_lost and self.last <= self.allowed


class Outage(Cruise):
    """Lives through one outage."""

    def __init__(self, fleet: Fleet, course: Course) -> None:
        super().__init__(fleet)
        self.course = course
        self._down_at: datetime | None = None

    def run(self) -> Measured:
        """Set the fleet up, take ECS away, bring it back and measure."""
        self.set_up()
        self._go_down()
        forward = self.forward()
        self.world.come_back(deaf=self.course.deaf)
        self._down_at = None
        back, dictated = self.world.kernel.now, self._dictated()
        latest = back + AT_THE_LATEST + dictated
        while self.world.kernel.now < latest and not self.is_over():
            self.pass_time(SWEEP / 3)
        self.check()
        moments = [moment - back for moment in self.world.moves] or [AT_THE_LATEST + dictated]
        return Measured(
            services=self.fleet.size,
            begun=forward.total(),
            dictated=dictated,
            first=moments[0],
            last=moments[-1],
            forward=self.forward() - forward,
            calls=self.world.calls,
            throttled=self.world.throttled,
            died=self.died,
            dead_letters=self.world.dead_letters,
            broken=[*self.broken()],
        )

    # ── the parts ───────────────────────────────────────────────────────────────────────────

    def _go_down(self) -> None:
        world, kernel = self.world, self.world.kernel
        if self.course.under_way:
            self._push_all(self.fleet.applications // 5 or 1)
            self.pass_time(UNDER_WAY_SINCE)
        world.go_down()
        self._down_at = kernel.now
        for push in PUSHES:
            kernel.after(push, partial(self._push_all, self.fleet.applications))
        self.pass_time(LASTS)

    def _push_all(self, applications: int) -> None:
        for number in range(applications):
            self.world.kernel.after(number * ONE_AFTER_ANOTHER, partial(self.push, number))

    def is_quiet(self) -> bool:
        """Whether ECS has been away for a while and nothing new is there.

        Each sweep is like the one before then; to leave such out costs no more than they do.
        """
        if self._down_at is None or self.course.ticking:
            return False
        since = self.world.kernel.now - self._down_at
        stirred = any(push <= since <= push + STIR for push in (timedelta(), *PUSHES))
        return not stirred and since < LASTS - BEFORE_IT_ENDS

    def _dictated(self) -> timedelta:
        """Return what the buckets of ECS take for one call of each kind for each service."""
        buckets, size = self.world.cloud.buckets, self.fleet.size
        actions = ("ecs:RegisterTaskDefinition", "ecs:UpdateService", "ecs:DescribeTaskDefinition")
        return max(buckets.time_for(action, size) for action in actions)


def told(measured: Measured) -> Iterator[str]:
    """Yield what was measured, in words."""
    seconds = {
        "the rates dictate": measured.dictated,
        "allowed": measured.allowed,
        "first call": measured.first,
        "last call": measured.last,
    }
    yield ", ".join(f"{what} {span.total_seconds():.0f} s" for what, span in seconds.items())
    yield f"calls {dict(measured.calls.most_common())}"
    yield f"throttled {dict(measured.throttled)}"
    yield from measured.broken
    most = max(measured.forward.values(), default=0)
    yield (
        f"outage: {measured.services} services, {measured.forward.total()} called, at most {most} "
        f"times, {measured.last.total_seconds():.0f} of {measured.allowed.total_seconds():.0f} s, "
        f"{measured.died} invocations died, {measured.dead_letters} dead letters, "
        f"{len(measured.broken)} violations"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one outage and tell what came of it; return the exit code."""
    parser = argparse.ArgumentParser(prog="tests.simulation.outage", description=__doc__)
    parser.add_argument("--applications", type=int, default=25)
    parser.add_argument("--stages", type=int, default=4, help="stages of each application")
    parser.add_argument("--services", type=int, default=10, help="services of each stage")
    parser.add_argument("--under-way", action="store_true", help="deployments when it begins")
    parser.add_argument("--deaf", action="store_true", help="events stay lost when it is over")
    parser.add_argument("--ticking", action="store_true", help="every tick and sweep of it")
    asked = parser.parse_args(arguments)
    course = Course(under_way=asked.under_way, deaf=asked.deaf, ticking=asked.ticking)
    began = time.monotonic()
    measured = measure(Fleet(asked.applications, asked.stages, asked.services), course)
    for line in told(measured):
        print(line)
    print(f"it took {time.monotonic() - began:.0f} s")
    return 0 if measured.is_good else 1


def measure(fleet: Fleet, course: Course) -> Measured:
    """Run one outage; the collector waits until it is over, a world is one large cycle."""
    gc.disable()
    try:
        return Outage(fleet, course).run()
    finally:
        gc.enable()
        gc.collect()


if __name__ == "__main__":
    sys.exit(main())
