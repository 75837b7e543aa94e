"""Small stories of stages that bake and are watched by alarms."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.simulation.climate import Fate
from tests.simulation.crash.scenario import (
    LATER,
    NEVER_SETTLES,
    ONE,
    OUTCOME,
    TWO,
    Scenario,
    make_plan,
    make_service,
    make_staging,
    minutes,
)
from tests.simulation.crash.scripted import Script, Spell
from tests.simulation.guards import Guarded

SLOW = make_staging(make_service("web", breaker="off", pinned=False), deadline=20)
SHORT = make_staging(make_service("web"), deadline=10)


def _guards(**more: Any) -> Mapping[str, Guarded]:
    usual = {"bake": 3, "alarms": ("errors",), "cooldown": 5, "sickens": timedelta(seconds=40)}
    return {"shop/staging": Guarded(**{**usual, **more})}


GUARDED: Mapping[str, Scenario] = {
    "taken back by an alarm": Scenario(
        "ECS calls a release healthy, its alarm goes off in the bake; the next one is good.",
        make_plan(
            [TWO],
            (1, "push_ailing", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "wait", 0, 0),
            guards=_guards(),
        ),
        (
            "is Baking",
            "The alarm errors went off while the release was baking",
            "shop/staging#1 is RolledBack",
            "shop/staging#2 is Succeeded",
        ),
        aspects=OUTCOME,
    ),
    "an alarm while it rolls": Scenario(
        "Nothing settles, an alarm goes off: that ends the way forward before the deadline.",
        make_plan(
            [SLOW],
            (1, "push_bad", 0, NEVER_SETTLES),
            (200, "alarm_fires", 0, 0),
            (LATER, "wait", 0, 0),
            guards=_guards(bake=0),
        ),
        ("went off while the services rolled", "shop/staging#1 is RolledBack"),
        aspects=OUTCOME,
    ),
    "an alarm from before": Scenario(
        "An alarm fires before a release comes, and until shortly before the next: neither is "
        "blamed.",
        make_plan(
            [ONE],
            (1, "alarm_fires", 0, 0),
            (30, "push", 0, 0),
            (LATER, "alarm_flaps", 0, 0),
            (230, "push", 0, 0),
            (LATER, "wait", 0, 0),
            guards=_guards(cooldown=15),
        ),
        (
            "not blamed on this release: errors (in alarm before",
            "not blamed on this release: errors (in alarm shortly before",
            "shop/staging#1 is Succeeded",
            "shop/staging#2 is Succeeded",
        ),
        aspects=OUTCOME,
    ),
    "a mute alarm": Scenario(
        "An alarm has no data any more: what waited for it is live, and a rollback goes before it.",
        make_plan(
            [SHORT],
            (1, "push", 0, 0),
            (60, "alarm_mutes", 0, 0),
            (LATER, "wait", 0, 0),
            guards=_guards(),
        ),
        ("unproven: no data came for the alarm errors",),
        aspects=OUTCOME,
    ),
    "a mute alarm that must speak": Scenario(
        "An alarm has no data any more where it must have some: the release goes back.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (60, "alarm_mutes", 0, 0),
            (LATER, "wait", 0, 0),
            guards=_guards(on_no_data="fail"),
        ),
        ("No data came for the alarm errors", "shop/staging#1 is RolledBack"),
        aspects=OUTCOME,
    ),
    "an alarm that is gone": Scenario(
        "An alarm was deleted: nothing moves until it is there again and a person retries.",
        make_plan(
            [ONE],
            (1, "alarm_deletes", 0, 0),
            (1, "push", 0, 0),
            (LATER, "alarm_clears", 0, 0),
            (1, "retry", 0, 0),
            (LATER, "wait", 0, 0),
            guards=_guards(),
        ),
        ("There is no alarm errors", "shop/staging#1 is Failed", "shop/staging#2 is Succeeded"),
        aspects=OUTCOME,
    ),
    "alarms that may not be read": Scenario(
        "The reconciler may not read alarms any more while a release bakes, nor before the next.",
        make_plan(
            [SHORT],
            (1, "push", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "wait", 0, 0),
            guards=_guards(),
        ),
        ("unproven: no data came", "The alarms of the stage could not be read"),
        Script((Spell("cloudwatch:", minutes(1, 40), Fate.DENIED),)),
        aspects=OUTCOME,
    ),
    "a bake without alarms": Scenario(
        "A release bakes without an alarm, and is verified when that is over.",
        make_plan(
            [TWO], (1, "push", 0, 0), (LATER, "wait", 0, 0), guards=_guards(alarms=(), bake=4)
        ),
        ("is Baking", "shop/staging#1 is Succeeded"),
    ),
}
"""Scenarios by their names."""
