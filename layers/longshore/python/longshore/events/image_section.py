"""The images of `longshore.yaml`: repositories, and how a stage chooses among their tags."""

import re
from dataclasses import dataclass

from longshore.domain.configuration import StageImage
from longshore.domain.places import Home, RepositoryRef
from longshore.domain.policies import Selection, SemverPolicy, TagPolicy
from longshore.events.arns import ACCOUNT, REGION, partition_of
from longshore.events.documents import shown
from longshore.events.ecr import REPOSITORY, TAG
from longshore.events.sections import ConfigurationError, Section

NOT_YET_POLICIES = frozenset({"alphabetical", "newest", "numerical"})

_IMAGE_KEYS = frozenset({"repository", "account", "region", "select"})
_SELECT_KEYS = frozenset({"tag", "semver"})

ALIAS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9])?")
_REGISTRY = re.compile(
    rf"({ACCOUNT.pattern})\.dkr\.ecr\.({REGION.pattern})\.amazonaws\.com(?:\.cn)?"
)
_LIKE_A_REGISTRY = ".dkr.ecr."
"""No repository is called so: whoever writes it means a registry, and has mistyped it."""


@dataclass(frozen=True, slots=True)
class DeclaredImage:
    """An image as declared; where it names no account or region, those of the stage are meant."""

    alias: str
    name: str
    account: str | None
    region: str | None
    selection: Selection

    def within(self, home: Home) -> StageImage:
        """Return the image as a stage at a place has it."""
        place = Home(home.partition, self.account or home.account, self.region or home.region)
        return StageImage(self.alias, RepositoryRef(place, self.name), self.selection)


def parse_image(alias: str, section: Section, home: Home) -> DeclaredImage:
    """Return an image as declared; raise ConfigurationError."""
    if ALIAS.fullmatch(alias) is None:
        raise ConfigurationError(
            section.path, f"{shown(alias)} is no valid alias: use 1 to 40 letters, digits, '-', '_'"
        )
    section.check_keys(_IMAGE_KEYS)
    name, account, region = _repository(section)
    _check_twice(section, account=account, region=region)
    return DeclaredImage(
        alias,
        name,
        account=account_of(section, account),
        region=region_of(section, home, region),
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


def account_of(section: Section, implied: str | None = None) -> str | None:
    """Return the account that a section names, or implies; None where it does neither."""
    return _place(section, "account", ACCOUNT, "is no account: write its 12 digits") or implied


def region_of(section: Section, home: Home, implied: str | None = None) -> str | None:
    """Return the region that a section names, or implies, within the installation's partition."""
    region = _place(section, "region", REGION, "is no region such as eu-central-1") or implied
    if region is not None and partition_of(region) != home.partition:
        key = "repository" if implied else "region"
        section.refuse(key, f"{region} is not in {home.partition}, where this installation is")
    return region


def _place(section: Section, key: str, pattern: re.Pattern[str], meaning: str) -> str | None:
    return section.matching(key, pattern, meaning) if key in section.values else None


def _selection(section: Section) -> Selection:
    section.check_keys(_SELECT_KEYS, not_yet=NOT_YET_POLICIES)
    if len(section.values) > 1:
        raise ConfigurationError(section.path, "choose by one of tag and semver, not by both")
    if "tag" in section.values:
        return TagPolicy(section.matching("tag", TAG, "is no valid image tag"))
    return SemverPolicy(section.text("semver"))
