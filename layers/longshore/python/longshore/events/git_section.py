"""The `git` section of `longshore.yaml`: which pushes start which pipeline or build."""

import re
from collections import Counter
from collections.abc import Collection, Mapping

from longshore.domain.pipelines import PIPELINE_NAME
from longshore.domain.pushes import GitRepository, Provider, Startable
from longshore.domain.triggers import (
    DEFAULT_SOURCE,
    MOST_GLOBS,
    MOST_TRIGGERS,
    PUSH_VARIABLES,
    PushTrigger,
)
from longshore.events.documents import shown
from longshore.events.git.changes import REPOSITORY, SEGMENT
from longshore.events.pipeline_section import NO_PIPELINE
from longshore.events.sections import ConfigurationError, Section, suggestion

_OF_TWO = re.compile(rf"(?!.*\.git\Z){SEGMENT}/{SEGMENT}")
REPOSITORIES: Mapping[Provider, re.Pattern[str]] = {
    Provider.GITHUB: _OF_TWO,
    Provider.GITLAB: re.compile(rf"(?!.*\.git\Z){REPOSITORY.pattern}"),
    Provider.BITBUCKET: _OF_TWO,
}
REPOSITORY_MEANING = (
    "is no repository: write its whole path as the host spells it, such as acme/checkout, without "
    "host, wildcard or '.git'"
)

REF_GLOB = re.compile(
    r"(?!/|refs/)[^\x00-\x20\x7f~^:?\[\]\\!{}]{0,199}[^\x00-\x20\x7f~^:?\[\]\\!{}/]"
)
REF_GLOB_MEANING = (
    "names no branch or tag: write a name, or a glob of which '*' stays within a segment and '**' "
    "does not, without refs/heads/ or refs/tags/ before it or '/' at its end (write release/**); "
    "there is no negation and no regular expression"
)

PATH_GLOB = re.compile(r"(?![/!]|\./)[^\x00-\x1f\x7f\\]{0,299}[^\x00-\x1f\x7f\\/]")
PATH_GLOB_MEANING = (
    "is no path: write it from the root of the repository; '*' stays within a folder and '**' does "
    'not; for all of a folder write "web/**", not "web/"; there is no negation'
)

PUSHER = re.compile(r"[A-Za-z0-9._@:+\[\]{}-]{1,128}")
PUSHER_MEANING = (
    "is no account: write the user name at GitHub, GitLab or Bitbucket Data Center, the account id "
    "at Bitbucket Cloud, one of them whole"
)

BUILD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,149}")
BUILD_MEANING = "is no name of a CodeBuild project"
ACTION = re.compile(r"[A-Za-z0-9.@_-]{1,100}")
ACTION_MEANING = "is no name of an action"

NO_PATHS_MEANING = (
    "Bitbucket does not say which files changed, so paths would pass over nothing: remove them"
)

PROVIDERS = tuple(each.value for each in Provider)
STARTABLES = tuple(each.value for each in Startable)
TRIGGER_KEYS = frozenset(
    {*PROVIDERS, *STARTABLES, "branches", "tags", "paths", "pushers", "source", "variables"}
)
_NAMES: Mapping[Startable, tuple[re.Pattern[str], str]] = {
    Startable.PIPELINE: (PIPELINE_NAME, NO_PIPELINE),
    Startable.BUILD: (BUILD, BUILD_MEANING),
}


def parse_triggers(root: Section) -> tuple[PushTrigger, ...]:
    """Return the triggers of a document, none where it has no `git`; raise ConfigurationError."""
    if "git" not in root.values:
        return ()
    triggers = tuple(_trigger(section) for section in root.items("git"))
    if len(triggers) > MOST_TRIGGERS:
        root.refuse("git", f"{len(triggers)} triggers are too many: use at most {MOST_TRIGGERS}")
    return triggers


def _trigger(section: Section) -> PushTrigger:
    section.check_keys(TRIGGER_KEYS)
    provider = Provider(_one_of(section, PROVIDERS))
    starts = Startable(_one_of(section, STARTABLES))
    trigger = PushTrigger(
        repository=GitRepository(
            provider, section.matching(provider, REPOSITORIES[provider], REPOSITORY_MEANING)
        ),
        starts=starts,
        name=section.matching(starts, *_NAMES[starts]),
        branches=_globs(section, "branches", REF_GLOB, REF_GLOB_MEANING),
        tags=_globs(section, "tags", REF_GLOB, REF_GLOB_MEANING),
        paths=_globs(section, "paths", PATH_GLOB, PATH_GLOB_MEANING),
        pushers=_each(section, "pushers", PUSHER, PUSHER_MEANING),
        source=_source(section),
        variables=_variables(section),
    )
    _check(section, trigger)
    return trigger


def _check(section: Section, trigger: PushTrigger) -> None:
    if not trigger.branches and not trigger.tags:
        message = (
            "neither branches nor tags are named: say which start it, such as branches: [main]"
        )
        raise ConfigurationError(section.path, message)
    if trigger.paths and trigger.repository.provider is Provider.BITBUCKET:
        section.refuse("paths", NO_PATHS_MEANING)
    if trigger.starts is Startable.BUILD:
        for key in ("source", "variables"):
            if key in section.values:
                section.refuse(key, f"{key} is of pipelines; a build is told everything: remove it")


def _one_of(section: Section, keys: Collection[str]) -> str:
    found = [key for key in keys if key in section.values]
    if len(found) == 1:
        return found[0]
    message = f"write exactly one of {', '.join(keys)}"
    raise ConfigurationError(section.path, message)


def _globs(section: Section, key: str, pattern: re.Pattern[str], meaning: str) -> tuple[str, ...]:
    globs = _each(section, key, pattern, meaning)
    if len(globs) > MOST_GLOBS:
        what = f"{len(globs)} globs are too many: use at most {MOST_GLOBS}"
        section.refuse(key, f"{what}, or say with '**' what they have in common")
    return globs


def _each(section: Section, key: str, pattern: re.Pattern[str], meaning: str) -> tuple[str, ...]:
    texts = section.texts(key)
    for index, text in enumerate(texts):
        if pattern.fullmatch(text) is None:
            section.refuse(f"{key}[{index}]", f"{shown(text)} {meaning}")
    return texts


def _source(section: Section) -> str:
    if "source" not in section.values:
        return DEFAULT_SOURCE
    return section.matching("source", ACTION, ACTION_MEANING)


def _variables(section: Section) -> tuple[str, ...]:
    names = section.texts("variables")
    for index, name in enumerate(names):
        if name not in PUSH_VARIABLES:
            section.refuse(
                f"variables[{index}]",
                f"{shown(name)} is nothing that a push says{suggestion(name, PUSH_VARIABLES)}",
            )
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        section.refuse("variables", f"{twice[0]} stands twice")
    return names
