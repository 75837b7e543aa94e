"""`longshore.yaml`, parsed to JSON values, becomes a configuration with every default filled in.

Nothing is guessed and nothing passed over: whatever this version does not act on is refused by
its name, since a wish that is silently ignored (an approval, a freeze) is worse than an error.
Version ranges are taken as text here; `usecases.read_configuration` reads them too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from longshore.domain.configuration import (
    DEFAULT_DEADLINE,
    MOST_IMAGES,
    MOST_TARGETS,
    Base,
    Configuration,
    Mode,
    StageImage,
    StageSpec,
    TargetSpec,
)
from longshore.domain.facts import ECS_NAME
from longshore.domain.places import (
    NAME_PATTERN,
    NAME_RULE,
    Home,
    RepositoryRef,
    ServiceRef,
    StageId,
)
from longshore.events.documents import shown
from longshore.events.git_section import parse_triggers
from longshore.events.image_section import (
    NOT_YET_POLICIES,
    DeclaredImage,
    account_of,
    parse_image,
    region_of,
)
from longshore.events.pipeline_section import parse_pipelines
from longshore.events.routes import NOT_YET_EVENTS, parse_routes
from longshore.events.sections import ConfigurationError, Section, suggestion

API_VERSION = "longshore/v1"

NOT_YET: Mapping[str, frozenset[str]] = {
    "event": NOT_YET_EVENTS,
    "stage": frozenset(
        {"after", "alarms", "approval", "bake", "before", "soak", "strategy", "windows"}
    ),
    "select": NOT_YET_POLICIES,
    "target": frozenset({"schedule"}),
}
"""What the configuration will know and this version does not act on, by the kind of place."""

SHORTEST_DEADLINE = timedelta(seconds=10)
LONGEST_DEADLINE = timedelta(days=7)

_DOCUMENT_KEYS = frozenset(
    {"apiVersion", "application", "git", "images", "notify", "pipelines", "stages"}
)
_STAGE_KEYS = frozenset({"targets", "deadline", "mode", "account", "region"})
_TARGET_KEYS = frozenset({"service", "containers", "base"})
_MODES = frozenset(mode.value for mode in Mode)
_BASES = frozenset(base.value for base in Base)

SERVICE = re.compile(rf"{ECS_NAME.pattern}/{ECS_NAME.pattern}")

_NAME_MEANING = f"is no valid name: {NAME_RULE}"


def parse_configuration(  # noqa: PLR0913  all of it belongs to one version and none to another
    document: object,
    *,
    home: Home,
    number: int,
    applied_by: str,
    applied_at: datetime,
    deploy: bool,
) -> Configuration:
    """Return the configuration that a document declares.

    `home` is where the installation is, the default of every account and region. Raises
    ConfigurationError for the first thing that is wrong, with the path to it.
    """
    root = Section.of(document, "")
    _check_version(root)
    root.check_keys(_DOCUMENT_KEYS)
    application = root.matching("application", NAME_PATTERN, _NAME_MEANING)
    images = [parse_image(alias, section, home) for alias, section in root.sections("images")]
    if len(images) > MOST_IMAGES:
        root.refuse(
            "images",
            f"{len(images)} images are too many: an application has at most {MOST_IMAGES}; make "
            "two of it",
        )
    stages = tuple(
        _stage(_stage_id(application, name, section), section, images, home)
        for name, section in root.sections("stages")
    )
    _check_owners(root, stages)
    notify = parse_routes(root, {spec.id.stage for spec in stages})
    return Configuration(
        application,
        number,
        stages,
        applied_by,
        applied_at,
        deploy,
        notify=notify,
        pipelines=parse_pipelines(root, home),
        git=parse_triggers(root),
    )


def _check_version(root: Section) -> None:
    """Before the keys: in a document for another version they may rightly be others."""
    version = root.text("apiVersion")
    if version != API_VERSION:
        root.refuse("apiVersion", f"{shown(version)} is unknown: this version reads {API_VERSION}")


def _stage_id(application: str, name: str, section: Section) -> StageId:
    if NAME_PATTERN.fullmatch(name) is None:
        raise ConfigurationError(section.path, f"{shown(name)} {_NAME_MEANING}")
    return StageId(application, name)


def _stage(
    stage: StageId, section: Section, images: Iterable[DeclaredImage], home: Home
) -> StageSpec:
    section.check_keys(_STAGE_KEYS, not_yet=NOT_YET["stage"])
    mode = Mode(section.choice("mode", _MODES, default=Mode.DEPLOY.value))
    place = _stage_home(section, home)
    resolved = tuple(image.within(place) for image in images)
    targets = tuple(_target(item, resolved, place) for item in section.items("targets"))
    _check_size(section, targets)
    _check_ambiguity(section, resolved, targets)
    return StageSpec(stage, resolved, targets, _deadline(section), mode)


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
    section.check_keys(_TARGET_KEYS, not_yet=NOT_YET["target"])
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


def _check_owners(root: Section, stages: Iterable[StageSpec]) -> None:
    """A service that two stages, or one stage twice, have as a target would be moved by both."""
    owners: dict[ServiceRef, StageId] = {}
    for spec in stages:
        for target in spec.targets:
            if target.service in owners:
                first = owners[target.service].stage
                message = f"{target.service} is a target of {first} already: it can have one owner"
                root.refuse(f"stages.{spec.id.stage}.targets", message)
            owners[target.service] = spec.id
