"""`longshore.yaml`, parsed to JSON values, becomes a configuration with every default filled in.

Nothing is guessed and nothing passed over: whatever this version does not act on is refused by
its name, since a wish that is silently ignored (an approval, a freeze) is worse than an error.
Version ranges are taken as text here; `usecases.read_configuration` reads them too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from longshore.domain.configuration import (
    DEFAULT_DEADLINE,
    MOST_IMAGES,
    MOST_TARGETS,
    Base,
    Configuration,
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
from longshore.domain.policies import Selection, SemverPolicy, TagPolicy
from longshore.events.arns import ACCOUNT, REGION, partition_of
from longshore.events.documents import shown
from longshore.events.ecr import REPOSITORY, TAG
from longshore.events.sections import ConfigurationError, Section, suggestion

API_VERSION = "longshore/v1"

NOT_YET: Mapping[str, frozenset[str]] = {
    "document": frozenset({"notify"}),
    "stage": frozenset(
        {"after", "alarms", "approval", "bake", "before", "soak", "strategy", "windows"}
    ),
    "select": frozenset({"alphabetical", "newest", "numerical"}),
    "target": frozenset({"schedule"}),
    "mode": frozenset({"observe"}),
}
"""What the configuration will know and this version does not act on, by the kind of place."""

SHORTEST_DEADLINE = timedelta(seconds=10)
LONGEST_DEADLINE = timedelta(days=7)

_DOCUMENT_KEYS = frozenset({"apiVersion", "application", "images", "stages"})
_IMAGE_KEYS = frozenset({"repository", "account", "region", "select"})
_SELECT_KEYS = frozenset({"tag", "semver"})
_STAGE_KEYS = frozenset({"targets", "deadline", "mode", "account", "region"})
_TARGET_KEYS = frozenset({"service", "containers", "base"})
_MODES = frozenset({"deploy"})
_BASES = frozenset(base.value for base in Base)

ALIAS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9])?")
_REGISTRY = re.compile(
    rf"({ACCOUNT.pattern})\.dkr\.ecr\.({REGION.pattern})\.amazonaws\.com(?:\.cn)?"
)
_LIKE_A_REGISTRY = ".dkr.ecr."
"""No repository is called so: whoever writes it means a registry, and has mistyped it."""
SERVICE = re.compile(rf"{ECS_NAME.pattern}/{ECS_NAME.pattern}")

_NAME_MEANING = f"is no valid name: {NAME_RULE}"


@dataclass(frozen=True, slots=True)
class _Image:
    """An image as declared; where it names no account or region, those of the stage are meant."""

    alias: str
    name: str
    account: str | None
    region: str | None
    selection: Selection

    def within(self, home: Home) -> StageImage:
        place = Home(home.partition, self.account or home.account, self.region or home.region)
        return StageImage(self.alias, RepositoryRef(place, self.name), self.selection)


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
    root.check_keys(_DOCUMENT_KEYS, not_yet=NOT_YET["document"])
    application = root.matching("application", NAME_PATTERN, _NAME_MEANING)
    images = [_image(alias, section, home) for alias, section in root.sections("images")]
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
    return Configuration(application, number, stages, applied_by, applied_at, deploy)


def _check_version(root: Section) -> None:
    """Before the keys: in a document for another version they may rightly be others."""
    version = root.text("apiVersion")
    if version != API_VERSION:
        root.refuse("apiVersion", f"{shown(version)} is unknown: this version reads {API_VERSION}")


def _image(alias: str, section: Section, home: Home) -> _Image:
    if ALIAS.fullmatch(alias) is None:
        raise ConfigurationError(
            section.path, f"{shown(alias)} is no valid alias: use 1 to 40 letters, digits, '-', '_'"
        )
    section.check_keys(_IMAGE_KEYS)
    name, account, region = _repository(section)
    _check_twice(section, account=account, region=region)
    return _Image(
        alias,
        name,
        account=_account(section, account),
        region=_region(section, home, region),
        selection=_selection(section.section("select")),
    )


def _repository(section: Section) -> tuple[str, str | None, str | None]:
    """Return name, account and region; the last two only where the repository says them itself."""
    text = section.text("repository")
    host, _, name = text.partition("/")
    registry = _REGISTRY.fullmatch(host)
    if registry is None:
        name = text
    if REPOSITORY.fullmatch(name) is None or _LIKE_A_REGISTRY in name:
        section.refuse(
            "repository",
            f"{shown(text)} is no ECR repository: write its name, such as team/checkout, or its "
            "URI without tag or digest (what to take from it stands under select)",
        )
    return (name, registry[1], registry[2]) if registry else (name, None, None)


def _check_twice(section: Section, **said: str | None) -> None:
    """Refuse an account or region that contradicts the repository's own."""
    for key, value in said.items():
        if value is not None and section.values.get(key, value) != value:
            section.refuse(key, f"contradicts the {value} in the repository: leave one of them out")


def _account(section: Section, implied: str | None = None) -> str | None:
    return _place(section, "account", ACCOUNT, "is no account: write its 12 digits") or implied


def _region(section: Section, home: Home, implied: str | None = None) -> str | None:
    region = _place(section, "region", REGION, "is no region such as eu-central-1") or implied
    if region is not None and partition_of(region) != home.partition:
        key = "repository" if implied else "region"
        section.refuse(key, f"{region} is not in {home.partition}, where this installation is")
    return region


def _place(section: Section, key: str, pattern: re.Pattern[str], meaning: str) -> str | None:
    return section.matching(key, pattern, meaning) if key in section.values else None


def _selection(section: Section) -> Selection:
    section.check_keys(_SELECT_KEYS, not_yet=NOT_YET["select"])
    if len(section.values) > 1:
        raise ConfigurationError(section.path, "choose by one of tag and semver, not by both")
    if "tag" in section.values:
        return TagPolicy(section.matching("tag", TAG, "is no valid image tag"))
    return SemverPolicy(section.text("semver"))


def _stage_id(application: str, name: str, section: Section) -> StageId:
    if NAME_PATTERN.fullmatch(name) is None:
        raise ConfigurationError(section.path, f"{shown(name)} {_NAME_MEANING}")
    return StageId(application, name)


def _stage(stage: StageId, section: Section, images: Iterable[_Image], home: Home) -> StageSpec:
    section.check_keys(_STAGE_KEYS, not_yet=NOT_YET["stage"])
    _check_mode(section)
    place = _stage_home(section, home)
    resolved = tuple(image.within(place) for image in images)
    targets = tuple(_target(item, resolved, place) for item in section.items("targets"))
    _check_size(section, targets)
    _check_ambiguity(section, resolved, targets)
    return StageSpec(stage, resolved, targets, _deadline(section))


def _check_mode(section: Section) -> None:
    mode = section.choice("mode", _MODES | NOT_YET["mode"], default="deploy")
    if mode in NOT_YET["mode"]:
        section.refuse("mode", f"this version of Longshore does not act on {mode!r} yet")


def _stage_home(section: Section, home: Home) -> Home:
    """Return where a stage's services are: one installation works in one account.

    Without a role to assume elsewhere, the service of that name in its own account would be moved.
    """
    account, region = _account(section), _region(section, home)
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
