"""The alarms of a stage in `longshore.yaml`, and how long they watch a release."""

import re
from collections import Counter
from datetime import timedelta

from longshore.domain.alarms import DEFAULT_COOLDOWN, MOST_ALARMS, NO_GUARD, GuardSpec, OnNoData
from longshore.events.documents import shown
from longshore.events.sections import Section

ALARM = re.compile(r"[\x20-\x7e]{1,255}")
"""The names that CloudWatch takes, of which only ASCII is taken here."""

ALARM_MEANING = "is no alarm's name: write it as CloudWatch shows it, not its ARN"

SHORTEST_BAKE = timedelta(seconds=10)
LONGEST_BAKE = timedelta(days=1)
LONGEST_COOLDOWN = timedelta(days=1)
SHORTEST_COOLDOWN = timedelta(seconds=1)

_KEYS = frozenset({"watch", "onNoData", "cooldown"})
_ON_NO_DATA = frozenset(each.value for each in OnNoData)


def parse_bake(stage: Section) -> timedelta:
    """Return how long a release of a stage is watched; not at all where that is not said."""
    if "bake" not in stage.values:
        return timedelta()
    return stage.duration("bake", least=SHORTEST_BAKE, most=LONGEST_BAKE)


def parse_guard(stage: Section) -> GuardSpec:
    """Return the alarms of a stage; raises ConfigurationError for what cannot be one."""
    if "alarms" not in stage.values:
        return NO_GUARD
    section = stage.section("alarms")
    section.check_keys(_KEYS)
    return GuardSpec(_watched(section), _on_no_data(section), _cooldown(section))


def _watched(section: Section) -> tuple[str, ...]:
    names = section.texts("watch") or section.refuse("watch", "is missing: name an alarm at least")
    if len(names) > MOST_ALARMS:
        section.refuse(
            "watch",
            f"{len(names)} alarms are too many: a stage watches at most {MOST_ALARMS}; watch a "
            "composite alarm over them",
        )
    for name, times in Counter(names).items():
        if times > 1:
            section.refuse("watch", f"{shown(name)} is named {times} times")
        if not is_alarm_name(name):
            section.refuse("watch", f"{shown(name)} {ALARM_MEANING}")
    return names


def is_alarm_name(name: str) -> bool:
    """Whether an alarm can be called so; an ARN is a possible name that nobody means."""
    return ALARM.fullmatch(name) is not None and not name.startswith("arn:")


def _on_no_data(section: Section) -> OnNoData:
    return OnNoData(section.choice("onNoData", _ON_NO_DATA, default=OnNoData.WAIT.value))


def _cooldown(section: Section) -> timedelta:
    if "cooldown" not in section.values:
        return DEFAULT_COOLDOWN
    return section.duration("cooldown", least=SHORTEST_COOLDOWN, most=LONGEST_COOLDOWN)
