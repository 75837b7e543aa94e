"""Weather by a script: all is calm but for what a scenario brings about, and one fate."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from longshore.aws.calls import AwsCall
from tests.simulation.climate import CALM, Fate, Window
from tests.simulation.story import Story
from tests.simulation.weather import Weather

ALWAYS = Window(timedelta(), timedelta.max)

Decide = Callable[[int, AwsCall], Fate]
"""Says what becomes of a call: the first that it is asked about has number 1."""


@dataclass(frozen=True, slots=True)
class Spell:
    """What befalls every call whose action begins so, as long as the window lasts."""

    action: str
    window: Window
    fate: Fate


@dataclass(frozen=True, slots=True)
class Script:
    """What a scenario brings about by itself, and which of its calls are points.

    `loses` are the numbers of the events that never arrive, the first being number 1. Points are
    the calls within the window `points`; what lies outside is the way to a scenario's matter, and
    as in others.
    """

    spells: tuple[Spell, ...] = ()
    loses: frozenset[int] = frozenset()
    points: Window = ALWAYS


class Scripted(Weather):
    """Weather that follows a script and asks somebody about every call that it lets be."""

    def __init__(self, script: Script, decide: Decide, story: Story) -> None:
        super().__init__(CALM, 0, story, frozenset())
        self._script = script
        self._decide = decide
        self._asked = 0
        self._arrived = 0

    def latency(self) -> timedelta:
        """Return how long half a call takes: always the same while the script lasts."""
        return timedelta() if self.began is None else timedelta(milliseconds=10)

    def fate_of(self, call: AwsCall, now: datetime) -> Fate:
        """Return what the script has for a call, or what is decided about it."""
        if self.began is None:
            return Fate.FINE
        since = now - self.began
        for spell in self._script.spells:
            if call.action.startswith(spell.action) and _within(spell.window, since):
                return spell.fate
        if not _within(self._script.points, since):
            return Fate.FINE
        self._asked += 1
        return self._told(self._decide(self._asked, call))

    def arrivals(self) -> Iterator[timedelta]:
        """Yield the delay of each time that an event arrives: none when the script loses it."""
        self._arrived += self.began is not None
        if self.began is None or self._arrived not in self._script.loses:
            yield timedelta()

    def chance(self, probability: float) -> bool:
        """Leave nothing to chance: what is not in the script does not happen."""
        del probability
        return False

    def _told(self, fate: Fate) -> Fate:
        if fate is not Fate.FINE:
            self.faults += 1
            self._story.count(fate.value)
        return fate


def _within(window: Window, since: timedelta) -> bool:
    return window.begins <= since < window.ends
