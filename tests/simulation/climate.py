"""How unkind a seed is: which faults there are in it, and how often."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random


class Fate(StrEnum):
    """What becomes of one call."""

    FINE = "goes well"
    DOWN = "finds its service down"
    THROTTLED = "is throttled"
    DENIED = "is denied"
    FAILED = "fails inside AWS, before it took effect"
    FAILED_LATE = "fails inside AWS, after it took effect"
    UNSENT = "does not get through"
    REPLY_LOST = "takes effect, its reply is lost"
    CLOSED = "loses its connection before it took effect"
    SENT_TWICE = "is sent a second time by the SDK"
    BUSY_FAMILY = "meets another registration of the family"
    CANCELLED = "meets another transaction"
    STALE = "is answered with what was"
    DIES_BEFORE = "is not made: its worker dies"
    DIES_AFTER = "takes effect, its worker dies"
    LANDS_LATE = "takes effect after its worker died"
    FREEZES = "waits: its worker freezes"


EVERYWHERE = (
    Fate.THROTTLED,
    Fate.FAILED,
    Fate.FAILED_LATE,
    Fate.UNSENT,
    Fate.REPLY_LOST,
    Fate.CLOSED,
    Fate.DIES_BEFORE,
    Fate.DIES_AFTER,
    Fate.LANDS_LATE,
    Fate.FREEZES,
)

AT_HOME = {
    "ecs:RegisterTaskDefinition": (Fate.BUSY_FAMILY,),
    "dynamodb:TransactWriteItems": (Fate.CANCELLED,),
    "ecs:DescribeServices": (Fate.STALE,) * 4,
    "ecs:ListTaskDefinitions": (Fate.STALE,) * 6,
    "ecr:DescribeImages": (Fate.STALE,) * 2,
    "dynamodb:GetItem": (Fate.STALE,) * 6,
    "dynamodb:BatchGetItem": (Fate.STALE,) * 6,
}
"""What can befall one kind of call beside that; an item read consistently is never stale."""

MOST_STALE = timedelta(seconds=30)
LONGEST_DELAY = timedelta(days=1)
BUS_DOWN_HOURS = 0.3
"""So short that what is sent later and later is sent again before everything must be over."""
MOST_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which something is down, counted from the start of the weather."""

    begins: timedelta
    ends: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """The weather of one seed; rates are probabilities a call, an event or a delivery."""

    name: str
    call_faults: float
    fates: frozenset[Fate]
    lost: float
    doubled: float
    delayed: float
    longest_delay: timedelta
    second_worker: float
    skewed: bool
    sns_down: Window | None
    ecs_down: Window | None
    bus_down: Window | None = None
    slack_down: Window | None = None
    cloudwatch_down: Window | None = None
    upgrade: Window | None


CALM = Climate(
    name="calm",
    call_faults=0.0,
    fates=frozenset(),
    lost=0.0,
    doubled=0.0,
    delayed=0.0,
    longest_delay=timedelta(),
    second_worker=0.0,
    skewed=False,
    sns_down=None,
    ecs_down=None,
    upgrade=None,
)
"""Weather in which nothing fails by itself."""

_HARSHNESS = {"calm": 0.0, "gentle": 0.25, "rough": 0.6, "harsh": 1.0}


def draw_climate(rng: Random, hours: float) -> Climate:
    """Draw the weather of a seed, from gentle to harsh."""
    name = rng.choices(["calm", "gentle", "rough", "harsh"], [1, 5, 8, 6])[0]
    harsh = _HARSHNESS[name]
    everything = sorted({*EVERYWHERE, *(f for more in AT_HOME.values() for f in more)})
    fates = [f for f in (*everything, Fate.SENT_TWICE) if rng.random() < 0.7]
    return Climate(
        name=name,
        call_faults=harsh * rng.choice([0.02, 0.04, 0.1]),
        fates=frozenset(fates),
        lost=harsh * rng.choice([0.05, 0.3, 1.0]),
        doubled=harsh * rng.choice([0.1, 0.3]),
        delayed=harsh * rng.choice([0.1, 0.5]),
        longest_delay=rng.choice([timedelta(minutes=2), timedelta(minutes=30), LONGEST_DELAY]),
        second_worker=harsh * rng.choice([0.0, 0.05, 0.2]),
        skewed=rng.random() < 0.4 * harsh,
        sns_down=draw_window(rng, hours, harsh * 0.3),
        ecs_down=draw_window(rng, hours, harsh * 0.15),
        upgrade=draw_window(rng, hours, harsh * 0.3),
        bus_down=draw_window(rng, hours, harsh * 0.2, BUS_DOWN_HOURS),
    )


def draw_window(
    rng: Random, hours: float, chance: float, most: float | None = None
) -> Window | None:
    """Draw a time in which something is down: for `most` hours, or as long as the weather lasts."""
    begins, lasts = rng.random() * hours, rng.random() * (most or hours)
    happens = rng.random() < chance
    return Window(timedelta(hours=begins), timedelta(hours=begins + lasts)) if happens else None
