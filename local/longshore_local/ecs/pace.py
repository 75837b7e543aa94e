"""How fast the world moves."""

from dataclasses import dataclass
from datetime import timedelta

NOTHING = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The time each step takes; the defaults are those of Fargate and a small image.

    A task counts as healthy `settling` after it runs: ECS waits 40 s with tasks whose containers
    have no health check of their own. `unhealthy` is how long ECS looks at one that never becomes
    healthy. `retry` is the pause after a failed task; from the third failure in a row it doubles
    each time up to `retry_at_most`, as the service scheduler throttles (developer guide, "service
    throttle logic": 27 minutes). `linger` is how long an emptied deployment stays listed.
    """

    provisioning: timedelta = timedelta(seconds=10)
    pulling: timedelta = timedelta(seconds=15)
    pull_failure: timedelta = timedelta(seconds=30)
    settling: timedelta = timedelta(seconds=40)
    unhealthy: timedelta = timedelta(seconds=120)
    stopping: timedelta = timedelta(seconds=30)
    retry: timedelta = timedelta(seconds=10)
    retry_at_most: timedelta = timedelta(minutes=27)
    linger: timedelta = timedelta(seconds=60)
    remembering: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        """Refuse a world in which a crashing task is started again without any time passing."""
        if self.retry <= NOTHING:
            message = f"retry must be longer than nothing, not {self.retry}"
            raise ValueError(message)

    def pause_after(self, failures: int) -> timedelta:
        """Return how long the scheduler waits after this many failures in a row."""
        doublings = min(max(0, failures - 3), 20)
        return min(self.retry_at_most, self.retry * (1 << doublings))


QUICK = Pace(
    provisioning=timedelta(seconds=0.2),
    pulling=timedelta(seconds=0.4),
    pull_failure=timedelta(seconds=0.5),
    settling=timedelta(seconds=0.6),
    unhealthy=timedelta(seconds=1.5),
    stopping=timedelta(seconds=0.4),
    retry=timedelta(seconds=0.3),
    linger=timedelta(seconds=2),
)
"""The same world in fast motion, for somebody who watches."""
