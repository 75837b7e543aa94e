"""The texts of `longshore.yaml`: what each must be, in words and as JSON Schema."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, ValidationInfo

from longshore.decide.versions import Range
from longshore.domain.facts import ECS_NAME
from longshore.domain.pipelines import PIPELINE_NAME
from longshore.domain.places import NAME_PATTERN, NAME_RULE
from longshore.domain.pushes import Provider
from longshore.domain.triggers import PUSH_VARIABLES
from longshore.events.alarm_section import (
    ALARM,
    ALARM_MEANING,
    LONGEST_BAKE,
    LONGEST_COOLDOWN,
    SHORTEST_BAKE,
    SHORTEST_COOLDOWN,
    is_alarm_name,
)
from longshore.events.arns import ACCOUNT, REGION
from longshore.events.ecr import REPOSITORY, TAG
from longshore.events.git_section import (
    ACTION,
    ACTION_MEANING,
    BUILD,
    BUILD_MEANING,
    PATH_GLOB,
    PATH_GLOB_MEANING,
    PUSHER,
    PUSHER_MEANING,
    REF_GLOB,
    REF_GLOB_MEANING,
    REPOSITORIES,
    REPOSITORY_MEANING,
)
from longshore.events.image_section import ALIAS
from longshore.events.pipeline_section import LONGEST_LIMIT, NO_PIPELINE, SHORTEST_LIMIT
from longshore.events.routes import (
    CHANNEL,
    CHANNEL_MEANING,
    EVENT_WORDS,
    MENTION,
    MENTION_MEANING,
    NOT_YET_EVENTS,
)
from longshore.events.sections import DURATION, parse_duration, suggestion
from longshore.events.stage_section import LONGEST_DEADLINE, SERVICE, SHORTEST_DEADLINE

_REGISTRY = r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?/"
_REPOSITORY = re.compile(rf"(?:{_REGISTRY})?{REPOSITORY.pattern}")


STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)
"""Nothing is converted and no key is passed over."""


def matching(pattern: re.Pattern[str], meaning: str) -> AfterValidator:
    """Return the rule that a pattern matches a text whole; `meaning` says what it must be."""

    def check(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise ValueError(f"{text!r} {meaning}")
        return text

    return AfterValidator(check)


def schema(pattern: re.Pattern[str]) -> Any:  # noqa: ANN401  # pydantic's own type is not public
    """Return a pattern as JSON Schema has it."""
    # \Z is Python's; in the dialect of JSON Schema the end is always the end.
    whole = pattern.pattern.replace(r"\Z", "$")
    return Field(json_schema_extra={"pattern": f"^(?:{whole})$"})


def keys(pattern: re.Pattern[str]) -> dict[str, JsonValue]:
    """Return as JSON Schema that a pattern matches every key."""
    return {"propertyNames": {"pattern": f"^(?:{pattern.pattern})$"}}


def _check_range(text: str) -> str:
    if not text:
        raise ValueError("is empty; write '*' for every stable version")
    Range.parse(text)
    return text


def _within(least: timedelta, most: timedelta, bounds: str) -> AfterValidator:
    """Return the rule that a text is a duration within bounds."""

    def check(text: str) -> str:
        duration = parse_duration(text)
        if duration is None:
            raise ValueError(f"{text!r} is no duration; write it like 90s, 30m, 2h or 1d")
        if not least <= duration <= most:
            raise ValueError(f"{text} is out of bounds; use {bounds}")
        return text

    return AfterValidator(check)


def check_alias(text: str, info: ValidationInfo) -> str:
    """Refuse what is no alias of the document's images."""
    aliases = (info.context or {}).get("aliases", ())
    if text not in aliases:
        raise ValueError(f"no image is called {text!r}{suggestion(text, aliases)}")
    return text


def _check_event(text: str) -> str:
    if text in NOT_YET_EVENTS:
        raise ValueError(f"{text} is not acted on by this version; remove it")
    if text not in EVENT_WORDS:
        raise ValueError(f"{text!r} is no event{suggestion(text, EVENT_WORDS)}")
    return text


def _check_variable(text: str) -> str:
    if text not in PUSH_VARIABLES:
        raise ValueError(f"{text!r} is nothing that a push says{suggestion(text, PUSH_VARIABLES)}")
    return text


