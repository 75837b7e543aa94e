"""What stages are guarded by in a seed, and what befalls their alarms; drawn apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

GUARDED = 0.2
"""How often the stages of a seed bake, or are watched by alarms."""

GUARDING: Mapping[str, float] = {
    "push_ailing": 4,
    "alarm_fires": 2,
    "alarm_clears": 2,
    "alarm_flaps": 1.5,
    "alarm_mutes": 2,
    "alarm_deletes": 0.7,
}
"""What befalls alarms beside pushes that make them go off, and how often."""

Drawn = tuple[timedelta, str, int, int]
"""When something happens, its verb, `whom` and `how`."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """How a stage is guarded: minutes of bake and of cool-down, its alarms, what mute ones mean.

    The first of the alarms goes off `sickens` after a service came to an image that ails; it ends
    as long after the last one left it.
    """

    bake: int = 0
    alarms: tuple[str, ...] = ()
    on_no_data: str = "wait"
    cooldown: int = 5
    sickens: timedelta = timedelta(minutes=1)


def draw_guards(
    seed: int, stages: Sequence[str], lasts: timedelta
) -> tuple[Mapping[str, Guarded], Sequence[Drawn]]:
    """Draw how the stages of a seed are guarded, and what befalls their alarms; mostly neither."""
    rng = Random(f"guards {seed}")
    if rng.random() >= GUARDED:
        return {}, ()
    guards = {stage: _guard(rng, stage) for stage in stages if rng.random() < 0.8}
    return guards, sorted(_befalls(rng, lasts))


def _guard(rng: Random, stage: str) -> Guarded:
    errors = f"{stage.partition('/')[2]}-errors"
    alarms = rng.choice([(), (errors,), (errors,), (errors, "shared-latency")])
    return Guarded(
        bake=rng.choice([0, 2, 4, 8] if alarms else [2, 4]),
        alarms=alarms,
        on_no_data=rng.choice(["wait", "pass", "fail"]),
        cooldown=rng.choice([0, 2, 5, 15]),
        sickens=timedelta(seconds=rng.choice([5, 45, 150, 400])),
    )


def _befalls(rng: Random, lasts: timedelta) -> Iterator[Drawn]:
    verbs = rng.choices([*GUARDING], [*GUARDING.values()], k=rng.choice([1, 3]))
    for verb in ("push_ailing", *verbs):
        yield rng.uniform(0, 1.05) * lasts, verb, rng.randrange(1000), rng.randrange(1000)
