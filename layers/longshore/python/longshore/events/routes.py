"""The `notify` section of `longshore.yaml`: which channel is told of which events."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from longshore.domain.outcomes import EventName
from longshore.domain.routes import MOST_ROUTES, Route
from longshore.events.documents import shown
from longshore.events.sections import Section, suggestion

ROUTE_KEYS = frozenset({"slack", "on", "stages", "mention"})

CHANNEL = re.compile(r"#[^\sA-Z!-,./:-@\[-^`{-\x9f\u200b-\u206f]{1,80}|[CG][A-Z0-9]{8,20}")
"""Letters of any script, digits, `-` and `_`, as Slack has them: without capitals one name is one
channel. Written with what the expressions of JSON Schema know too."""
CHANNEL_MEANING = (
    "is no Slack channel: write its name, such as '#checkout' in small letters, or its id"
)

MENTION = re.compile(r"[UWS][A-Z0-9]{8,20}|here|channel")
MENTION_MEANING = "is nobody in Slack: write the id of a user (U…) or group (S…), here, or channel"


def _word(name: EventName) -> str:
    """Return how a file calls an event: DeploymentRolledBack is `rolled-back`."""
    words = re.sub(r"^(?:Deployment|Stage)", "", name.value)
    return re.sub(r"(?<!^)(?=[A-Z])", "-", words).lower()


EVENT_WORDS: Mapping[str, EventName] = {_word(name): name for name in EventName}
"""The words of `on`."""

NOT_YET_EVENTS = frozenset({"approval-required"})


def parse_routes(root: Section, stages: Collection[str]) -> tuple[Route, ...]:
    """Return the routes of a document, none where it has no `notify`; raise ConfigurationError."""
    if "notify" not in root.values:
        return ()
    routes = tuple(_route(section, stages) for section in root.items("notify"))
    if len(routes) > MOST_ROUTES:
        root.refuse("notify", f"{len(routes)} routes are too many: use at most {MOST_ROUTES}")
    _check_twice(root, routes, stages)
    return routes


def _check_twice(root: Section, routes: Iterable[Route], stages: Collection[str]) -> None:
    """One channel has one message of a deployment: two routes could not agree about it."""
    told = Counter((route.slack, stage) for route in routes for stage in route.stages or stages)
    for (channel, stage), times in told.items():
        if times > 1:
            root.refuse("notify", f"{channel} is told of {stage} by {times} routes: make one of it")


def _route(section: Section, stages: Collection[str]) -> Route:
    section.check_keys(ROUTE_KEYS)
    return Route(
        slack=section.matching("slack", CHANNEL, CHANNEL_MEANING),
        events=tuple(_event(section, word) for word in section.texts("on")),
        stages=tuple(_stage(section, name, stages) for name in section.texts("stages")),
        mention=tuple(_mentioned(section, name) for name in section.texts("mention")),
    )


def _event(section: Section, word: str) -> EventName:
    if word in NOT_YET_EVENTS:
        section.refuse("on", f"this version of Longshore does not act on {word!r} yet")
    return EVENT_WORDS.get(word) or section.refuse(
        "on", f"{shown(word)} is no event{suggestion(word, EVENT_WORDS)}"
    )


def _stage(section: Section, name: str, stages: Collection[str]) -> str:
    if name in stages:
        return name
    return section.refuse("stages", f"no stage is called {shown(name)}{suggestion(name, stages)}")


def _mentioned(section: Section, name: str) -> str:
    return (
        name
        if MENTION.fullmatch(name)
        else section.refuse("mention", f"{shown(name)} {MENTION_MEANING}")
    )
