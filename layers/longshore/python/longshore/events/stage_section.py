"""A stage of `longshore.yaml` becomes a specification with every default filled in."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from longshore.domain.configuration import (
    DEFAULT_DEADLINE,
    MOST_TARGETS,
    Base,
    Mode,
    StageImage,
    StageSpec,
    TargetSpec,
)
from longshore.domain.facts import ECS_NAME
from longshore.domain.places import Home, RepositoryRef, ServiceRef, StageId
from longshore.events.alarm_section import parse_bake, parse_guard
from longshore.events.documents import shown
from longshore.events.image_section import DeclaredImage, account_of, region_of
from longshore.events.sections import Section, suggestion

NOT_YET_STAGE = frozenset({"after", "approval", "before", "soak", "strategy", "windows"})
NOT_YET_TARGET = frozenset({"schedule"})

SHORTEST_DEADLINE = timedelta(seconds=10)
LONGEST_DEADLINE = timedelta(days=7)

_STAGE_KEYS = frozenset({"targets", "deadline", "mode", "bake", "alarms", "account", "region"})
_TARGET_KEYS = frozenset({"service", "containers", "base"})
_MODES = frozenset(mode.value for mode in Mode)
_BASES = frozenset(base.value for base in Base)

SERVICE = re.compile(rf"{ECS_NAME.pattern}/{ECS_NAME.pattern}")


def parse_stage(
    stage: StageId, section: Section, images: Iterable[DeclaredImage], home: Home
) -> StageSpec:
    """Return a stage of a document; raises ConfigurationError for the first thing wrong in it."""
    section.check_keys(_STAGE_KEYS, not_yet=NOT_YET_STAGE)
    mode = Mode(section.choice("mode", _MODES, default=Mode.DEPLOY.value))
    place = _stage_home(section, home)
    resolved = tuple(image.within(place) for image in images)
    targets = tuple(_target(item, resolved, place) for item in section.items("targets"))
    _check_size(section, targets)
    _check_ambiguity(section, resolved, targets)
    bake, guard = parse_bake(section), parse_guard(section)
    return StageSpec(stage, resolved, targets, _deadline(section), mode, bake, guard)


def _stage_home(section: Section, home: Home) -> Home:
    """Return where a stage's services are: one installation works in one account.

    Without a role to assume elsewhere, the service of that name in its own account would be moved.
    """
    account, region = account_of(section), region_of(section, home)
    if account not in {None, home.account}:
        section.refuse(
            "account",
            f"this version of Longshore deploys only in the account it is installed in, "
            f"{home.account}: install it in {account} too",
        )
    return Home(home.partition, home.account, region or home.region)


def _deadline(section: Section) -> timedelta:
    if "deadline" not in section.values:
        return DEFAULT_DEADLINE
    return section.duration("deadline", least=SHORTEST_DEADLINE, most=LONGEST_DEADLINE)


def _target(section: Section, images: Iterable[StageImage], home: Home) -> TargetSpec:
    section.check_keys(_TARGET_KEYS, not_yet=NOT_YET_TARGET)
    service = section.matching(
        "service", SERVICE, "names no ECS service: write cluster/service, by their names"
    )
    cluster, _, name = service.partition("/")
    return TargetSpec(
        ServiceRef(home, cluster, name),
        containers=_containers(section, {image.alias for image in images}),
        base=Base(section.choice("base", _BASES, default=Base.SERVICE.value)),
    )


def _containers(section: Section, aliases: set[str]) -> tuple[tuple[str, str], ...]:
    if "containers" not in section.values:
        return ()
    mapping = section.section("containers")
    for container in mapping.values:
        if ECS_NAME.fullmatch(container) is None:
            mapping.refuse(container, f"{shown(container)} is no container name")
        alias = mapping.text(container)
        if alias not in aliases:
            mapping.refuse(
                container, f"no image is called {shown(alias)}{suggestion(alias, aliases)}"
            )
    return tuple(sorted((container, mapping.text(container)) for container in mapping.values))


def _check_size(section: Section, targets: Sequence[TargetSpec]) -> None:
    if len(targets) > MOST_TARGETS:
        section.refuse(
            "targets",
            f"{len(targets)} services are too many: a stage is judged and rolled back as one, with "
            f"at most {MOST_TARGETS}; make two stages of it",
        )


def _check_ambiguity(
    section: Section, images: Iterable[StageImage], targets: Iterable[TargetSpec]
) -> None:
    """Two images of one repository can only be told apart by container names."""
    seen: dict[RepositoryRef, str] = {}
    for image in images:
        first = seen.setdefault(image.repository, image.alias)
        unnamed = next((target for target in targets if not target.containers), None)
        if first != image.alias and unnamed is not None:
            section.refuse(
                "targets",
                f"the images {first} and {image.alias} are of one repository: say under "
                f"containers of {unnamed.service} which container runs which",
            )
