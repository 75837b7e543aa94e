"""Small stories of pipelines whose deploy action Longshore answers."""

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

PIPED: Mapping[str, Scenario] = {
    "pipeline": Scenario(
        "A pipeline brings what was built, and no event told of it; then it brings it again.",
        make_plan(
            [TWO],
            (1, "push", 0, 0),
            (1, "pipeline", 0, 1),
            (LATER, "pipeline", 0, 1),
            A_WHILE,
        ),
        ("shop/staging#1 is Succeeded", "is told of success", "is live already"),
        Script(loses=frozenset({1}), points=points_from(2)),
        aspects=OUTCOME,
    ),
    "pipeline, twice over": Scenario(
        "A pipeline comes with an older image after a newer one, and is retried: it is declined.",
        make_plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "pipeline", 1, 3),
            (240, "retry_pipelines", 0, 0),
            A_WHILE,
        ),
        ("shop/staging#2 is Succeeded", "is told of RevisionOutOfSync"),
        Script(points=points_from(2 * LATER)),
    ),
    "pipeline, of a bad image": Scenario(
        "A pipeline brings an image that crashes, while AWS is busy; it is told when that is back.",
        make_plan([ONE], (1, "push_bad", 0, CRASHES), (1, "pipeline", 0, 1), A_WHILE),
        ("waits for AWS", "shop/staging#1 is RolledBack", "is told of JobFailed"),
        Script(
            (Spell("ecr:DescribeImages", minutes(0, 0.5), Fate.THROTTLED),),
            loses=frozenset({1}),
            points=points_from(35),
        ),
        aspects=OUTCOME,
    ),
}
"""Scenarios by their names."""
