"""Small stories of Git pushes that start pipelines and builds."""

from collections.abc import Mapping

from tests.simulation.climate import Fate
from tests.simulation.crash.scenario import (
    A_WHILE,
    ONE,
    Do,
    Scenario,
    make_plan,
    minutes,
    points_from,
    points_until,
)
from tests.simulation.crash.scripted import Script, Spell
from tests.simulation.forge import OF_A_BUILD, OF_A_PIPELINE, OF_A_TAG, OF_MANY, OF_NOTHING
from tests.simulation.plan import Plan

FORGOTTEN = 400
"""Seconds after which CodeBuild, and the queue, have forgotten every token of a push."""


def _plan(*actions: Do) -> Plan:
    return make_plan([ONE], *actions, A_WHILE, git=True)


PUSHED: Mapping[str, Scenario] = {
    "commit": Scenario(
        "A push starts a pipeline; the host delivers it again, at once and much later.",
        _plan(
            (1, "commit", 0, OF_A_PIPELINE),
            (2, "redeliver", 0, 0),
            (FORGOTTEN, "redeliver", 0, 0),
        ),
        ("is answered 202 accepted", "is answered 200 duplicate", "pipeline web is started"),
    ),
    "commit, built": Scenario(
        "A push starts a build; its message comes again when CodeBuild has forgotten its token.",
        _plan(
            (1, "commit", 0, OF_A_BUILD),
            (2, "send_again", 0, 0),
            (FORGOTTEN, "send_again", 0, 0),
            (2, "redeliver", 0, 0),
        ),
        ("is answered 200 duplicate", "build api is started"),
    ),
    "commit to many": Scenario(
        "A push to a monorepo starts two pipelines and two builds, and is delivered again.",
        _plan((1, "commit", 0, OF_MANY), (30, "redeliver", 0, 0), (FORGOTTEN, "redeliver", 0, 0)),
        ("pipeline web is", "pipeline docs is", "build api is", "build jobs is"),
    ),
    "commits": Scenario(
        "A branch, a tag and what nothing is started for are pushed one after another.",
        _plan(
            (1, "commit", 0, OF_A_PIPELINE),
            (0, "commit", 0, OF_A_TAG),
            (0, "commit", 0, OF_NOTHING),
            (FORGOTTEN, "redeliver", 1, 0),
        ),
        ("pipeline web is started", "build api is started", "is answered 200 duplicate"),
    ),
    "commit while busy": Scenario(
        "CodeBuild lets nobody in while a push starts two of everything; it comes again.",
        _plan((1, "commit", 0, OF_MANY), (FORGOTTEN, "redeliver", 0, 0)),
        ("StartBuild is throttled", "build jobs is started", "is answered 200 duplicate"),
        Script((Spell("codebuild:", minutes(0, 1.5), Fate.THROTTLED),), points=points_until(300)),
    ),
    "commit given up": Scenario(
        "CodePipeline lets nobody in until the message is a dead letter; it is delivered again.",
        _plan((1, "commit", 0, OF_A_PIPELINE), (600, "redeliver", 0, 0)),
        (
            "StartPipelineExecution is throttled",
            "pipeline web is started",
            "a dead letter of Pushes",
        ),
        Script((Spell("codepipeline:", minutes(0, 8), Fate.THROTTLED),), points=points_from(590)),
    ),
    "commit refused": Scenario(
        "Nobody allowed the build: that ends there, also when it is allowed and delivered again.",
        _plan((1, "commit", 0, OF_MANY), (FORGOTTEN, "redeliver", 0, 0)),
        ("StartBuild is denied", "pipeline docs is started", "is answered 200 duplicate"),
        Script((Spell("codebuild:", minutes(0, 5), Fate.DENIED),)),
    ),
    "commit while the webhook is down": Scenario(
        "The ledger is away when a push comes: the host is told so, and delivers it again.",
        _plan((1, "commit", 0, OF_A_BUILD), (FORGOTTEN, "redeliver", 0, 0)),
        ("is answered 503", "is answered 202 accepted", "build api is started"),
        Script((Spell("dynamodb:PutItem", minutes(0, 0.6), Fate.THROTTLED),)),
    ),
}
"""Scenarios by their names."""
