"""The rules of template.yaml with their targets: which queue hears what, what the clocks say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from longshore_cli.patterns import Matcher, matches
from longshore_cli.rules import shipped_rules
from tests.contract.template import RULE, resources

_RATE = re.compile(r"rate\((\d+) (minute|hour)s?\)")


@dataclass(frozen=True, slots=True)
class Target:
    """A queue by its logical id; `body` is what it is sent instead of the event, if anything."""

    queue: str
    body: str | None


@dataclass(frozen=True, slots=True)
class EventRule:
    """A rule that events meet."""

    name: str
    matches: Matcher
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A rule that a schedule starts."""

    name: str
    every: timedelta
    targets: tuple[Target, ...]


@cache
def event_rules(source: object, detail_type: object) -> tuple[EventRule, ...]:
    """Return the rules of the default bus that events of a kind could meet, sorted by name.

    Most events meet none: what ECS tells of its tasks need not be tried on ECR's rules.
    """
    envelope = {"source": source, "detail-type": detail_type}
    rules = resources(RULE)
    return tuple(
        EventRule(rule.name, rule.matches, _targets(rules[rule.name]))
        for rule in shipped_rules()
        if _may_meet(rules[rule.name]["EventPattern"], envelope)
    )


@cache
def clock_rules() -> Mapping[str, ClockRule]:
    """Return the rules with a schedule, by logical id."""
    return {
        name: ClockRule(name, _every(str(rule["ScheduleExpression"])), _targets(rule))
        for name, rule in sorted(resources(RULE).items())
        if "ScheduleExpression" in rule
    }


def _may_meet(pattern: Mapping[str, object], envelope: Mapping[str, object]) -> bool:
    asked = {name: pattern[name] for name in envelope if name in pattern}
    return not asked or matches(asked, envelope)


def _targets(rule: Mapping[str, object]) -> tuple[Target, ...]:
    targets = rule["Targets"]
    assert isinstance(targets, list)
    return tuple(Target(_queue(target["Arn"]), target.get("Input")) for target in targets)


def _queue(arn: Mapping[str, object]) -> str:
    """Return the logical id of `!GetAtt Queue.Arn`."""
    names = arn["Fn::GetAtt"]
    assert isinstance(names, list)
    logical_id, attribute = names
    assert attribute == "Arn"
    return str(logical_id)


def _every(schedule: str) -> timedelta:
    match = _RATE.fullmatch(schedule)
    assert match is not None, schedule
    number, unit = match.groups()
    return timedelta(**{f"{unit}s": int(number)})
