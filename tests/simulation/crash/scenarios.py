"""Small stories that together reach every use case, each to be stopped at every call."""

from collections.abc import Mapping
from datetime import timedelta

from longshore.domain.rates import Rate, Rates
from tests.simulation.climate import Fate, Window
from tests.simulation.crash.ends import ASPECTS
from tests.simulation.crash.guarded import GUARDED
from tests.simulation.crash.kept_by_people import KEPT_BY_PEOPLE
from tests.simulation.crash.kept_still import KEPT_STILL
from tests.simulation.crash.piped import PIPED
from tests.simulation.crash.pushed import PUSHED
from tests.simulation.crash.scenario import (
    A_WHILE,
    API,
    CRASHES,
    LATER,
    NEVER_SETTLES,
    NEVER_STARTS,
    ONE,
    OUTCOME,
    PRODUCTION,
    TWO,
    WEB,
    Scenario,
)
from tests.simulation.crash.scenario import make_plan as _plan
from tests.simulation.crash.scenario import make_service as _service
from tests.simulation.crash.scenario import make_staging as _staging
from tests.simulation.crash.scenario import minutes as _minutes
from tests.simulation.crash.scenario import points_from as _from
from tests.simulation.crash.scenario import points_until as _until
from tests.simulation.crash.scripted import Script, Spell