def _check_alarm(text: str) -> str:
    if not is_alarm_name(text):
        raise ValueError(f"{text!r} {ALARM_MEANING}")
    return text


def check_alarms(names: list[str]) -> list[str]:
    """Refuse alarms that are named twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice!r} is named {names.count(twice)} times")
    return names


def check_stage(text: str, info: ValidationInfo) -> str:
    """Refuse what is no stage of the document."""
    stages = (info.context or {}).get("stages", ())
    if text not in stages:
        raise ValueError(f"no stage is called {text!r}{suggestion(text, stages)}")
    return text


Name = Annotated[
    str, matching(NAME_PATTERN, f"is no valid name; {NAME_RULE}"), schema(NAME_PATTERN)
]
Alias = Annotated[str, matching(ALIAS, "is no alias; use 1 to 40 letters, digits, '-', '_'")]
RepositoryName = Annotated[
    str,
    matching(
        _REPOSITORY,
        "is no ECR repository; write its name, such as team/checkout, or its URI, without tag or "
        "digest (what to take from it stands under select)",
    ),
    schema(_REPOSITORY),
]
Account = Annotated[
    str, matching(ACCOUNT, "is no account; write its 12 digits in quotes"), schema(ACCOUNT)
]
Region = Annotated[str, matching(REGION, "is no region such as eu-central-1"), schema(REGION)]
Tag = Annotated[str, matching(TAG, "is no image tag"), schema(TAG)]
VersionRange = Annotated[str, AfterValidator(_check_range)]
Duration = Annotated[
    str, _within(SHORTEST_DEADLINE, LONGEST_DEADLINE, "10s to 7d"), schema(DURATION)
]
Limit = Annotated[str, _within(SHORTEST_LIMIT, LONGEST_LIMIT, "10m to 7d"), schema(DURATION)]
Bake = Annotated[str, _within(SHORTEST_BAKE, LONGEST_BAKE, "10s to 1d"), schema(DURATION)]
Cooldown = Annotated[
    str, _within(SHORTEST_COOLDOWN, LONGEST_COOLDOWN, "1s to 1d"), schema(DURATION)
]
AlarmName = Annotated[str, AfterValidator(_check_alarm), schema(ALARM)]
PipelineName = Annotated[str, matching(PIPELINE_NAME, NO_PIPELINE), schema(PIPELINE_NAME)]
ServiceName = Annotated[
    str,
    matching(SERVICE, "names no ECS service; write cluster/service, by their names"),
    schema(SERVICE),
]
ContainerName = Annotated[str, matching(ECS_NAME, "is no container name")]
Channel = Annotated[str, matching(CHANNEL, CHANNEL_MEANING), schema(CHANNEL)]
Mention = Annotated[str, matching(MENTION, MENTION_MEANING), schema(MENTION)]
Event = Annotated[
    str,
    AfterValidator(_check_event),
    Field(json_schema_extra={"enum": sorted(EVENT_WORDS)}),
]


OnGitHub = Annotated[
    str,
    matching(REPOSITORIES[Provider.GITHUB], REPOSITORY_MEANING),
    schema(REPOSITORIES[Provider.GITHUB]),
]
OnGitLab = Annotated[
    str,
    matching(REPOSITORIES[Provider.GITLAB], REPOSITORY_MEANING),
    schema(REPOSITORIES[Provider.GITLAB]),
]
OnBitbucket = Annotated[
    str,
    matching(REPOSITORIES[Provider.BITBUCKET], REPOSITORY_MEANING),
    schema(REPOSITORIES[Provider.BITBUCKET]),
]
RefGlob = Annotated[str, matching(REF_GLOB, REF_GLOB_MEANING), schema(REF_GLOB)]
PathGlob = Annotated[str, matching(PATH_GLOB, PATH_GLOB_MEANING), schema(PATH_GLOB)]
Pusher = Annotated[str, matching(PUSHER, PUSHER_MEANING), schema(PUSHER)]
BuildName = Annotated[str, matching(BUILD, BUILD_MEANING), schema(BUILD)]
ActionName = Annotated[str, matching(ACTION, ACTION_MEANING), schema(ACTION)]
PushVariable = Annotated[
    str,
    AfterValidator(_check_variable),
    Field(json_schema_extra={"enum": [*PUSH_VARIABLES]}),
]
