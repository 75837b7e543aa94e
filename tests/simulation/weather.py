"""The weather: draws what befalls each call, event and delivery from a seed's climate.

Each fault has a number, in the order in which they strike. A muted one is drawn and then spared:
that is how a story is shortened to the faults that it takes.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from longshore.aws.calls import AwsCall
from tests.simulation.climate import AT_HOME, EVERYWHERE, MOST_SKEW, Climate, Fate, Window
from tests.simulation.story import Story

_REPEATED_BY_SDK = frozenset({"dynamodb", "sqs", "events", "sns"})
_FAST = timedelta(milliseconds=10)
_MOST_DOUBLES = 5
LONGEST_INDEX_LAG = timedelta(seconds=3)


class Weather:
    """What a climate makes of a run; calm until it is let loose, and calm again at the end."""

    def __init__(self, climate: Climate, seed: int, story: Story, muted: frozenset[int]) -> None:
        self.climate = climate
        self.faults = 0
        self.began: datetime | None = None
        self._rng = Random(f"weather {seed}")
        self._story = story
        self._muted = muted
        self._windows: Mapping[str, Window | None] = {
            "sns": climate.sns_down,
            "ecs": climate.ecs_down,
            "events": climate.bus_down,
            "slack": climate.slack_down,
            "cloudwatch": climate.cloudwatch_down,
        }

    # ── calls ───────────────────────────────────────────────────────────────────────────────

    def latency(self) -> timedelta:
        """Return how long half a call takes: no time at all where no two are to be interleaved."""
        if self.began is None:
            return timedelta()
        return _FAST * (1 + 14 * self._rng.random() ** 4)

    def fate_of(self, call: AwsCall, now: datetime) -> Fate:
        """Draw what becomes of a call."""
        if self.began is None:
            return Fate.FINE
        if self._is_down(call, now):
            return Fate.DOWN
        if self._rng.random() >= self.climate.call_faults:
            return Fate.FINE
        possible = [fate for fate in _fates_of(call) if fate in self.climate.fates]
        return self._strike(self._rng.choice(possible)) if possible else Fate.FINE

    def how_long(self, most: timedelta) -> timedelta:
        """Draw a time up to `most`, more often a short one."""
        return most * self._rng.random() ** 2

    def _is_down(self, call: AwsCall, now: datetime) -> bool:
        return self._within(self._windows.get(call.service), now)

    def _within(self, window: Window | None, now: datetime) -> bool:
        if window is None or self.began is None:
            return False
        return window.begins <= now - self.began < window.ends

    def outages(self) -> Iterator[tuple[str, Window]]:
        """Yield the times in which a whole service is down; each is one fault."""
        for service, window in self._windows.items():
            if window is not None:
                self._story.count(f"{service} is down")
                yield service, window

    # ── events and deliveries ───────────────────────────────────────────────────────────────

    def arrivals(self) -> Iterator[timedelta]:
        """Yield the delay of each time that an event arrives: none when it is lost."""
        if self.began is None:
            yield timedelta()
            return
        climate, rng = self.climate, self._rng
        if rng.random() < climate.lost and self._struck("an event is lost"):
            return
        copies = 1
        if rng.random() < climate.doubled and self._struck("an event is doubled"):
            copies = rng.randint(2, _MOST_DOUBLES)
        for _ in range(copies):
            late = rng.random() < climate.delayed and self._struck("an event is delayed")
            yield self.how_long(climate.longest_delay) if late else self.latency()

    def index_lag(self) -> timedelta:
        """Return how long a secondary index takes to learn of a change."""
        return timedelta() if self.began is None else self.how_long(LONGEST_INDEX_LAG)

    def has_second_worker(self) -> bool:
        """Draw whether a batch is handed to a second worker as well."""
        if self.began is None or self._rng.random() >= self.climate.second_worker:
            return False
        return self._struck("two workers at once")

    def skew(self) -> timedelta:
        """Draw how far the clock of an invocation environment is off."""
        if self.began is None or not self.climate.skewed:
            return timedelta()
        return MOST_SKEW * (2 * self._rng.random() - 1)

    def chance(self, probability: float) -> bool:
        """Draw something that is no fault."""
        return self._rng.random() < probability

    def choose(self, most: int) -> int:
        """Draw a number from 0 to before `most`."""
        return self._rng.randrange(most)

    # ── faults are numbered ─────────────────────────────────────────────────────────────────

    def _strike(self, fate: Fate) -> Fate:
        return fate if self._struck(fate.value) else Fate.FINE

    def _struck(self, what: str) -> bool:
        self.faults += 1
        if self.faults in self._muted:
            return False
        self._story.count(what)
        return True


Pick = Callable[[AwsCall], bool]


def _fates_of(call: AwsCall) -> tuple[Fate, ...]:
    """Return what can befall a call; SDKs send again what may be done twice."""
    twice = (Fate.SENT_TWICE,) * 2 if call.service in _REPEATED_BY_SDK else ()
    at_home = AT_HOME.get(call.action, ())
    if _is_consistent(call):
        at_home = tuple(fate for fate in at_home if fate is not Fate.STALE)
    return (*EVERYWHERE, *at_home, *twice)


def _is_consistent(call: AwsCall) -> bool:
    """Whether a read asked to see every write before it."""
    asked = call.parameters.get("RequestItems", {"": call.parameters})
    return all(each.get("ConsistentRead") for each in asked.values())
