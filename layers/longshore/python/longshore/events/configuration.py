"""`longshore.yaml`, parsed to JSON values, becomes a configuration with every default filled in.

Nothing is guessed and nothing passed over: whatever this version does not act on is refused by
its name, since a wish that is silently ignored (an approval, a freeze) is worse than an error.
Version ranges are taken as text here; `usecases.read_configuration` reads them too.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from longshore.domain.configuration import MOST_IMAGES, Configuration, StageSpec
from longshore.domain.places import NAME_PATTERN, NAME_RULE, Home, ServiceRef, StageId
from longshore.events.documents import shown
from longshore.events.git_section import parse_triggers
from longshore.events.image_section import NOT_YET_POLICIES, parse_image
from longshore.events.pipeline_section import parse_pipelines
from longshore.events.routes import NOT_YET_EVENTS, parse_routes
from longshore.events.sections import ConfigurationError, Section
from longshore.events.stage_section import NOT_YET_STAGE, NOT_YET_TARGET, parse_stage

API_VERSION = "longshore/v1"

NOT_YET: Mapping[str, frozenset[str]] = {
    "event": NOT_YET_EVENTS,
    "stage": NOT_YET_STAGE,
    "select": NOT_YET_POLICIES,
    "target": NOT_YET_TARGET,
}
"""What the configuration will know and this version does not act on, by the kind of place."""

_DOCUMENT_KEYS = frozenset(
    {"apiVersion", "application", "git", "images", "notify", "pipelines", "stages"}
)
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
        parse_stage(_stage_id(application, name, section), section, images, home)
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
