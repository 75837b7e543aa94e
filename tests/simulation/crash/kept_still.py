"""Small stories of stages that are kept still: everything is frozen, or a stage only observes."""

from collections.abc import Mapping

from tests.simulation.climate import Fate
from tests.simulation.crash.scenario import (
    A_WHILE,
    CRASHES,
    LATER,
    ONE,
    OUTCOME,
    TWO,
    Scenario,
    make_plan,
    minutes,
    points_from,
)
from tests.simulation.crash.scripted import Script, Spell

KEPT_STILL: Mapping[str, Scenario] = {
    "frozen": Scenario(
        "Everything is frozen while an image is brought; a bad one and a retry wait, a way back "
        "does not. Who looked before somebody else ended it ends it no second time.",
        make_plan(
            [TWO],
            (1, "push_bad", 0, CRASHES),
            (1, "freeze", 0, 1),
            (LATER, "push", 0, 0),
            (1, "retry", 0, 0),
            (LATER, "unfreeze", 0, 4),
            (LATER, "wait", 0, 0),
        ),
        (
            "is frozen",
            "shop/staging#1 is RolledBack",
            "are answered 409 by /v1/intents",
            "are answered 409 by /v1/freeze",
            "goes on again",
            "shop/staging#2 is Succeeded",
        ),
        aspects=OUTCOME - {"kept back"},  # the freeze may come before the bad one is tried
    ),
    "frozen, and back": Scenario(
        "A person goes back while everything is frozen, and an answer is lost by who froze it.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "freeze", 0, 1),
            (90, "roll_back", 0, 0),
            (LATER, "unfreeze", 0, 1),
            (60, "repeat_request", 0, 0),
            A_WHILE,
        ),
        ("is frozen", "shop/staging#2 is Succeeded", "goes on again"),
        Script((Spell("dynamodb:PutItem", minutes(25, 25.5), Fate.REPLY_LOST),)),
        aspects=OUTCOME,
    ),
    "frozen before a wish is heard": Scenario(
        "A person asks for an image by name, and everything is frozen before the stage hears it.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "deploy", 0, 1),
            (3, "freeze", 0, 1),
            (LATER, "wait", 0, 0),
        ),
        ("is frozen", "shop/staging#2 is Succeeded"),
        Script((Spell("ecr:", minutes(50, 52), Fate.DENIED),), points=points_from(2 * LATER)),
        aspects=frozenset(),  # the wish may be heard before the freeze
    ),
    "observed": Scenario(
        "A stage observes what another tool does with it; then it deploys, but only what comes.",
        make_plan(
            [TWO],
            (1, "push", 0, 0),
            (240, "move_observed", 0, 1),
            (240, "push", 0, 0),
            (1, "retry", 0, 0),
            (LATER, "act_again", 0, 0),
            (240, "push", 0, 0),
            A_WHILE,
            observed=frozenset({"shop/staging"}),
        ),
        (
            "would deploy",
            "are answered 409 by /v1/intents",
            "is held (adopted)",
            "shop/staging#1 is Succeeded",
        ),
        aspects=OUTCOME - {"kept back"},  # an image may come while nobody has the stage yet
    ),
    "observed in flight": Scenario(
        "A stage is to observe while an image is brought to it, and fails: it still goes back.",
        make_plan(
            [ONE],
            (1, "push_bad", 0, CRASHES),
            (3, "observe", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "wait", 0, 0),
        ),
        ("shop/staging#1 is RolledBack", "would deploy"),
        aspects=frozenset({"live", "runs"}),  # it may observe before the bad one is tried
    ),
}
"""Scenarios by their names."""