SCENARIOS: Mapping[str, Scenario] = {
    "adoption": Scenario(
        "Two stages are adopted, one by its tags and one by its digests, then an image is pushed.",
        _plan(
            [_staging(_service("web", pinned=False)), PRODUCTION],
            (1, "push", 0, 0),
            A_WHILE,
            behind=True,
            stormy=True,
        ),
        (
            "is held (adopted)",
            "shop/staging#1 is Succeeded",
            "shop/production#1 is Succeeded",
        ),
    ),
    "two images": Scenario(
        "A release of two images comes to two services: the last of several that were pushed.",
        _plan(
            [_staging(WEB, _service("side", repository="side"))],
            (1, "push", 0, 0),
            (0, "push_quickly", 1, 0),
            A_WHILE,
        ),
        ("shop/staging#1 is Succeeded",),
    ),
    "breaker": Scenario(
        "A circuit breaker takes the one service back by itself.",
        _plan([ONE], (1, "push_bad", 0, CRASHES), A_WHILE),
        ("shop/staging#1 is RollingBack", "shop/staging#1 is RolledBack"),
    ),
    "paused": Scenario(
        "A stage is paused while an image is brought; the next one waits until it is resumed.",
        _plan(
            [ONE],
            (1, "push", 0, 0),
            (1, "pause", 0, 0),
            (LATER, "push", 0, 0),
            (60, "resume", 0, 0),
            A_WHILE,
        ),
        ("is paused", "is resumed", "shop/staging#2 is Succeeded"),
        aspects=OUTCOME,
    ),
    "deployed by hand": Scenario(
        "A person brings one of two images back by name; the other stays, until they resume.",
        _plan(
            [_staging(WEB, _service("side", repository="side"))],
            (1, "push", 0, 0),
            (LATER, "deploy", 0, 0),
            (LATER, "push", 0, 0),
            (60, "resume", 0, 0),
            A_WHILE,
        ),
        ("is paused", "is resumed", "shop/staging#2 is Succeeded", "shop/staging#3 is Succeeded"),
        aspects=OUTCOME,
    ),
    "deployed and gone": Scenario(
        "A person names an image that is deleted before the stage looks for it.",
        _plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "delete_image", 0, 0),
            (1, "deploy", 0, 0),
            A_WHILE,
        ),
        ("shop/staging#1 is Succeeded",),
    ),
    "rolled back": Scenario(
        "A person goes back, twice by mistake; what is pushed then waits until they resume.",
        _plan(
            [TWO],
            (1, "push", 0, 0),
            (LATER, "roll_back", 0, 0),
            (0, "repeat_request", 0, 0),
            (LATER, "push", 0, 0),
            (60, "resume", 0, 0),
            A_WHILE,
        ),
        ("is paused", "shop/staging#2 is Succeeded", "shop/staging#3 is Succeeded"),
        aspects=OUTCOME,
    ),
    "rolled back in flight": Scenario(
        "A person goes back while something newer is brought.",
        _plan([ONE], (1, "push", 0, 0), (5, "roll_back", 0, 0), A_WHILE),
        ("shop/staging#1 is Superseded", "shop/staging#2 is Succeeded"),
        aspects=frozenset(),  # what the person sees, and goes back from, may be another
    ),
    "rolled back without a registry": Scenario(
        "ECR cannot be read when a person goes back: what was asked before gives way to that.",
        _plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "retry", 0, 0),
            (1, "roll_back", 0, 0),
            (LATER, "wait", 0, 0),
        ),
        ("shop/staging#2 is Succeeded",),
        Script((Spell("ecr:", _minutes(24, 40), Fate.DENIED),)),
        aspects=frozenset(),  # where the retry is sent again, it is the later word
    ),
    "rollback fails": Scenario(
        "A person goes back to what does not start any more: it is not rolled back in turn.",
        _plan(
            [_staging(_service("web", breaker="off"), deadline=10)],
            (1, "push", 0, 0),
            (LATER, "outdate_images", 0, 0),
            (1, "roll_back", 0, 0),
            (LATER, "wait", 0, 0),
        ),
        ("shop/staging#2 is Failed", "A rollback is not rolled back"),
        aspects=OUTCOME,
    ),
    "rollback to what is gone": Scenario(
        "A person goes back to an image that was deleted: nothing moves.",
        _plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "delete_image", 0, 0),
            (1, "roll_back", 0, 0),
            A_WHILE,
        ),
        ("shop/staging#1 is Succeeded",),
    ),
    "no breaker": Scenario(
        "Nothing but the deadline ends a rollout; the way back needs a revision that pins digests.",
        _plan(
            [_staging(_service("web", breaker="off", pinned=False), deadline=10)],
            (1, "push_bad", 0, NEVER_SETTLES),
            (900, "wait", 0, 0),
        ),
        ("not done within the deadline", "is moved back", "shop/staging#1 is RolledBack"),
    ),
    "breaker for one of two": Scenario(
        "A circuit breaker takes one service back, the other has to be called.",
        _plan(
            [_staging(WEB, _service("api", breaker="off", pinned=False))],
            (1, "push_bad", 0, CRASHES),
            A_WHILE,
        ),
        ("is moved back", "shop/staging#1 is RolledBack"),
        aspects=ASPECTS - {"moves"},  # a call that may have been made is taken back in any case
    ),
    "breaker only tells": Scenario(
        "A circuit breaker fails a rollout and leaves it; the service runs its family's newest.",
        _plan(
            [_staging(_service("web", breaker="tell", base="latest"))],
            (1, "register_by_hand", 0, 5),
            (1, "push_bad", 0, CRASHES),
            A_WHILE,
        ),
        ("is moved back", "shop/staging#1 is RolledBack"),
    ),
    "supersede": Scenario(
        "A newer image is pushed while the one before is on its way.",
        _plan([TWO], (1, "push", 0, 0), (8, "push", 0, 0), A_WHILE),
        ("shop/staging#1 is Superseded", "shop/staging#2 is Succeeded"),
        aspects=OUTCOME,
    ),
    "supersede a bad one": Scenario(
        "A good image supersedes a bad one that is being tried.",
        _plan([ONE], (1, "push_bad", 0, CRASHES), (15, "push", 0, 0), A_WHILE),
        ("shop/staging#1 is Superseded", "shop/staging#2 is Succeeded"),
        aspects=frozenset(),  # ECS may have taken the service back before the good one was tried
    ),
    "moved back": Scenario(
        "A tag is moved back to an older image, which waits for a person's word.",
        _plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "push_back", 0, 0),
            (LATER, "apply_and_deploy", 0, 0),
            A_WHILE,
        ),
        ("is held (moved back)", "shop/staging#2 is Succeeded"),
        Script(points=Window(timedelta(seconds=LATER), timedelta(seconds=2 * LATER + 60))),
    ),
    "deletion": Scenario(
        "A tag and an image are deleted: nothing moves for that.",
        _plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "push", 0, 0),
            (LATER, "delete_tag", 0, 0),
            (1, "delete_image", 0, 1),
            A_WHILE,
        ),
        ("shop/staging#2 is Succeeded",),
        Script(points=_from(2 * LATER)),
    ),
    "retry": Scenario(
        "A person asks once more for the release that was vetoed.",
        _plan([ONE], (1, "push_bad", 0, CRASHES), (LATER, "retry", 0, 0), A_WHILE),
        ("shop/staging#1 is RolledBack", "shop/staging#2 is RolledBack"),
        Script(points=_from(LATER)),
    ),
    "deploy at once": Scenario(
        "What was held when the stage was adopted is deployed with a configuration.",
        _plan([TWO], (1, "apply_and_deploy", 0, 0), A_WHILE, behind=True),
        ("is held (adopted)", "shop/staging#1 is Succeeded"),
    ),
    "service left out": Scenario(
        "A configuration gives a service up, then an image is pushed.",
        _plan([TWO], (1, "leave_out_service", 0, 0), (LATER, "push", 0, 0), A_WHILE),
        ("shop/staging#1 is Succeeded",),
        Script(points=_until(LATER)),
    ),
    "service left out in flight": Scenario(
        "A configuration gives a service up that is being deployed to.",
        _plan([TWO], (1, "push", 0, 0), (3, "leave_out_service", 0, 0), A_WHILE),
        ("shop/staging#1 is Succeeded",),
        aspects=frozenset({"live", "kept back", "deployments"}),
    ),
    "stage left out": Scenario(
        "A configuration gives a stage up, then an image is pushed.",
        _plan([ONE, PRODUCTION], (1, "leave_out_stage", 0, 0), (LATER, "push", 0, 0), A_WHILE),
        ("shop/production#1 is Succeeded",),
        Script(points=_until(LATER)),
    ),
    "stage left out in flight": Scenario(
        "A configuration gives a stage up that is being deployed to.",
        _plan([ONE, PRODUCTION], (1, "push", 0, 0), (3, "leave_out_stage", 0, 0), A_WHILE),
        ("shop/production#1 is Succeeded",),
        aspects=OUTCOME - {"runs"},
    ),
    "service deleted": Scenario(
        "A service is deleted that is being deployed to.",
        _plan([TWO], (1, "push", 0, 0), (5, "delete_service", 0, 0), A_WHILE),
        ("is held (target gone)", "shop/staging#1 is RolledBack"),
        aspects=OUTCOME,
    ),
    "service gone": Scenario(
        "An image is pushed for a service that does not exist any more.",
        _plan([ONE], (1, "delete_service", 0, 0), (5, "push", 0, 0), A_WHILE),
        ("is held (target gone)", "shop/staging#1 is Failed"),
    ),
    "moved by hand": Scenario(
        "Somebody moves a service that is being deployed to.",
        _plan([TWO], (1, "push", 0, 0), (5, "move_by_hand", 0, 0), A_WHILE),
        ("is held (moved by someone else)", "shop/staging#1 is Aborted"),
        aspects=frozenset(),
    ),
    "slices": Scenario(
        "A stage of twelve services takes more than one round.",
        _plan(
            [_staging(*(_service(f"part-{n:02}", desired=n % 2) for n in range(12)))],
            (1, "push", 0, 0),
            A_WHILE,
        ),
        ("shop/staging#1 is Succeeded",),
        Script(points=Window(timedelta(seconds=1.75), timedelta(seconds=60))),
    ),
    "lost event": Scenario(
        "The event of a push is lost: the sweep finds the image.",
        _plan([ONE], (1, "push", 0, 0), (1000, "wait", 0, 0)),
        ("shop/staging#1 is Succeeded",),
        Script(loses=frozenset({1})),
    ),
    "channel down": Scenario(
        "People cannot be told for a while, and are told later, in order.",
        _plan([ONE], (1, "push", 0, 0), (600, "wait", 0, 0)),
        ("shop/staging#1 is Succeeded",),
        Script((Spell("sns:", _minutes(0, 5), Fate.DOWN),)),
    ),
    "chat": Scenario(
        "A channel has a message of each deployment: one that fails, and the next, which does not.",
        _plan(
            [ONE],
            (1, "push_bad", 0, CRASHES),
            (LATER, "push", 0, 0),
            (600, "wait", 0, 0),
            slack=True,
        ),
        ("shop/staging#1 is RolledBack", "shop/staging#2 is Succeeded"),
        # A breaker that was faster than the record of the call makes a hold of what is else a veto.
        aspects=frozenset({"live", "runs"}),
    ),
    "chat down": Scenario(
        "Slack is away for a while: nothing waits for it, and it is told later, in order.",
        _plan([ONE], (1, "push", 0, 0), (900, "wait", 0, 0), slack=True),
        ("shop/staging#1 is Succeeded",),
        Script((Spell("slack:", _minutes(0, 5), Fate.DOWN),)),
    ),
    "bus down": Scenario(
        "Nothing can be published until every retry is used up: what is overdue is sent again.",
        _plan([ONE], (1, "push", 0, 0), (600, "wait", 0, 0)),
        ("shop/staging#1 is Succeeded",),
        Script((Spell("events:", _minutes(0, 4), Fate.DOWN),)),
    ),
    "request repeated": Scenario(
        "Two configurations contradict each other; one, and a wish, are sent a second time.",
        _plan(
            [ONE],
            (1, "configure", 0, 5),
            (0, "configure", 0, 6),
            (120, "repeat_request", 0, 0),
            (200, "retry", 0, 0),
            (1, "repeat_request", 0, 0),
            A_WHILE,
        ),
        ("are answered 409 by /v1/configurations", "are answered 202 by /v1/intents"),
    ),
    "rates used up": Scenario(
        "The rates of the account let only one service be called at a time.",
        _plan(
            [_staging(WEB, API, _service("jobs"))],
            (1, "push", 0, 0),
            A_WHILE,
            rates=Rates(Rate(1, timedelta(seconds=20)), Rate(2, timedelta(seconds=30))),
        ),
        ("shop/staging#1 is Succeeded",),
    ),
    "throttled": Scenario(
        "ECS lets nobody in for longer than a service may take, and than a sweep lets wait.",
        _plan([_staging(WEB, deadline=10)], (1, "push", 0, 0), (1300, "wait", 0, 0)),
        ("shop/staging#1 is Succeeded",),
        Script((Spell("ecs:", _minutes(0, 17), Fate.THROTTLED),), points=_from(14 * 60)),
    ),
    "no answer": Scenario(
        "A revision is registered, and the answer is lost.",
        _plan([ONE], (1, "push", 0, 0), A_WHILE),
        ("RegisterTaskDefinition takes effect, its reply is lost", "shop/staging#1 is Succeeded"),
        Script(
            (
                Spell("ecs:RegisterTaskDefinition", _minutes(0, 0.5), Fate.REPLY_LOST),
                Spell("ecs:ListTaskDefinitions", _minutes(0, 1.5), Fate.THROTTLED),
            )
        ),
    ),
    "denied": Scenario(
        "The registry may not be read for some minutes.",
        _plan([ONE], (1, "push", 0, 0), (1200, "wait", 0, 0)),
        ("shop/staging#1 is Succeeded",),
        Script((Spell("ecr:", _minutes(0, 5), Fate.DENIED),)),
    ),
    "restored": Scenario(
        "The table is restored to what it was before a release: what runs is adopted.",
        _plan([TWO], (1, "push", 0, 0), (40, "restore_table", 0, 0), (900, "wait", 0, 0)),
        ("have restored the table",),
        aspects=frozenset(),
    ),
    "restored while it moves": Scenario(
        "The table is restored while a person brings another image: it is live once it is there.",
        _plan(
            [ONE],
            (1, "push", 0, 0),
            (LATER, "restore_table", 0, 0),
            (12 * 60 - 20, "move_by_hand", 0, 0),
            (LATER, "wait", 0, 0),
        ),
        ("have restored the table", "is held (adopted)"),
        aspects=frozenset(),
    ),
    "written back": Scenario(
        "A backup with a wish in it is written over a ledger that a rollout is under way in.",
        _plan(
            [ONE],
            (1, "push_bad", 0, CRASHES),
            (21 * 60, "retry", 0, 0),
            (58 * 60, "push_bad", 0, NEVER_STARTS),
            (60, "restore_table", 0, 1),
            (1800, "wait", 0, 0),
        ),
        ("have written a backup over the table", "that does not know of it"),
        Script((Spell("ecr:", _minutes(20, 40), Fate.DENIED),), points=_from(91 * 60)),
        aspects=frozenset(),
    ),
    "failed earlier": Scenario(
        "A release is asked for once more that the service was left on when nobody might move it.",
        _plan(
            [_staging(_service("web", breaker="tell"))],
            (1, "push_bad", 0, CRASHES),
            (LATER, "retry", 0, 0),
            A_WHILE,
        ),
        ("The way back failed", "failed earlier", "shop/staging#2 is RolledBack"),
        Script((Spell("ecs:UpdateService", _minutes(1, 20), Fate.DENIED),), points=_from(LATER)),
        aspects=OUTCOME,
    ),
    **KEPT_STILL,
    **KEPT_BY_PEOPLE,
    **GUARDED,
    **PIPED,
    **PUSHED,
}
"""Every scenario, by its name."""
