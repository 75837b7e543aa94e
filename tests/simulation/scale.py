"""Many services, many stages, many pushes: what a rush of pushes costs, and how long it takes.

`python -m tests.simulation.scale` lets pushes reach a fleet on an AWS that throttles as the real
one does, and measures what came of each of them, every call, and the time until the last service
had been called, against what the rates of ECS dictate.
"""

import argparse
import gc
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from math import ceil

from tests.simulation.cloud.throttling import ECS_RATES, TokenBuckets
from tests.simulation.cruise import ALLOWED, SWEEP, Cruise
from tests.simulation.fleet import Fleet

AT_THE_LATEST = timedelta(hours=2)
A_DESCRIBE_SHOWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of a rush; times are counted from the first push.

    `dictated` is the time that the slowest bucket of ECS takes for the writes that there were,
    `last` the moment of the last UpdateService. `on_the_way` counts the calls to ECS that concern a
    service up to its first UpdateService. `pairs` are the (event, stage) pairs that were to end,
    `double` the deployments that moved a service twice, `deployments` the attempts in all stages.
    """

    fleet: Fleet
    pushes: int
    dictated: timedelta
    last: timedelta
    moved: int
    double: int
    outcomes: Counter[str]
    pairs: int
    deployments: int
    calls: Counter[str]
    on_the_way: Counter[str]
    throttled: Counter[str]
    died: int
    dead_letters: int
    broken: Sequence[str]

    @property
    def lost(self) -> int:
        """How many pushes came to no end in a stage that they woke."""
        return self.pairs - self.outcomes.total()

    @property
    def most_ecs_calls(self) -> int:
        """Three for each service, and for each stage the looks at ten together."""
        looks = ceil(self.fleet.services / A_DESCRIBE_SHOWS)
        return 3 * self.fleet.size + self.fleet.applications * self.fleet.stages * looks

    @property
    def allowed(self) -> timedelta:
        """The time that it may take: a little more than the rates dictate."""
        return ALLOWED * self.dictated


class Rush(Cruise):
    """Lives through one rush: each image is pushed `pushes` times, evenly `within` a time.

    Where it is pushed `again`, AWS only tells once more of the newest image that is there.
    """

    def __init__(self, fleet: Fleet) -> None:
        super().__init__(fleet)
        self._numbers = count(1)

    def run(self, pushes: int, within: timedelta, *, again: bool) -> Measured:
        """Set the fleet up, push, and measure until everything is at rest."""
        self.set_up()
        push = self._tell_again if again else self.push
        world, before = self.world, self.forward().total()
        numbers = self._deployments()
        known = set(world.watch.woken)
        world.count_anew()
        began = world.kernel.now
        total = pushes * self.fleet.images
        for number in range(total):
            moment = within * number / total
            world.kernel.after(moment, partial(push, number % self.fleet.images))
        self.pass_time(within)
        while world.kernel.now < began + AT_THE_LATEST and not self.is_over():
            self.pass_time(SWEEP / 3)
        self.check()
        woken = world.watch.woken - known
        found = (world.watch.ledger.outcome(stage, event) for event, stage in woken)
        return Measured(
            fleet=self.fleet,
            pushes=total,
            dictated=self._dictated(),
            last=(world.moves or [began])[-1] - began,
            moved=self.forward().total() - before,
            double=sum(times > 1 for times in world.watch.ecs.effective.values()),
            outcomes=Counter(str(each.body["outcome"]) for each in found if each),
            pairs=len(woken),
            deployments=self._deployments() - numbers,
            calls=world.calls,
            on_the_way=world.on_the_way,
            throttled=+world.throttled,
            died=self.died,
            dead_letters=world.dead_letters,
            broken=[*self.broken()],
        )

    def _deployments(self) -> int:
        stages = self.world.watch.ledger.of_kind("stage")
        return sum(int(entry.body["latest"]) for entry in stages)

    def _tell_again(self, application: int) -> None:
        told = self.world.pushes[-self.fleet.images :][application]
        event = {**told, "id": f"again-{next(self._numbers)}"}
        self.world.arrive(partial(self.world.cloud.events.deliver, event))

    def _dictated(self) -> timedelta:
        buckets, calls = TokenBuckets(ECS_RATES, self.world.kernel.clock), self.world.calls
        writes = ("ecs:RegisterTaskDefinition", "ecs:UpdateService")
        return max(buckets.time_for(each, calls[each]) for each in writes)


def told(measured: Measured) -> Iterator[str]:
    """Yield what was measured, in words."""
    yield f"calls {dict(measured.calls.most_common())}"
    yield f"of these on the way to UpdateService {dict(measured.on_the_way.most_common())}"
    yield f"throttled {dict(measured.throttled)}"
    yield f"outcomes {dict(measured.outcomes.most_common())}"
    yield from measured.broken
    yield (
        f"scale: {measured.pushes} pushes, {measured.fleet.size} services in "
        f"{measured.fleet.applications * measured.fleet.stages} stages, {measured.deployments} "
        f"deployments, {measured.moved} UpdateService, {measured.on_the_way.total()} of "
        f"{measured.most_ecs_calls} ECS calls, {measured.last.total_seconds():.1f} of "
        f"{measured.allowed.total_seconds():.1f} s, {measured.lost} of {measured.pairs} lost, "
        f"{measured.double} double, {measured.dead_letters} dead letters, "
        f"{measured.died} invocations died, {len(measured.broken)} violations"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one rush and tell what came of it; return the exit code."""
    parser = argparse.ArgumentParser(prog="tests.simulation.scale", description=__doc__)
    parser.add_argument("--applications", type=int, default=1)
    parser.add_argument("--stages", type=int, default=1, help="stages of each application")
    parser.add_argument("--services", type=int, default=90, help="services of each stage")
    parser.add_argument("--alike", action="store_true", help="one definition for all of them")
    parser.add_argument("--one-image", action="store_true", help="all applications run one image")
    parser.add_argument("--pushes", type=int, default=1, help="pushes of each image")
    parser.add_argument("--within", type=float, default=0, help="seconds that the pushes take")
    asked = parser.parse_args(arguments)
    began = time.monotonic()
    fleet = Fleet(asked.applications, asked.stages, asked.services, asked.alike, asked.one_image)
    measured = measure(fleet, asked.pushes, timedelta(seconds=asked.within))
    for line in told(measured):
        print(line)
    print(f"it took {time.monotonic() - began:.0f} s")
    return 1 if measured.broken else 0


def measure(
    fleet: Fleet, pushes: int = 1, within: timedelta = timedelta(), *, again: bool = False
) -> Measured:
    """Run one rush; the collector waits until it is over, a world is one large cycle."""
    gc.disable()
    try:
        return Rush(fleet).run(pushes, within, again=again)
    finally:
        gc.enable()
        gc.collect()


if __name__ == "__main__":
    sys.exit(main())
